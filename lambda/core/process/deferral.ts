import { MINUTE } from '../model/index.ts';

/** The first wait after an error; it doubles with every fifth receive. */
const FIRST_WAIT = MINUTE;
const LONGEST_ERROR_WAIT = 15 * MINUTE;
/** From this receive on, every wait is a long one. A plan of 200 actions, throttled after each, needs fewer. */
const MANY_RECEIVES = 300;
/**
 * Seven days, the retention of the queue, hold 593 waits of this length, which is the queue's own as well: see `lib/timing.ts`.
 * So a message is received at most 893 times in its life, also where the bundle does not load, and SQS, which moves it to the
 * dead-letter queue after 1000 receives, never does so.
 */
const LONG_WAIT = 17 * MINUTE;

/**
 * How long a message stays hidden, in milliseconds.
 *
 * @param wanted How long it has to wait; undefined after an error, when only the next try can show that.
 * @param receives How often it has been received.
 */
export function hideFor(wanted: number | undefined, receives: number): number {
  const wait = wanted ?? Math.min(FIRST_WAIT * 2 ** (Math.max(receives, 0) / 5), LONGEST_ERROR_WAIT);
  return Math.max(wait, receives > MANY_RECEIVES ? LONG_WAIT : 0);
}
