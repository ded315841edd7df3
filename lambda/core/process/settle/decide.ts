import { isUnknownToApi } from '../../../cyberdesk/answer-class.ts';
import { listedFrom } from '../../act/index.ts';
import { conclude, startAgain, startKeys } from '../../completion/index.ts';
import {
  ACTION_TIMEOUT,
  type ActionRecord,
  actionKey,
  type CallLimit,
  type Decision,
  LEASE,
  subjectOf,
} from '../../model/index.ts';
import {
  type ApiCall,
  type Call,
  executionOf,
  readActionBody,
  runsStartedWith,
  withKey,
} from '../../plan/index.ts';
import { BodyLostError } from '../../store/index.ts';
import { nextRound } from '../reopen.ts';
import type { Case, Refusal } from './judge.ts';
import type { SettlePorts, Wish } from './wish.ts';

export type Decided = { kind: 'decided'; action: ActionRecord } | { kind: 'refused'; refusal: Refusal };

const decided = (action: ActionRecord): Decided => ({ kind: 'decided', action });
const refused = (refusal: Refusal): Decided => ({ kind: 'refused', refusal });

/** The action as the decision leaves it; not yet written, except for what the lineage of a named run says. */
export async function decide(ports: SettlePorts, given: Case, { choice, by }: Wish): Promise<Decided> {
  const { action, found } = given;
  const { failure } = action;
  const now = ports.system.now();
  const decision: Decision = { kind: choice.kind, by, at: now, ...(failure && { reason: failure.reason }) };
  if (choice.kind === 'skip') return decided(conclude(action, decision, []));
  if (choice.kind === 'run') return takeRun(ports, given, choice.runId, decision);
  // Rounds that a restore has undone may have used the numbers that come next.
  const generation = nextRound(found) + (action.fence ?? 0);
  const again = startAgain(action, decision, generation);
  const { installation } = ports.settings;
  const key = actionKey({ ...again, installation, subject: subjectOf(given.event).id, completion: found.sk });
  return decided(await underKey(ports, again, key));
}

/** A body that is lost fails the new attempt as lost, and is then planned afresh by a redrive. */
async function underKey(ports: SettlePorts, action: ActionRecord, key: string): Promise<ActionRecord> {
  try {
    return await withKey(ports, action, key);
  } catch (error) {
    if (!(error instanceof BodyLostError)) throw error;
    return { ...action, key };
  }
}

/** Lineage first, as after a start: a completion of the run must not be handled without its depth. */
async function takeRun(
  ports: SettlePorts,
  { event, found, action }: Case,
  runId: string,
  decision: Decision,
): Promise<Decided> {
  const api = executionOf(action);
  if (api.kind !== 'call') return refused({ kind: 'starts_no_run' });
  const limit = { until: ports.system.now() + ACTION_TIMEOUT };
  const keys = startKeys(action, { ...ports.settings, event, completion: found.sk });
  const call = { record: action, event, completion: found.sk, keys };
  const runs = await findRuns(ports, api, call, { runId, limit });
  if (runs.kind === 'refused') return runs;
  const starter = { worker: ports, claim: { completion: found }, record: action, keys };
  if (!(await api.takeRuns(starter, runs.runIds, true))) return refused({ kind: 'run_taken' });
  return decided(conclude(action, decision, runs.runIds));
}

async function findRuns(
  ports: SettlePorts,
  api: ApiCall,
  call: Omit<Call, 'body'>,
  { runId, limit }: { runId: string; limit: CallLimit },
): Promise<{ kind: 'found'; runIds: string[] } | Extract<Decided, { kind: 'refused' }>> {
  const got = await ports.cyberdesk.getRun(runId, limit);
  if (got.kind === 'failed')
    return {
      kind: 'refused',
      refusal: isUnknownToApi(got) ? { kind: 'no_such_run' } : { kind: 'unanswered', failure: got },
    };
  const body = await readActionBody(ports.table, call.record);
  const { begun } = call.record;
  const until = begun ? listedFrom(begun, LEASE) : 0;
  // A run of others may stand where a later step of ours is not listed yet.
  if (api.runsOf(body) > 1 && ports.system.now() < until)
    return { kind: 'refused', refusal: { kind: 'not_listed_yet', until } };
  const runs = await runsStartedWith(ports, api, { ...call, body }, { run: got.value, limit });
  return runs.kind === 'found' ? runs : { kind: 'refused', refusal: runs };
}
