import {
  type ActionClaim,
  actionsOf,
  type Claim,
  fail,
  holdBack,
  isSettled,
  lookedUpFirst,
  lostSpan,
  outcomeOf,
} from '../completion/index.ts';
import {
  type ActionRecord,
  isBehindFence,
  type LastFailure,
  type Reason,
  ROLLBACK_WAIT,
  SECOND,
  type Thrown,
  type WaitReason,
} from '../model/index.ts';
import { type Execution, executionOf, keepFailedActionBody } from '../plan/index.ts';
import { BodyLostError, LaterReleaseError, LostRaceError, loadFence } from '../store/index.ts';
import { announce } from './announce.ts';
import { callCyberdesk } from './call-cyberdesk.ts';
import { type ActionOutcome, OUT_OF_TIME, SETTLED } from './conclude.ts';
import { deliver } from './deliver.ts';

/**
 * The outcome of a claimed completion: it is done or has failed, or is to be taken up again at `until`. Its round may be
 * ahead of the event's, if that has expired and was delivered again.
 */
export type CarriedOut =
  | { kind: 'done' }
  | { kind: 'failed'; reason: Reason; status?: number; thrown?: Thrown; round: number }
  | { kind: 'wait'; until: number; because: WaitReason; failing?: Failing };

/** An action that will be tried again; without a rule, the question when the run has ended. */
export type Failing = Pick<ActionRecord, 'tries'> & { rule?: string; failure: LastFailure };

/**
 * Carries out the open actions of a claimed completion, and releases it.
 *
 * @throws the first unexpected error, after all actions have been tried: a mistake in one of them must not withhold the others.
 */
export async function carryOut(claim: Claim): Promise<CarriedOut> {
  const { system, settings } = claim.worker;
  let next: Wait | undefined;
  const errors: unknown[] = [];
  for (const action of inTurn(await behindNoFence(claim))) {
    const outcome = await attempt(action).catch((error) => keepUnlessLost(error, errors));
    const wait = outcome && waitOf(outcome, system.now());
    if (wait && (!next || wait.until < next.until)) next = wait;
  }
  if (errors.length > 0) throw errors[0];
  const outcome = outcomeOf(claim.completion);
  if (outcome.kind === 'open') {
    const wait = next ?? { until: system.now() + settings.lease, because: 'retry' };
    await claim.release(wait.until);
    const failing = failingOf(claim.completion.actions);
    return { kind: 'wait', ...wait, ...(failing && { failing }) };
  }
  for (const action of actionsOf(claim)) if (action.record.failure) await keepFailedActionBody(action);
  await claim.release();
  return outcome.kind === 'done' ? outcome : { ...outcome, round: claim.completion.round };
}

/** In the order of the plan, but each is tried once before any is tried twice: slow ones that fail would leave others no time. */
const inTurn = (open: readonly ActionClaim[]): ActionClaim[] =>
  open.toSorted((a, b) => a.record.tries - b.record.tries);

/** After a lost race, the completion is another worker's, and nothing more may be done or written. @throws LostRaceError */
function keepUnlessLost(error: unknown, errors: unknown[]): undefined {
  if (error instanceof LostRaceError) throw error;
  errors.push(error);
}

interface Wait {
  until: number;
  because: WaitReason;
}

/** What an action that is not settled waits for. */
function waitOf(outcome: ActionOutcome, now: number): Wait | undefined {
  if (outcome.kind === 'out_of_time') return { until: now + SECOND, because: 'no_time' };
  return outcome.kind === 'retry' ? { until: outcome.until, because: outcome.because } : undefined;
}

/**
 * The open actions, without those that may have been carried out before the table was restored: these fail, once, so
 * that a person decides, and are looked up before they are carried out. The fence is read after the completion: it was written
 * before any item was put back.
 */
async function behindNoFence(claim: Claim): Promise<ActionClaim[]> {
  const open = claim.completion.failure ? [] : actionsOf(claim).filter(({ record }) => !isSettled(record));
  const fence = open.length > 0 ? await loadFence(claim.worker.table) : undefined;
  if (!fence || !isBehindFence(fence, claim.event, claim.completion.sk)) return open;
  const span = lostSpan(fence, claim.completion.sk);
  for (const action of open) {
    const { record } = action;
    const isCall = executionOf(record).kind === 'call';
    if ((record.fence ?? 0) < fence.until) action.stage(holdBack(record, span, isCall));
    else if (isCall) action.stage(lookedUpFirst(record, span));
  }
  return open.filter(({ record }) => !isSettled(record));
}

/** The first open action that has failed. */
function failingOf(actions: readonly ActionRecord[] = []): Failing | undefined {
  for (const action of actions) {
    const { rule, tries, last_failure: failure } = action;
    if (failure && !isSettled(action)) return { rule, tries, failure };
  }
  return undefined;
}

async function attempt(action: ActionClaim): Promise<ActionOutcome> {
  const { record, worker } = action;
  const now = worker.system.now();
  if (record.not_before !== undefined && now < record.not_before)
    return { kind: 'retry', until: record.not_before, because: 'not_due' };
  // What has not begun by now waits for another invocation.
  if (now >= worker.deadline) return OUT_OF_TIME;
  try {
    return await execute(action, executionOf(record));
  } catch (error) {
    if (error instanceof LaterReleaseError)
      return { kind: 'retry', until: now + ROLLBACK_WAIT, because: 'later_release' };
    if (!(error instanceof BodyLostError)) throw error;
    action.stage(fail(record, record.begun ? 'outcome_unknown' : 'body_lost'));
    return SETTLED;
  }
}

function execute(action: ActionClaim, execution: Execution): Promise<ActionOutcome> {
  switch (execution.kind) {
    case 'call':
      return callCyberdesk(action, execution);
    case 'announcement':
      return announce(action, execution);
    case 'delivery':
      return deliver(action);
  }
}
