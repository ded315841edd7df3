import { onTestFinished } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { ClientOptions } from '../../lambda/cyberdesk/options.ts';
import type { CyberdeskApiOptions } from '../../local/cyberdesk-api/options.ts';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';

export const WORKFLOW = '11111111-1111-4111-8111-111111111111';
export const OTHER_WORKFLOW = '22222222-2222-4222-8222-222222222222';
export const API_KEY = 'cd_test_key';

/** A running fake API that is closed at the end of the test. */
export async function startApi(options: CyberdeskApiOptions = {}): Promise<CyberdeskApi> {
  const api = await startCyberdeskApi(options);
  onTestFinished(() => api.close());
  return api;
}

/** A client whose delays take no time and are recorded. Its clock advances only by them. */
export function clientOf({ url }: { url: string }, options: ClientOptions = {}) {
  const waits: number[] = [];
  const clock = { now: Date.parse('2026-11-25T12:00:00Z') };
  const client = createCyberdeskClient(API_KEY, {
    baseUrl: url,
    now: () => clock.now,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      clock.now += ms;
    },
    ...options,
  });
  return { client, waits, clock };
}

/** A request to the fake API without the client. */
export async function ask(api: CyberdeskApi, path: string, init: RequestInit & { json?: unknown } = {}) {
  const { json, ...rest } = init;
  const response = await fetch(`${api.url}${path}`, {
    ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
    ...rest,
    headers: { authorization: `Bearer ${API_KEY}`, ...rest.headers },
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}
