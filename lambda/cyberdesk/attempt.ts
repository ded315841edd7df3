import {
  Aborted,
  AnswerTooLarge,
  type CallFacts,
  type CyberdeskError,
  NotReached,
  TimedOut,
  UnreadableAnswer,
} from './errors.ts';
import type { Settings } from './options.ts';

/** A request that can be sent more than once, with the same bytes each time. */
export interface Outgoing {
  url: string;
  method: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer> | undefined;
}

export interface AttemptLimits {
  timeoutMs: number;
  maxBytes: number;
  /** Whether a 2xx answer's JSON is what was asked for; absent where the answer is no JSON. */
  accepts: ((json: unknown) => boolean) | undefined;
  signal: AbortSignal | undefined;
}

/** A failed attempt: the error it becomes if it is the last, and what it leaves open. */
export interface Failure {
  /** The request may have reached the API. */
  maybeSent: boolean;
  /** Another attempt may do better. */
  passing: boolean;
  toError: (facts: CallFacts) => CyberdeskError;
}

export type AttemptOutcome = { answer: Response } | { failure: Failure };

/** Sends a request once and reads its whole answer, so that a broken answer is a failed attempt too. */
export async function attempt(
  request: Outgoing,
  limits: AttemptLimits,
  { fetch }: Pick<Settings, 'fetch'>,
): Promise<AttemptOutcome> {
  const { url, method, headers, body } = request;
  const { timeoutMs, signal } = limits;
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal?.addEventListener('abort', abort);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: stop.signal,
      ...(body && { body }),
    });
    return await readAnswer(response, limits);
  } catch (cause) {
    if (signal?.aborted) return failed((facts) => new Aborted(facts), { passing: false });
    if (stop.signal.aborted) return failed((facts) => new TimedOut(facts, timeoutMs));
    return failed((facts) => new NotReached(facts, cause), { maybeSent: !neverSent(cause) });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    stop.abort();
  }
}

const failed = (toError: Failure['toError'], { maybeSent = true, passing = true } = {}): AttemptOutcome => ({
  failure: { maybeSent, passing, toError },
});

async function readAnswer(response: Response, limits: AttemptLimits): Promise<AttemptOutcome> {
  const { status, headers, ok } = response;
  if (!ok) {
    // Its status says all, and its body may quote payload: read for the connection's sake, and dropped.
    await read(response, KEEP_ALIVE_BYTES).catch(() => undefined);
    return { answer: new Response(null, { status, headers }) };
  }
  const { maxBytes, accepts } = limits;
  const bytes = await read(response, maxBytes);
  if (!bytes) return failed((facts) => new AnswerTooLarge(facts, maxBytes), { passing: false });
  // A success that cannot be read is a lost answer.
  if (accepts && !accepts(parse(bytes))) return failed((facts) => new UnreadableAnswer(facts));
  // A 204 may not have a body, not even an empty one.
  return { answer: new Response(bytes.byteLength > 0 ? bytes : null, { status, headers }) };
}

/** A connection with more than this left to read is not worth keeping. */
const KEEP_ALIVE_BYTES = 64 * 1024;

async function read(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // The parser's error quotes the text, so it goes nowhere.
    return undefined;
  }
}

/** Errors from before there was a connection: certain that nothing was asked for. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The platform's fetch wraps the system's error once. */
function neverSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && NEVER_SENT.has(String(cause.code));
}
