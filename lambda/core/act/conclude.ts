import { type ActionClaim, type FailedTry, fail, postpone, succeed } from '../completion/index.ts';
import {
  type ActionFailure,
  type ActionRecord,
  type CallFailure,
  failureSeen,
  type Reason,
  type WaitReason,
} from '../model/index.ts';
import { delayWithoutPause, reportFailure, type Subject } from '../pause/index.ts';
import type { ApiCall } from '../plan/index.ts';
import { classify } from './classify.ts';
import { listedFrom } from './doubt.ts';

/** Outcome of one try of an action: it is settled, may be tried again at `until`, or the invocation's time is up. */
export type ActionOutcome =
  | { kind: 'settled' }
  | { kind: 'retry'; until: number; because: WaitReason }
  | { kind: 'out_of_time' };

export const SETTLED: ActionOutcome = { kind: 'settled' };
export const OUT_OF_TIME: ActionOutcome = { kind: 'out_of_time' };

/** A call was answered by a failure, or not at all. */
export async function concludeFailure(
  action: ActionClaim,
  failure: CallFailure,
  unknownBefore: boolean,
): Promise<ActionOutcome> {
  const meaning = classify(failure, unknownBefore);
  if (meaning.kind === 'transient') {
    const mayHaveTakenEffect = unknownBefore || meaning.mayHaveTakenEffect;
    return retryAfter(action, failure, { by: 'write', mayHaveTakenEffect, exhausted: 'exhausted' });
  }
  await action.worker.gate.report({ kind: 'answered', by: 'write', rule: action.record.rule });
  if (meaning.kind === 'refused') return failAction(action, 'refused', answerOf(failure));
  return lookUpLater(action, meaning.status);
}

const answerOf = ({ status, field }: CallFailure): Pick<ActionFailure, 'status' | 'field'> => ({
  ...(status !== undefined && { status }),
  ...(field !== undefined && { field }),
});

/**
 * A refusal that came after an attempt without a response, or for a key that is in use. The earlier attempt may have been
 * served, so the list of runs decides, as soon as it is complete.
 */
function lookUpLater(action: ActionClaim, status: number): ActionOutcome {
  const { record, worker } = action;
  if (!record.begun) return failAction(action, 'outcome_unknown', { status });
  const until = listedFrom(record.begun, worker.settings.lease);
  action.stage({ ...record, pending: status, not_before: until });
  return { kind: 'retry', until, because: 'in_doubt' };
}

/**
 * Tries again later, within the retry budget, because a read was not answered that comes before the call.
 *
 * @param exhausted Reason of the failure when that is used up.
 */
export const retryLater = (
  action: ActionClaim,
  failure: CallFailure,
  mayHaveTakenEffect: boolean,
  exhausted: 'exhausted' | 'outcome_unknown' = 'exhausted',
): Promise<ActionOutcome> => retryAfter(action, failure, { by: 'read', mayHaveTakenEffect, exhausted });

async function retryAfter(
  action: ActionClaim,
  failure: CallFailure,
  {
    by,
    mayHaveTakenEffect,
    exhausted,
  }: Pick<Subject, 'by'> & Pick<FailedTry, 'mayHaveTakenEffect' | 'exhausted'>,
): Promise<ActionOutcome> {
  const { worker, record, event } = action;
  const subject = { id: event.event_id, rule: record.rule, tries: record.tries, by };
  const { charged } = await reportFailure(worker, failure, subject);
  const now = worker.system.now();
  const next = postpone(record, now, {
    mayHaveTakenEffect,
    charged,
    exhausted,
    failure: failureSeen(failure),
  });
  action.stage(next);
  await action.commit(next);
  if (next.failure) return SETTLED;
  const paused = await worker.gate.waiting();
  const until = Math.max(
    next.not_before ?? 0,
    paused ?? worker.system.now() + (charged ? 0 : delayWithoutPause(failure)),
  );
  return { kind: 'retry', until, because: until === paused ? 'paused' : 'retry' };
}

/**
 * The preparations took too long, and the call was not sent. This counts against the retry budget; otherwise an
 * action whose attachments outlast the invocation would retry forever.
 *
 * @param before The action as it was before this attempt was recorded.
 */
export function expired(action: ActionClaim, before: ActionRecord): ActionOutcome {
  return postponeInMemory(action, before, { mayHaveTakenEffect: before.begun !== undefined });
}

/** Postpones an action, charged; the next commit writes it. */
export function postponeInMemory(
  action: ActionClaim,
  record: ActionRecord,
  { mayHaveTakenEffect, failure }: Pick<FailedTry, 'mayHaveTakenEffect' | 'failure'>,
): ActionOutcome {
  const now = action.worker.system.now();
  const next = postpone(record, now, { mayHaveTakenEffect, charged: true, exhausted: 'exhausted', failure });
  action.stage(next);
  if (next.not_before === undefined || next.failure) return SETTLED;
  return { kind: 'retry', until: next.not_before, because: 'retry' };
}

export function failAction(
  action: ActionClaim,
  reason: Reason,
  answer?: Omit<ActionFailure, 'reason'>,
): ActionOutcome {
  if (reason === 'outcome_unknown') action.worker.count('OutcomeUnknown');
  action.stage(fail(action.record, reason, answer));
  return SETTLED;
}

/** Takes runs for the action's result: they were `found` by a lookup, or else named by the answer to its call. */
export async function succeedWith(
  action: ActionClaim,
  call: ApiCall,
  { runIds, found }: { runIds: string[]; found: boolean },
): Promise<ActionOutcome> {
  if (!(await call.takeRuns(action, runIds, found))) return failAction(action, 'outcome_unknown');
  const { worker, record } = action;
  worker.count(found ? 'FollowUpAdopted' : 'FollowUpStarted');
  const { round, received_at } = action.event;
  if (!found && round === 0) worker.time('TimeToFollowUp', worker.system.now() - Date.parse(received_at));
  // Written by the next commit, which for a single follow-up is the last: result and `done` go in one write.
  action.stage(
    succeed(record, { run_ids: runIds, at: worker.system.now(), ...(found && { adopted: true }) }),
  );
  return SETTLED;
}
