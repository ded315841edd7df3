/** The official SDK's retry policy as pure functions. Times are in milliseconds. */

import { DAY, SECOND } from './time.ts';

/** Attempts after the first. */
export const RETRIES = 3;
const FIRST_DELAY = 250;
const LONGEST_DELAY = 8_000;

const RETRYABLE = new Set([408, 500, 502, 503, 504]);

/** True for a 409 while the first request with the same key is still running. */
export const isInProgress = (status: number, headers: Headers): boolean =>
  status === 409 && headers.get('idempotency-status')?.trim().toLowerCase() === 'in_progress';

/**
 * True for answers after which another attempt may succeed. Unlike in the official policy, 429 is not among them: a
 * rate limit concerns every worker, so it ends the call and the caller pauses them all.
 */
export const isRetryable = (status: number, headers: Headers): boolean =>
  RETRYABLE.has(status) || isInProgress(status, headers);

/**
 * Delay before the next attempt: what the server asks for, else full jitter.
 *
 * @param attempt Number of the failed attempt, from 0.
 * @param random Uniform in [0, 1).
 */
export const delayBefore = (attempt: number, retryAfterMs: number | undefined, random: number): number =>
  Math.min(retryAfterMs ?? random * FIRST_DELAY * 2 ** attempt, LONGEST_DELAY);

/** IMF-fixdate, RFC 850 date and asctime date: the three forms that RFC 9110 requires a recipient to accept. */
const HTTP_DATE = /^[a-z]{3,9},? /i;

/**
 * Reads a `Retry-After` header, in seconds or as an HTTP date.
 *
 * @param now Epoch milliseconds.
 * @returns Milliseconds from now, 0 for a time in the past, at most a day; undefined if absent or malformed.
 */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * SECOND, DAY);
  if (!HTTP_DATE.test(text)) return undefined;
  // An asctime date has no zone and means GMT.
  const time = Date.parse(/GMT$/i.test(text) ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : Math.min(Math.max(time - now, 0), DAY);
}
