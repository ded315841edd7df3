import { type Begun, CALL_TIMEOUT, EFFECT_WITHIN, SANDBOX_SKEW } from '../model/index.ts';

/**
 * What can be relied on after attempts without a response, by the two assumptions about Cyberdesk: an idempotency key
 * lives for one lease and one call timeout, and the list shows a created run within that time.
 *
 * While the key is known, sending again is safe and conclusive. A look-up is not: the list may not show our run yet,
 * but show the equal run of another action. Once the list is complete it is the other way round. In between neither
 * is safe: an attempt that took effect late has a key that is about to expire and a run that is not listed yet. Then
 * the action waits.
 *
 * All times are epoch milliseconds.
 */
export interface Doubt {
  /** A call that begins by then finds the key of every earlier attempt. */
  sendBy: number;
  /** The end of such a call. */
  callUntil: number;
  /** From then on the list shows what any attempt has started. */
  listedFrom: number;
}

/** @param lease Milliseconds. */
export function doubtOf({ first, last }: Begun, lease: number): Doubt {
  const remembered = lease + CALL_TIMEOUT;
  const callUntil = first + remembered - CALL_TIMEOUT - SANDBOX_SKEW;
  return {
    callUntil,
    sendBy: callUntil - CALL_TIMEOUT,
    listedFrom: last + EFFECT_WITHIN + remembered + SANDBOX_SKEW,
  };
}
