import {
  type ActionableEvent,
  type ActionRecord,
  type ActionResult,
  type Begun,
  type CompletionItem,
  completionKey,
  type Decision,
  type EventItem,
  ITEM_VERSION,
  isDefinite,
  type Lease,
  MAX_CRASHES,
  PATIENCE,
  type Reason,
  retryDelay,
  ttlAfter,
} from '../model/index.ts';
import type { Draft } from '../store/index.ts';

/**
 * The state machine of a completion, as pure functions from one item to the next. Every write of the result is a
 * compare-and-swap on the item that was read, so of two workers that decide on the same item one loses and
 * starts over.
 */

export type CompletionDraft = Draft<CompletionItem>;

export type Standing =
  | { kind: 'other'; owner: string }
  | { kind: 'done' }
  | { kind: 'wait'; until: number }
  | { kind: 'free' };

/** The state of a completion, as seen by a worker with a message for `event`. */
export function standing(found: CompletionItem | undefined, event: EventItem, now: number): Standing {
  if (!found) return { kind: 'free' };
  // Two events report one completion (a reconciled twin, a transformed copy): the first one owns it and has a
  // message of its own, so this one finishes without acting.
  if (found.owner !== event.event_id) return { kind: 'other', owner: found.owner };
  // A live lease may belong to a dead worker. The message must outlive it: acknowledging here would lose the event.
  if (found.lease && now < found.lease.until) return { kind: 'wait', until: found.lease.until };
  // A redrive or a replan asks for something new, whatever was done or is waiting.
  if (found.round < event.round) return { kind: 'free' };
  // Done, but its event is not: a worker died between the two writes.
  if (found.done) return { kind: 'done' };
  if (found.not_before !== undefined && now < found.not_before)
    return { kind: 'wait', until: found.not_before };
  return { kind: 'free' };
}

/** Takes a completion that no worker has taken before. */
export const firstClaim = (
  event: ActionableEvent,
  completion: string,
  lease: Lease,
  now: number,
): CompletionDraft => ({
  ...completionKey(event.run_id, completion),
  v: ITEM_VERSION,
  owner: event.event_id,
  lease,
  crashes: 0,
  round: event.round,
  done: false,
  depth: 0,
  retries: 0,
  updated_at: now,
});

/** Takes over a free completion with a new lease, and counts a crash if the previous lease expired without a result. */
export function nextClaim(
  found: CompletionItem,
  event: EventItem,
  lease: Lease,
  now: number,
): CompletionDraft {
  const { not_before: _waited, ttl: _ttl, ...taken } = found;
  if (found.round < event.round) {
    // A round begins here and not with its plan: rules that kill their worker must be counted in it.
    const { failure: _failure, ...rest } = taken;
    return { ...rest, lease, round: event.round, done: false, crashes: 0, updated_at: now };
  }
  const crashes = found.lease ? found.crashes + 1 : found.crashes;
  const claimed: CompletionDraft = { ...taken, lease, crashes, updated_at: now };
  // Whatever kills its workers has done so often enough: a person has to look.
  return crashes < MAX_CRASHES ? claimed : { ...claimed, failure: { reason: 'crashed' } };
}

/** Whether the rules must be asked about this claimed completion. */
export const needsPlan = ({ failure, planned = -1, round }: CompletionDraft): boolean =>
  failure === undefined && planned < round;

export const isSettled = (action: ActionRecord): boolean =>
  action.result !== undefined || action.failure !== undefined;

/** Refused for certain: a redrive plans it afresh. */
export const isRefused = ({ failure }: ActionRecord): boolean =>
  failure !== undefined && isDefinite(failure.reason);

/** Replaces one action. */
export function withAction(draft: CompletionDraft, index: number, action: ActionRecord): CompletionDraft {
  const actions = [...(draft.actions ?? [])];
  actions[index] = action;
  return { ...draft, actions };
}

/** An attempt is about to be sent. Recorded before the call, because a crash would hide that there was one. */
export function begin(action: ActionRecord, now: number): ActionRecord & { begun: Begun } {
  return { ...action, begun: { first: action.begun?.first ?? now, last: now } };
}

/** Drops what only an open action needs. Its body holds payload. */
function settle(action: ActionRecord): ActionRecord {
  const {
    body: _body,
    body_ref: _ref,
    placeholders: _what,
    pins: _pins,
    not_before: _wait,
    pending: _status,
    ...rest
  } = action;
  return rest;
}

