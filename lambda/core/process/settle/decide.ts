import { isUnknownToApi } from '../../../cyberdesk/answer-class.ts';
import { conclude, startAgain } from '../../completion/index.ts';
import {
  ACTION_TIMEOUT,
  type ActionRecord,
  actionKey,
  type CallLimit,
  type Decision,
  subjectOf,
} from '../../model/index.ts';
import { type ApiCall, type Call, executionOf, readActionBody, withKey } from '../../plan/index.ts';
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
  const decision: Decision = { kind: choice.kind, by, at: ports.system.now() };
  if (choice.kind === 'skip') return decided(conclude(action, decision, []));
  if (choice.kind === 'run') return takeRun(ports, given, choice.runId, decision);
  const generation = nextRound(found);
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
  if (api.kind !== 'call') return refused({ kind: 'not_unknown' });
  const limit = { until: ports.system.now() + ACTION_TIMEOUT };
  const runs = await findRuns(ports, api, { event, found, action }, { runId, limit });
  if (runs.kind === 'refused') return runs;
  const starter = { worker: ports, claim: { completion: found }, record: action };
  if (!(await api.takeRuns(starter, runs.runIds, true))) return refused({ kind: 'run_taken' });
  return decided(conclude(action, decision, runs.runIds));
}

async function findRuns(
  ports: SettlePorts,
  api: ApiCall,
  { event, found, action }: Case,
  { runId, limit }: { runId: string; limit: CallLimit },
): Promise<{ kind: 'found'; runIds: string[] } | Extract<Decided, { kind: 'refused' }>> {
  const got = await ports.cyberdesk.getRun(runId, limit);
  if (got.kind === 'failed')
    return {
      kind: 'refused',
      refusal: isUnknownToApi(got) ? { kind: 'no_such_run' } : { kind: 'unanswered', failure: got },
    };
  const body = await readActionBody(ports.table, action);
  const call: Call = { record: action, body, event, completion: found.sk };
  const runs = await api.runsStartedWith(ports, call, got.value, limit);
  return runs.kind === 'found' ? runs : { kind: 'refused', refusal: runs };
}
