import { type AttemptOutcome, type Failure, type Reading, readAnswer } from './answer.ts';
import { AbortedError, BrokenAnswerError, NotReachedError, TimedOutError } from './errors.ts';
import type { Settings } from './options.ts';

/** A request that can be sent more than once, with the same bytes each time. */
export interface Outgoing {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface AttemptLimits<T> extends Reading<T> {
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** Sends a request once and reads its whole response, so that a broken response is a failed attempt too. */
export async function attempt<T>(
  request: Outgoing,
  limits: AttemptLimits<T>,
  { fetch, after }: Pick<Settings, 'fetch' | 'after'>,
): Promise<AttemptOutcome<T>> {
  const { url, method, headers, body } = request;
  const { timeoutMs, signal } = limits;
  const stop = new AbortController();
  const abort = () => stop.abort();
  const cancel = after(timeoutMs, abort);
  signal?.addEventListener('abort', abort);
  let status: number | undefined;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: stop.signal,
      ...(body !== undefined && { body }),
    });
    status = response.status;
    return await readAnswer(response, { ...limits, sent: body });
  } catch (cause) {
    if (signal?.aborted) return failure((facts) => new AbortedError(facts), { retryable: false });
    const answered = status;
    if (stop.signal.aborted)
      return failure((facts) => new TimedOutError({ ...facts, status: answered }, timeoutMs));
    if (answered !== undefined)
      return failure((facts) => new BrokenAnswerError({ ...facts, status: answered }, cause));
    // The platform's fetch hides a status of 407 or below 100 behind such an error, and does not say which it was.
    return failure((facts) => new NotReachedError(facts, cause), { ambiguous: !isNeverSent(cause) });
  } finally {
    cancel();
    signal?.removeEventListener('abort', abort);
    stop.abort();
  }
}

const failure = (toError: Failure['toError'], { ambiguous = true, retryable = true } = {}): Failure => ({
  kind: 'failure',
  ambiguous,
  retryable,
  toError,
});

/** Errors from before there was a connection, so the request certainly never arrived. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The platform's fetch wraps the system's error once. */
function isNeverSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && NEVER_SENT.has(String(cause.code));
}
