import type { ActionRecord } from '../model/index.ts';
import { ACTION_TIMEOUT, CALL_TIMEOUT, SANDBOX_SKEW } from '../model/index.ts';

/**
 * What is known of attempts without an answer, by the two assumptions about Cyberdesk: an idempotency key lives
 * for one lease and one call time-out, and the list shows a created run within that time.
 *
 * While the key is known, sending again is safe and tells the truth; a look-up is not: the list may not show our
 * run yet, and shows the equal run of another action. Once the list is complete it is the other way round. Between
 * the two neither is safe: an attempt that took effect late has a key that is about to go and a run that is not
 * listed yet. Then the action waits.
 *
 * All times are epoch milliseconds.
 */
export interface Doubt {
  /** A call begun by then finds the key of every earlier attempt. */
  sendBy: number;
  /** The end of such a call. */
  callUntil: number;
  /** From then on the list shows what any attempt has started. */
  listedFrom: number;
}

/** After this time nothing that an attempt sent can take effect any more, in milliseconds from its beginning. */
export const EFFECT_WITHIN = ACTION_TIMEOUT + CALL_TIMEOUT;

/** @param lease Milliseconds. */
export function doubtOf({ first, last }: NonNullable<ActionRecord['begun']>, lease: number): Doubt {
  const remembered = lease + CALL_TIMEOUT;
  const callUntil = first + remembered - CALL_TIMEOUT - SANDBOX_SKEW;
  return {
    callUntil,
    sendBy: callUntil - CALL_TIMEOUT,
    listedFrom: last + EFFECT_WITHIN + remembered + SANDBOX_SKEW,
  };
}
