import { parseTime } from '../../../cyberdesk/time.ts';
import { recordStart, type Starter } from '../../completion/index.ts';
import type {
  ActionRecord,
  CallFailure,
  CallLimit,
  Cyberdesk,
  RunSnapshot,
  Table,
} from '../../model/index.ts';
import type { Call, LookUpPorts, StartedWith, Trace } from './kind.ts';
import { type Compared, firstWorkflow, type Likeness, likenessOf, type Wanted } from './likeness.ts';
import { listWindow, mayBeCreatedIn, UNCLEAR } from './look-up-window.ts';
import { chainAmong, freeAmong, type Group, judgeGroups } from './run-groups.ts';

/**
 * Records that runs belong to an action. Their lineage is written before the action's result, or the completion of a follow-up
 * could be handled without its depth.
 */
export async function takeStartedRuns(action: Starter, runIds: string[], adopted: boolean): Promise<boolean> {
  for (const runId of runIds) {
    if (!(await recordStart(action, runId, adopted))) return false;
  }
  return true;
}

/** Looks for runs that attempts without a response may have started, in the complete list of their workflow's runs. */
export async function findStartedRuns(
  { cyberdesk, table }: LookUpPorts,
  { record, event }: Call,
  { wanted, limit }: { wanted: Wanted; limit: CallLimit },
): Promise<Trace> {
  if (!record.begun) return { kind: 'none' };
  const listed = await listWindow(cyberdesk, firstWorkflow(wanted), record.begun, limit);
  if (listed.kind === 'failed') return { kind: 'unanswered', failure: listed };
  // A rule may start the workflow of the run that has ended: that one is listed, too, but was there first.
  const isStarted = ({ id }: RunSnapshot) => id !== event.run_id;
  const runs = listed.runs.filter(isStarted);
  const compare = (run: RunSnapshot): Compared => {
    const isOfFirst = (run.workflow_id ?? firstWorkflow(wanted)) === firstWorkflow(wanted);
    return { run, likeness: isOfFirst ? likenessOf(run, record, wanted, listed.narrow) : 'different' };
  };
  const likely = runs.map(compare).filter(({ likeness }) => likeness !== 'different');
  const suspects = await withoutTaken(table, likely, record);
  const groups =
    wanted.together === 'session'
      ? await sessionsOf(cyberdesk, suspects, limit, {
          // A session that the chain joined holds older runs too.
          isIn: (run) => isStarted(run) && mayBeCreatedIn(run, listed.wide),
          compare,
        })
      : { kind: 'grouped' as const, groups: suspects.map((suspect) => [suspect]) };
  if (groups.kind === 'failed') return { kind: 'unanswered', failure: groups };
  const trace = await judgeGroups(table, groups.groups, wanted, record);
  if (trace.kind === 'ambiguous' && suspects.some(({ likeness }) => mayResolve(likeness, record)))
    return { kind: 'unanswered', failure: UNCLEAR };
  const isInDoubt = trace.kind === 'none' && mayHaveBeenPlannedOtherwise(record);
  return isInDoubt && (await freeAmong(table, runs, record.key)).length > 0 ? { kind: 'ambiguous' } : trace;
}

/**
 * The table was restored, and the plan of then is lost: by other rules, or at another depth, it may have had other inputs. So
 * any run of the workflow that belongs to no action may be ours, unless it would hold our key.
 */
const mayHaveBeenPlannedOtherwise = ({ fence = 0, begun, correlate }: ActionRecord): boolean =>
  begun !== undefined && begun.first < fence && correlate === undefined;

/**
 * Without those of which nothing can be compared, if another action has them: it has adopted them by inputs or a key that are
 * shown, so none of them is the run that ours has started. A list that shows our inputs as they were sent does not rename them either.
 */
async function withoutTaken(table: Table, suspects: Compared[], { key }: ActionRecord): Promise<Compared[]> {
  const isExact = suspects.some(({ likeness }) => likeness === 'exact');
  const judged = suspects.filter(({ likeness }) => !isExact || likeness !== 'unrelated');
  const isBlind = ({ likeness }: Compared) => likeness === 'unrelated' || likeness === 'unknown';
  const blind = judged.filter(isBlind).map(({ run }) => run);
  const free = new Set(await freeAmong(table, blind, key));
  return judged.filter((suspect) => !isBlind(suspect) || free.has(suspect.run));
}

/** Whether the list may say more later: another action may take the run for its own, or the API show our key. */
const mayResolve = (likeness: Likeness, { correlate }: ActionRecord): boolean =>
  likeness === 'unrelated' || (likeness === 'unknown' && correlate !== undefined);

/** The runs of each session that a suspect is in; the suspect is among them, whatever the list of its session shows. */
async function sessionsOf(
  cyberdesk: Cyberdesk,
  suspects: readonly Compared[],
  limit: CallLimit,
  { isIn, compare }: { isIn: (run: RunSnapshot) => boolean; compare: (run: RunSnapshot) => Compared },
): Promise<{ kind: 'grouped'; groups: Group[] } | CallFailure> {
  // Without its session, the other steps of a chain cannot be found.
  const groups: Group[] = suspects.filter(({ run }) => run.session_id == null).map((suspect) => [suspect]);
  const sessionIds = new Set(suspects.map(({ run }) => run.session_id).filter((id) => id != null));
  for (const sessionId of sessionIds) {
    const session = await cyberdesk.findRuns({ sessionId }, limit);
    if (session.kind === 'failed') return session;
    const known = suspects.filter(({ run }) => run.session_id === sessionId);
    const isKnown = ({ id }: RunSnapshot) => known.some(({ run }) => run.id === id);
    const others = session.value.runs.filter((run) => isIn(run) && !isKnown(run));
    groups.push([...known, ...others.map(compare)]);
  }
  return { kind: 'grouped', groups };
}

/**
 * The runs that a call started together with one that a person named: itself, or the steps of its session that were
 * created with it or later.
 */
export async function findStartedWith(
  { table, cyberdesk }: LookUpPorts,
  { record }: Call,
  run: RunSnapshot,
  { wanted, limit }: { wanted: Wanted; limit: CallLimit },
): Promise<StartedWith> {
  const workflowId = firstWorkflow(wanted);
  if ((run.workflow_id ?? workflowId) !== workflowId) return { kind: 'other_workflow' };
  if (wanted.together === 'single_run') return { kind: 'found', runIds: [run.id] };
  if (run.session_id == null) return { kind: 'incomplete' };
  const session = await cyberdesk.findRuns({ sessionId: run.session_id }, limit);
  if (session.kind === 'failed') return { kind: 'unanswered', failure: session };
  const since = parseTime(run.created_at) ?? 0;
  const runs = session.value.runs.filter((other) => (parseTime(other.created_at) ?? 0) >= since);
  const runIds = await chainAmong(table, { runs, first: run.id }, wanted, record);
  return runIds ? { kind: 'found', runIds } : { kind: 'incomplete' };
}
