import createFetchClient from 'openapi-fetch';
import type { paths } from './api-types.ts';
import type { Outgoing } from './attempt.ts';
import { type CallShape, sendWithRetries, type WriteOptions } from './call.ts';
import type { CyberdeskError } from './errors.ts';
import { checkHeader, type Settings } from './options.ts';

/** The key itself, or how to get it: asked once per call, so that a rotation needs no new client. */
export type ApiKey = string | (() => Promise<string>);

/**
 * Data or error, never both. What is not about the API throws: a key that cannot be had, a key that is no header.
 * The response of an error has no body: it may hold payload values, and the status says all.
 */
export type Result<T> =
  | { data: T; error: undefined; response: Response }
  | { data: undefined; error: CyberdeskError; response: Response | undefined };

export type Rest = ReturnType<typeof createFetchClient<paths>>;

// A type, not an interface: openapi-fetch's own options want an implicit index signature.
type Init = {
  headers: Record<string, string>;
  fetch: (request: Request) => Promise<Response>;
};

/** One request over the typed client; the init makes it a call with retries. */
export type Send<T> = (rest: Rest, init: Init) => Promise<{ data?: T; response: Response }>;

export type Transport = <T>(
  send: Send<T>,
  shape: Omit<CallShape, keyof WriteOptions>,
  given: WriteOptions,
) => Promise<Result<T>>;

/** Puts the retries beneath openapi-fetch, which knows nothing of them. */
export function createTransport(apiKey: ApiKey, settings: Settings): Transport {
  const rest = createFetchClient<paths>({
    baseUrl: settings.baseUrl,
    // Text goes out as it is: key order and bytes are part of the idempotency contract.
    bodySerializer: (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)),
  });
  return async (send, shape, { idempotencyKey, ...bounds }) => {
    const key = typeof apiKey === 'string' ? apiKey : await apiKey();
    const headers: Record<string, string> = {
      authorization: `Bearer ${checkHeader(key, 'the API key')}`,
      'user-agent': 'cyberdesk-webhooks',
    };
    if (idempotencyKey !== undefined) {
      headers['idempotency-key'] = checkHeader(idempotencyKey, 'the idempotency key');
    }
    let error: CyberdeskError | undefined;
    const fetch = async (request: Request): Promise<Response> => {
      const outcome = await sendWithRetries(await outgoing(request), { ...shape, ...bounds }, settings);
      error = outcome.error;
      return outcome.answer ?? Response.error();
    };
    const { data, response } = await send(rest, { headers, fetch });
    // The cast holds: without an error there is a 2xx answer, of the described type.
    if (!error) return { data: data as NonNullable<typeof data>, error, response };
    return { data: undefined, error, response: response.type === 'error' ? undefined : response };
  };
}

async function outgoing(request: Request): Promise<Outgoing> {
  const { url, method, headers } = request;
  return {
    url,
    method,
    headers,
    body: request.body ? new Uint8Array(await request.arrayBuffer()) : undefined,
  };
}
