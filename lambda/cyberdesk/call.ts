import { type AttemptOutcome, attempt, type Outgoing } from './attempt.ts';
import { Aborted, AnsweredWithError, type CyberdeskError } from './errors.ts';
import type { Settings } from './options.ts';
import {
  delayBefore,
  isAmbiguous,
  isInProgress,
  isPassing,
  parseRetryAfter,
  RETRIES,
} from './retry-policy.ts';

/** What bounds one call. */
export interface CallOptions {
  /** Ends the call at once. */
  signal?: AbortSignal | undefined;
  /** Ends the call at this time, in epoch milliseconds. */
  until?: number | undefined;
}

export interface WriteOptions extends CallOptions {
  /** Sent with each attempt. Without one a write is tried once only. */
  idempotencyKey?: string | undefined;
}

export interface CallShape extends CallOptions {
  /** The request changes something, so a repeat needs a key. */
  writes: boolean;
  /** Whether the JSON of a 2xx answer is what was asked for; absent where the answer is no JSON. */
  accepts?: ((json: unknown) => boolean) | undefined;
  maxBytes: number;
}

/** What a call came to: its last answer, if there was one, and what is wrong, if anything is. */
export interface CallOutcome {
  answer?: Response;
  error?: CyberdeskError;
}

/**
 * Sends a request until it is answered for good, within its time. A write is repeated only with a key, and each
 * attempt carries the same key and the same bytes.
 */
export async function sendWithRetries(
  request: Outgoing,
  shape: CallShape,
  settings: Settings,
): Promise<CallOutcome> {
  const { timeoutMs, totalMs, now, random, sleep } = settings;
  const { signal, maxBytes, accepts, writes } = shape;
  const end = Math.min(now() + totalMs, shape.until ?? Number.POSITIVE_INFINITY);
  const retries = !writes || request.headers.has('idempotency-key') ? RETRIES : 0;
  let mayHaveTakenEffect = false;

  for (let number = 0; ; number += 1) {
    const left = end - now();
    if (signal?.aborted || left <= 0) return { error: new Aborted({ mayHaveTakenEffect }) };
    const limits = { timeoutMs: Math.min(timeoutMs, left), maxBytes, accepts, signal };
    const outcome = await attempt(request, limits, settings);
    const judged = judge(outcome, now());
    mayHaveTakenEffect ||= writes && judged.open;

    const delay = delayBefore(number, judged.retryAfterMs, random());
    const last = !judged.passing || number === retries || now() + delay >= end;
    if (last && 'failure' in outcome) return { error: outcome.failure.toError({ mayHaveTakenEffect }) };
    if (last && 'answer' in outcome) return conclude(outcome.answer, judged, mayHaveTakenEffect);
    await sleep(delay, signal).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    });
  }
}

interface Judgement {
  /** Another attempt may do better. */
  passing: boolean;
  /** It is open whether the request did its work. */
  open: boolean;
  retryAfterMs: number | undefined;
}

function judge(outcome: AttemptOutcome, now: number): Judgement {
  if ('failure' in outcome) {
    const { passing, maybeSent } = outcome.failure;
    return { passing, open: maybeSent, retryAfterMs: undefined };
  }
  const { status, headers } = outcome.answer;
  return {
    passing: isPassing(status, headers),
    open: isAmbiguous(status, headers),
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), now),
  };
}

function conclude(answer: Response, { retryAfterMs }: Judgement, mayHaveTakenEffect: boolean): CallOutcome {
  const { ok, status, headers } = answer;
  if (ok) return { answer };
  const inProgress = isInProgress(status, headers);
  return { answer, error: new AnsweredWithError({ status, inProgress, retryAfterMs, mayHaveTakenEffect }) };
}
