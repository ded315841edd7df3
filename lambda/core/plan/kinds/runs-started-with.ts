import { parseTime } from '../../../cyberdesk/time.ts';
import { hasLedTo } from '../../completion/index.ts';
import {
  type ActionableEvent,
  type CallLimit,
  isAboutRun,
  type RunSnapshot,
  type Table,
} from '../../model/index.ts';
import type { ApiCall, Call, LookUpPorts, StartedWith } from './kind.ts';
import {
  type Compared,
  firstWorkflow,
  isOfSession,
  isOfWorkflow,
  showsOurKey,
  type Wanted,
} from './likeness.ts';
import { INCOMPLETE, isTooEarly } from './look-up-window.ts';
import { chainAmong, withLineages } from './run-groups.ts';

/** All runs that a call started, if a person is right that it started this one; of a chain, in its first step. */
export async function runsStartedWith(
  ports: LookUpPorts,
  { wantedBy }: ApiCall,
  call: Call,
  { run, limit }: { run: RunSnapshot; limit: CallLimit },
): Promise<StartedWith> {
  if (wantedBy) return findStartedWith(ports, call, run, { wanted: wantedBy(call.body), limit });
  return isAboutRun(call.event) && run.id === call.event.run_id
    ? { kind: 'found', runIds: [run.id] }
    : { kind: 'other_run' };
}

/**
 * The runs that a call started together with one that a person named: itself, or the steps of its session that were
 * created with it or later.
 */
async function findStartedWith(
  ports: LookUpPorts,
  { record: { correlate }, event, completion, keys }: Call,
  run: RunSnapshot,
  { wanted, limit }: { wanted: Wanted; limit: CallLimit },
): Promise<StartedWith> {
  const { table, cyberdesk } = ports;
  if (await hasLedHere(table, run.id, event)) return { kind: 'led_here' };
  const isKeyed = showsOurKey(run, { correlate, keys });
  if (!isKeyed) {
    if (isTooEarly(run, completion)) return { kind: 'too_early' };
    if (!isOfWorkflow(run, firstWorkflow(wanted))) return { kind: 'other_workflow' };
  }
  if (wanted.together === 'single_run') return { kind: 'found', runIds: [run.id] };
  if (run.session_id == null) return { kind: 'incomplete' };
  const session = await cyberdesk.findRuns({ sessionId: run.session_id }, limit);
  if (session.kind === 'failed') return { kind: 'unanswered', failure: session };
  const { session_id: sessionId } = run;
  // The time of a run that shows our key counts for nothing.
  const created = isKeyed ? 0 : (parseTime(run.created_at) ?? 0);
  const runs = session.value.runs.filter(
    (other) =>
      other.id !== event.run_id &&
      isOfSession(other, sessionId) &&
      (parseTime(other.created_at) ?? 0) >= created,
  );
  const compare = (other: RunSnapshot): Compared => ({
    run: other,
    likeness: other.id === run.id ? 'exact' : 'different',
  });
  const members = await withLineages(ports, runs.map(compare), { keys, limit });
  if (!members) return { kind: 'unanswered', failure: INCOMPLETE };
  const runIds = chainAmong(members, wanted);
  if (!runIds) return { kind: 'incomplete' };
  const haveLed = await Promise.all(runIds.slice(1).map((id) => hasLedHere(table, id, event)));
  return haveLed.includes(true) ? { kind: 'led_here' } : { kind: 'found', runIds };
}

const hasLedHere = async (table: Table, runId: string, event: ActionableEvent): Promise<boolean> =>
  isAboutRun(event) && (await hasLedTo(table, runId, event.run_id));
