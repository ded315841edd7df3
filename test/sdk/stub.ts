import { randomUUID } from 'node:crypto';
import type { RunCreate, RunResponse } from '../../lambda/cyberdesk/types.ts';

/**
 * The documented surface of the npm package `cyberdesk` (TypeScript guide and webhooks quickstart): the API key is the
 * only parameter, `runs.create` and `runs.get` resolve to `{ data, error }`. The rest is as in its Python twin: each
 * write gets a random key, and is repeated with it after a 5xx or a network error.
 */
interface Result<T> {
  data?: T;
  error?: unknown;
}

export interface StubOptions {
  /** The documented client has no such option, and calls the API of the vendor. */
  baseUrl: string;
  /** Also not documented; by default what is global at the time of the call. */
  fetch?: typeof globalThis.fetch;
}

export function createStubClient(apiKey: string, { baseUrl, fetch: given }: StubOptions) {
  async function call<T>(method: string, path: string, body?: unknown): Promise<Result<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` };
    if (method !== 'GET') headers['idempotency-key'] = randomUUID();
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    for (let attempt = 0; ; attempt += 1) {
      const send = given ?? globalThis.fetch;
      const response = await send(new Request(baseUrl + path, init)).catch((error: unknown) => ({ error }));
      const isLost = 'error' in response || response.status >= 500;
      if (isLost && attempt < 3) continue;
      if ('error' in response) return response;
      // biome-ignore lint/suspicious/noExplicitAny: an answer of any shape
      const json: any = await response.json();
      return response.ok ? { data: json } : { error: json };
    }
  }
  return {
    runs: {
      create: (body: RunCreate) => call<RunResponse>('POST', '/v1/runs', body),
      get: (runId: string) => call<RunResponse>('GET', `/v1/runs/${runId}`),
    },
  };
}
