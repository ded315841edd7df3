import {
  type ActionableEvent,
  type ActionRecord,
  type CompletionFailure,
  type CompletionItem,
  completionKeyFor,
  type EventItem,
  ITEM_VERSION,
  type Lease,
  MAX_CRASHES,
  ttlAfter,
  type WaitReason,
} from '../model/index.ts';
import type { Draft } from '../store/index.ts';
import { isSettled } from './action-states.ts';

/**
 * The state machine of a completion, as pure functions from one item to the next. Every write of the result is a
 * compare-and-swap on the item that was read, so of two workers that decide on the same item one loses and
 * starts over.
 */

export type CompletionDraft = Draft<CompletionItem>;

export type Standing =
  | { kind: 'other'; owner: string }
  | { kind: 'done' }
  | { kind: 'wait'; until: number; because: WaitReason }
  | { kind: 'free' };

/** The state of a completion, as seen by a worker with a message for `event`. */
export function standing(found: CompletionItem | undefined, event: EventItem, now: number): Standing {
  if (!found) return { kind: 'free' };
  // Two events report one completion (a reconciled twin, a transformed copy): the first one owns it and has a
  // message of its own, so this one finishes without acting.
  if (found.owner !== event.event_id) return { kind: 'other', owner: found.owner };
  // A live lease may belong to a dead worker. The message must outlive it: acknowledging here would lose the event.
  if (found.lease && now < found.lease.until)
    return { kind: 'wait', until: found.lease.until, because: 'leased' };
  // A redrive or a replan asks for something new, whatever was done or is waiting.
  if (found.round < event.round) return { kind: 'free' };
  // Done, but its event is not: a worker died between the two writes.
  if (found.done) return { kind: 'done' };
  if (found.not_before !== undefined && now < found.not_before)
    return { kind: 'wait', until: found.not_before, because: 'not_due' };
  return { kind: 'free' };
}

/** Takes a completion that no worker has taken before. */
export const firstClaim = (
  event: ActionableEvent,
  completion: string,
  lease: Lease,
  now: number,
): CompletionDraft => ({
  ...completionKeyFor(event, completion),
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

/** Replaces one action. */
export function withAction(draft: CompletionDraft, index: number, action: ActionRecord): CompletionDraft {
  const actions = [...(draft.actions ?? [])];
  actions[index] = action;
  return { ...draft, actions };
}

export type Outcome =
  | { kind: 'done' }
  | ({ kind: 'failed'; status?: number } & CompletionFailure)
  | { kind: 'open' };

/** The outcome of the whole. A failure waits until every action is settled: the refusal of one follow-up is no
 * reason to withhold another. */
export function outcomeOf(draft: CompletionDraft): Outcome {
  if (draft.failure) return { kind: 'failed', ...draft.failure };
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
