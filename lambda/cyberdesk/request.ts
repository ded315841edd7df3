import type { paths } from './api-types.ts';
import { type Result, sendWithRetries, type WriteOptions } from './call.ts';
import type { Decode } from './decode.ts';
import { checkHeader, type Settings } from './options.ts';

/** The key itself, or how to get it: read once per call, so that a rotation does not need a new client. */
export type ApiKey = string | (() => Promise<string>);

/** A body, or its JSON text, which is then sent byte for byte. */
export type Body<T> = T | string;

type Method = 'GET' | 'POST' | 'PATCH';
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<Lowercase<M>, object> ? P : never;
}[keyof paths];
type OperationOf<M extends Method, P extends keyof paths> =
  paths[P] extends Record<Lowercase<M>, infer O> ? O : never;

type JsonOf<T> = T extends { content: { 'application/json': infer J } } ? J : never;
type SuccessOf<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201)] : never;
type AnswerOf<O> =
  SuccessOf<O> extends { content: { 'application/octet-stream': string } }
    ? Uint8Array<ArrayBuffer>
    : JsonOf<SuccessOf<O>>;

/** The parts of a request that the OpenAPI file describes for one operation. */
type PartsOf<O> = (O extends { parameters: { path: infer T } } ? { path: T } : { path?: never }) &
  (O extends { parameters: { query?: infer T } } ? { query?: T } : never) &
  (O extends { requestBody: infer T } ? { body: Body<JsonOf<T>> } : { body?: never });

/** The same for any operation. */
interface Parts {
  path?: object;
  query?: object;
  body?: unknown;
}

export interface RequestOptions extends WriteOptions {
  /** Largest response that is read, in bytes. Default: the client's `maxAnswerBytes`. */
  maxBytes?: number;
  /** A status outside 2xx whose response is data as well, if it has the expected content. */
  dataWith?: number;
}

/**
 * One call of an operation of the OpenAPI file, with its retries. Failures of the API are returned as `error`.
 *
 * @throws InvalidClientSettingError for a key that cannot be a header value.
 */
export type TypedRequest = <M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  parts: Parts & PartsOf<OperationOf<M, P>> & { decode: Decode<AnswerOf<OperationOf<M, P>>> },
  given?: RequestOptions,
) => Promise<Result<AnswerOf<OperationOf<M, P>>>>;

export const createRequest =
  (apiKey: ApiKey, settings: Settings): TypedRequest =>
  async (method, path, { decode, ...parts }, given = {}) => {
    const { idempotencyKey, maxBytes = settings.maxAnswerBytes, ...limits } = given;
    const key = typeof apiKey === 'string' ? apiKey : await apiKey();
    const headers: Record<string, string> = {
      authorization: `Bearer ${checkHeader(key, 'the API key')}`,
      'user-agent': 'cyberdesk-webhooks',
    };
    if (idempotencyKey !== undefined) {
      headers['idempotency-key'] = checkHeader(idempotencyKey, 'the idempotency key');
    }
    if (parts.body !== undefined) headers['content-type'] = 'application/json';
    const url = settings.baseUrl + fillPath(path, parts.path) + toSearch(parts.query);
    const request = { url, method, headers, body: toText(parts.body) };
    return sendWithRetries({ request, decode, maxBytes, ...limits }, settings);
  };

function fillPath(path: string, values: object = {}): string {
  const texts = new Map<string, string>(Object.entries(values));
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(texts.get(name) ?? ''));
}

/** A list becomes a repeated parameter; what is undefined is left out. */
function toSearch(query: object = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, String(one));
    }
  }
  return search.size > 0 ? `?${search}` : '';
}

/** Text is sent as it is: order of keys and bytes are part of the idempotency contract. */
const toText = (body: unknown): string | undefined =>
  typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
