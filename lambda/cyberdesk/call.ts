import { attempt, type Outgoing } from './attempt.ts';
import type { Decode } from './decode.ts';
import { AbortedError, type CyberdeskError } from './errors.ts';
import type { Settings } from './options.ts';
import { delayBefore, RETRIES } from './retry-policy.ts';

/** The limits of one call. */
export interface CallOptions {
  /** Ends the call at once. */
  signal?: AbortSignal | undefined;
  /** Ends the call at this time, in epoch milliseconds. */
  until?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /** Sent with each attempt. Without a key, a write is attempted only once. */
  idempotencyKey?: string | undefined;
}

/** Data or an error, never both. The response has no body: the body of a refusal may contain payload values. */
export type Result<T> =
  | { data: T; error: undefined; response: Response }
  | { data: undefined; error: CyberdeskError; response: Response | undefined };

export interface Call<T> extends CallOptions {
  request: Outgoing;
  decode: Decode<T>;
  maxBytes: number;
  dataWith?: number;
}

/**
 * Sends a request until it succeeds, fails for good or runs out of time. A write is repeated only if it has a key;
 * every attempt carries the same key and the same bytes.
 */
export async function sendWithRetries<T>(call: Call<T>, settings: Settings): Promise<Result<T>> {
  const { timeoutMs, totalMs, repeatUnanswered, now, random, sleep } = settings;
  const { request, signal, decode, maxBytes, dataWith } = call;
  const end = Math.min(now() + totalMs, call.until ?? Number.POSITIVE_INFINITY);
  const writes = request.method !== 'GET';
  const retries = !writes || 'idempotency-key' in request.headers ? RETRIES : 0;
  let mayHaveTakenEffect = false;

  for (let number = 0; ; number += 1) {
    const left = end - now();
    if (signal?.aborted || left <= 0) return failed(new AbortedError({ mayHaveTakenEffect }));
    const limits = { timeoutMs: Math.min(timeoutMs, left), maxBytes, decode, dataWith, signal, now };
    const outcome = await attempt(request, limits, settings);
    if (outcome.kind === 'success') {
      return { data: outcome.data, error: undefined, response: outcome.response };
    }
    mayHaveTakenEffect ||= writes && outcome.ambiguous;
    const isRepeatable = outcome.retryable && (repeatUnanswered || !mayHaveTakenEffect);

    const delay = delayBefore(number, outcome.retryAfterMs, random());
    const isLast = !isRepeatable || number === retries || now() + delay >= end;
    if (isLast) return failed(outcome.toError({ mayHaveTakenEffect }), outcome.response);
    await sleep(delay, signal).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    });
  }
}

const failed = (error: CyberdeskError, response?: Response) => ({ data: undefined, error, response });
