import { isFromBeforeRestore, type WorkerSettings } from '../completion/index.ts';
import { type ActionRecord, type Begun, CALL_TIMEOUT, EFFECT_WITHIN, SANDBOX_SKEW } from '../model/index.ts';

/**
 * What can be relied on after attempts without a response, by the two assumptions about Cyberdesk: an idempotency key
 * lives as long as the stage's settings say, and the list shows a created run within one lease and one call timeout.
 *
 * While the key is known, sending again is safe and conclusive. A lookup is not: the list may not show our run yet,
 * but show the equal run of another action. Once the list is complete it is the other way round. In between neither
 * is safe: an attempt that took effect late has a key that is about to expire and a run that is not listed yet. Then
 * the action waits. It also waits where the key is not to be relied on at all.
 *
 * All times are epoch milliseconds.
 */
export interface Doubt {
  /** A call that begins by then finds the key of every earlier attempt; in the past if none does. */
  sendBy: number;
  /** The end of such a call. */
  callUntil: number;
  /** From then on the list shows what any attempt has started. */
  listedFrom: number;
}

/** An action of which an attempt may have been made. */
export type BegunAction = Pick<ActionRecord, 'fence'> & { begun: Begun };

/** What the stage relies on. Times are milliseconds. */
export type Reliance = Pick<WorkerSettings, 'lease' | 'idempotencyKeyLifetime' | 'repeatUnanswered'>;

export function doubtOf(action: BegunAction, reliance: Reliance): Doubt {
  const { lease, idempotencyKeyLifetime, repeatUnanswered } = reliance;
  // After a restore it may have been started under a key that is on no record any more.
  const isKeyKnown = repeatUnanswered && !isFromBeforeRestore(action);
  const callUntil = action.begun.first + idempotencyKeyLifetime - CALL_TIMEOUT - SANDBOX_SKEW;
  return {
    callUntil,
    sendBy: isKeyKnown ? callUntil - CALL_TIMEOUT : Number.NEGATIVE_INFINITY,
    listedFrom: listedFrom(action.begun, lease),
  };
}

/** @param lease Of a worker, in milliseconds. */
export const listedFrom = ({ last }: Begun, lease: number): number =>
  last + EFFECT_WITHIN + lease + CALL_TIMEOUT + SANDBOX_SKEW;
