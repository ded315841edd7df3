import { classOf, isJsonType } from './answer-class.ts';
import type { Decode } from './decode.ts';
import {
  AnsweredWithError,
  AnswerTooLargeError,
  type CallFacts,
  type CyberdeskError,
  UnreadableAnswerError,
} from './errors.ts';
import { refusedField } from './refused-field.ts';
import { isInProgress, isRetryable, parseRetryAfter } from './retry-policy.ts';

/** The outcome of sending a request once. Its responses have no body. */
export type AttemptOutcome<T> = { kind: 'success'; data: T; response: Response } | Failure;

/** A failed attempt, and the error to report if no other attempt follows. */
export interface Failure {
  kind: 'failure';
  /** It is unknown whether the request did its work. */
  ambiguous: boolean;
  /** Another attempt may succeed. */
  retryable: boolean;
  /** Delay that the server asks for. */
  retryAfterMs?: number | undefined;
  response?: Response;
  toError: (facts: CallFacts) => CyberdeskError;
}

/** How to read a response. */
export interface Reading<T> {
  /** Body of the request that it answers. */
  sent?: string | undefined;
  decode: Decode<T>;
  /** Largest 2xx response that is read. */
  maxBytes: number;
  /** A status outside 2xx that comes with data, too. */
  dataWith?: number | undefined;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Reads a whole response. Rejects when the connection breaks. */
export const readAnswer = <T>(response: Response, reading: Reading<T>): Promise<AttemptOutcome<T>> =>
  response.ok ? readSuccess(response, reading) : readRefusal(response, reading);

/** A connection with more than this left to read is not worth keeping. */
const KEEP_ALIVE_BYTES = 64 * 1024;

async function readRefusal<T>(
  response: Response,
  { now, sent, decode, dataWith }: Omit<Reading<T>, 'maxBytes'>,
): Promise<AttemptOutcome<T>> {
  // The body may quote payload. It is read so that the connection can be reused, and for the field that a 422 names.
  const body = await readBody(response, KEEP_ALIVE_BYTES).catch(() => undefined);
  const { status, headers } = response;
  const data = status === dataWith && body ? decode(body) : undefined;
  if (data !== undefined) return { kind: 'success', data, response: withoutBody(response) };
  const inProgress = isInProgress(status, headers);
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now());
  const isJson = isJsonType(headers.get('content-type'));
  const means = classOf({ status, isJson, inProgress });
  const field = status === 422 && isJson && body ? refusedField(body, sent) : undefined;
  return {
    kind: 'failure',
    ambiguous: means === 'unknown',
    retryable: isRetryable(status, headers),
    retryAfterMs,
    response: withoutBody(response),
    toError: (facts) => new AnsweredWithError({ ...facts, status, isJson, inProgress, retryAfterMs, field }),
  };
}

async function readSuccess<T>(
  response: Response,
  { decode, maxBytes }: Reading<T>,
): Promise<AttemptOutcome<T>> {
  const { status } = response;
  const body = await readBody(response, maxBytes);
  if (!body) {
    const toError = (facts: CallFacts) => new AnswerTooLargeError({ ...facts, status }, maxBytes);
    return { kind: 'failure', ambiguous: true, retryable: false, toError };
  }
  const data = decode(body);
  if (data !== undefined) return { kind: 'success', data, response: withoutBody(response) };
  // A success that cannot be read counts as a lost response: the request did its work, and its result is unknown.
  const toError = (facts: CallFacts) => new UnreadableAnswerError({ ...facts, status });
  return { kind: 'failure', ambiguous: true, retryable: true, toError };
}

/** A server may send a status that HTTP does not define, with which no response can be made. */
function withoutBody({ status, headers }: Response): Response {
  if (status >= 200 && status <= 599) return new Response(null, { status, headers });
  const response = new Response(null, { status: 599, headers });
  return Object.defineProperty(response, 'status', { value: status });
}

/** The body, or undefined if it is larger than `maxBytes`. */
async function readBody(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