export const succeed = (action: ActionRecord, result: ActionResult): ActionRecord => ({
  ...settle(action),
  result,
});

/** A redrive plans a definite refusal afresh; after any other failure the body is kept, to send the same bytes. */
export function fail(action: ActionRecord, reason: Reason, status?: number): ActionRecord {
  // A redrive of an unknown outcome looks up first; that finds nothing pending, so that it may send again.
  const { pending: _status, ...kept } = action;
  const base = isDefinite(reason) ? settle(action) : kept;
  return { ...base, failure: { reason, ...(status !== undefined && { status }) } };
}

/** Nothing but a person's decision is left to tell what became of it. */
export const isUndecided = ({ failure }: ActionRecord): boolean => failure?.reason === 'outcome_unknown';

/** A person decided that these runs are the action's result; none if it is left out. */
export function conclude(action: ActionRecord, decision: Decision, runIds: string[]): ActionRecord {
  const { failure: _unknown, ...open } = action;
  return { ...succeed(open, { run_ids: runIds, at: decision.at }), decision };
}

/** A person decided that the action is carried out once more, whatever an earlier attempt has started. */
export function startAgain(action: ActionRecord, decision: Decision, generation: number): ActionRecord {
  const {
    begun: _lost,
    failure: _unknown,
    // Those of another request; this one reads the secrets and attachments of today.
    pins: _pins,
    not_before: _wait,
    ...planned
  } = action;
  return { ...planned, generation, tries: 0, delayed: 0, decision };
}

export interface FailedTry {
  /** This attempt, or an earlier one, may have taken effect. */
  mayHaveTakenEffect: boolean;
  /** Whether it counts against the retry budget; throttled tries (a pause) do not. */
  charged: boolean;
  /** Reason of the failure when that budget is used up. */
  exhausted: 'exhausted' | 'outcome_unknown';
}

/** Postpones an action after a failed try, or fails it when its retry budget is used up. */
export function postpone(
  action: ActionRecord,
  now: number,
  { mayHaveTakenEffect, charged, exhausted }: FailedTry,
): ActionRecord {
  const { begun, ...rest } = action;
  // An attempt that certainly did nothing leaves nothing to look for, unless an earlier one may have.
  const left = { ...rest, ...(mayHaveTakenEffect && begun && { begun }) };
  if (!charged) return left;
  if (action.delayed >= PATIENCE) return fail(left, exhausted);
  const delay = retryDelay(action.tries);
  return { ...left, tries: action.tries + 1, delayed: action.delayed + delay, not_before: now + delay };
}

export type Outcome =
  | { kind: 'done' }
  | { kind: 'failed'; reason: Reason; status?: number }
  | { kind: 'open' };

/** The outcome of the whole. A failure waits until every action is settled: the refusal of one follow-up is no
 * reason to withhold another. */
export function outcomeOf(draft: CompletionDraft): Outcome {
  if (draft.failure) return { kind: 'failed', reason: draft.failure.reason };
  if (needsPlan(draft) || !draft.actions?.every(isSettled)) return { kind: 'open' };
  const failure = draft.actions.find((action) => action.failure !== undefined)?.failure;
  return failure ? { kind: 'failed', ...failure } : { kind: 'done' };
}

/** Releases the lease: the completion is done, failed, or to be taken up again at `notBefore`. */
export function release(
  draft: CompletionDraft,
  now: number,
  retention: number,
  notBefore?: number,
): CompletionDraft {
  const { lease: _lease, not_before: _old, ...rest } = draft;
  const outcome = outcomeOf(draft);
  if (outcome.kind !== 'open')
    return { ...rest, updated_at: now, done: outcome.kind === 'done', ttl: ttlAfter(now, retention) };
  // Only crashes in a row count, and an orderly release shows that this work does not kill its worker. It does not
  // show it of a call with an unknown outcome that was not tried again: the worker only waited for it to be known.
  const onlyWaited = draft.actions?.some(
    (action) => action.begun && !isSettled(action) && (action.not_before ?? 0) <= now,
  );
  return {
    ...rest,
    crashes: onlyWaited ? draft.crashes : 0,
    updated_at: now,
    ...(notBefore !== undefined && { not_before: notBefore }),
  };
}
