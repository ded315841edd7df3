import {
  type ActionRecord,
  type CompletionItem,
  completionKey,
  type EventItem,
  ITEM_VERSION,
  isDefinite,
  MAX_CRASHES,
  PATIENCE,
  type Reason,
  retryDelay,
} from '../model/index.ts';
import { mergePlans, type Plan } from '../plan/index.ts';

/**
 * The state machine of a completion, as pure functions from one item to the next. Every write of the result is a
 * compare-and-swap on the item that was read, so of two workers that decide on the same item one loses and
 * looks again.
 */

/** A completion as it is decided upon; its tag is made when it is written. */
export type Draft = Omit<CompletionItem, 'tag'>;

export type Standing =
  | { kind: 'other'; owner: string }
  | { kind: 'done' }
  | { kind: 'wait'; until: number }
  | { kind: 'free' };

/** Where a completion stands, seen by a worker with a message for `event`. */
export function standing(found: CompletionItem | undefined, event: EventItem, now: number): Standing {
  if (!found) return { kind: 'free' };
  // Two events of one completion (a twin from a reconcile, a transformed copy): the first one owns it and has a
  // message of its own, so this one is finished without acting.
  if (found.owner !== event.event_id) return { kind: 'other', owner: found.owner };
  // A live lease may be a dead worker's. Its message must outlive it: to acknowledge here would lose the event.
  if (found.lease && now < found.lease.until) return { kind: 'wait', until: found.lease.until };
  // A redrive or a replan has something new to say, whatever was done or is being waited for.
  if (found.round < event.round) return { kind: 'free' };
  // Done, but its event is not: a worker died between the two writes.
  if (found.done) return { kind: 'done' };
  if (found.not_before !== undefined && now < found.not_before)
    return { kind: 'wait', until: found.not_before };
  return { kind: 'free' };
}

/** Takes a free completion: a fresh lease, and one crash more where a predecessor's lease ran out without outcome. */
export function claim(
  found: CompletionItem | undefined,
  event: EventItem,
  completion: string,
  lease: { token: string; until: number },
  now: number,
): Draft {
  if (!found) {
    return {
      ...completionKey(event.run_id as string, completion),
      v: ITEM_VERSION,
      owner: event.event_id,
      lease,
      crashes: 0,
      round: event.round,
      done: false,
      depth: 0,
      retries: 0,
      updated_at: now,
    };
  }
  const { not_before: _waited, ttl: _ttl, ...taken } = found;
  if (found.round < event.round) {
    // A round begins here and not with its plan: rules that kill their worker must be counted in it.
    const { failure: _failure, ...rest } = taken;
    return { ...rest, lease, round: event.round, done: false, crashes: 0, updated_at: now };
  }
  const crashes = found.lease ? found.crashes + 1 : found.crashes;
  const claimed: Draft = { ...taken, lease, crashes, updated_at: now };
  // Whatever it is that kills its worker, it has done so often enough: a person looks.
  return crashes < MAX_CRASHES ? claimed : { ...claimed, failure: { reason: 'crashed' } };
}

/** Does this claimed completion need the rules to be asked? */
export const needsPlan = ({ failure, planned = -1, round }: Draft): boolean =>
  failure === undefined && planned < round;

/** Takes a plan in; on a redrive or replan it joins what was tried before. */
export function takePlan(draft: Draft, plan: Plan, depth: number, retries: number): Draft {
  const base: Draft = { ...draft, planned: draft.round, depth, retries };
  if ('failure' in plan) {
    const kept = (draft.actions ?? []).filter((action) => !isRefused(action));
    // Nothing may be forgotten that a run already stands for.
    return { ...base, ...(draft.actions && { actions: kept }), failure: plan.failure };
  }
  return { ...base, actions: mergePlans(draft.actions ?? [], plan.actions, isRefused) };
}

const isRefused = ({ failure }: ActionRecord) => failure !== undefined && isDefinite(failure.reason);

export const isSettled = (action: ActionRecord): boolean =>
  action.result !== undefined || action.failure !== undefined;

export const isApiCall = ({ kind }: ActionRecord): boolean => kind !== 'notify' && kind !== 'publish';

/** Replaces one action. */
export function withAction(draft: Draft, index: number, action: ActionRecord): Draft {
  const actions = [...(draft.actions ?? [])];
  actions[index] = action;
  return { ...draft, actions };
}

/** An attempt is about to be sent. Recorded before the call, or a crash would hide that there was one. */
export function begin(
  action: ActionRecord,
  now: number,
): ActionRecord & { begun: NonNullable<ActionRecord['begun']> } {
  return { ...action, begun: { first: action.begun?.first ?? now, last: now } };
}

/** Settled: the body has served, and it holds payload. */
function settle(action: ActionRecord): ActionRecord {
  const {
    body: _body,
    body_ref: _ref,
    placeholders: _what,
    pins: _pins,
    not_before: _wait,
    ...rest
  } = action;
  return rest;
}

export const succeed = (action: ActionRecord, result: NonNullable<ActionRecord['result']>): ActionRecord => ({
  ...settle(action),
  result,
});

/** A definite refusal is planned afresh one day; any other failure keeps its body, for the same bytes. */
export function fail(action: ActionRecord, reason: Reason, status?: number): ActionRecord {
  const base = isDefinite(reason) ? settle(action) : action;
  return { ...base, failure: { reason, ...(status !== undefined && { status }) } };
}

/** Puts a failed try off; `free` ones (throttled: a pause) are not charged. */
export function postpone(
  action: ActionRecord,
  now: number,
  { mayHaveTakenEffect, charged }: { mayHaveTakenEffect: boolean; charged: boolean },
): ActionRecord {
  const { begun, ...rest } = action;
  // An attempt that certainly did nothing leaves nothing to look for, unless an earlier one may have.
  const left = mayHaveTakenEffect && begun ? { begun } : {};
  if (!charged) return { ...rest, ...left };
  if (action.delayed >= PATIENCE) return fail({ ...rest, ...left }, 'exhausted');
  const delay = retryDelay(action.tries);
  return {
    ...rest,
    ...left,
    tries: action.tries + 1,
    delayed: action.delayed + delay,
    not_before: now + delay,
  };
}

export type Outcome =
  | { kind: 'done' }
  | { kind: 'failed'; reason: Reason; status?: number }
  | { kind: 'open' };

/** What has become of the whole. A failure waits until every action is settled: one follow-up's refusal is no
 * reason to withhold another. */
export function outcomeOf(draft: Draft): Outcome {
  if (draft.failure) return { kind: 'failed', reason: draft.failure.reason };
  if (needsPlan(draft) || !draft.actions?.every(isSettled)) return { kind: 'open' };
  const failure = draft.actions.find((action) => action.failure !== undefined)?.failure;
  return failure ? { kind: 'failed', ...failure } : { kind: 'done' };
}

/** Leaves the completion in order: done, failed, or to be taken up again at `notBefore`. */
export function leave(draft: Draft, now: number, retention: number, notBefore?: number): Draft {
  const { lease: _lease, not_before: _old, ...rest } = draft;
  const outcome = outcomeOf(draft);
  if (outcome.kind === 'open') {
    // An orderly end shows that this does not kill its worker: only crashes in a row count. It does not show it of a
    // call whose outcome is unknown and that was not tried again: all that was done is to wait until it can be known.
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
  return {
    ...rest,
    updated_at: now,
    done: outcome.kind === 'done',
    ttl: Math.floor((now + retention) / 1000),
  };
}
