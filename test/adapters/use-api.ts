import { beforeEach, vi } from 'vitest';
import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { cyberdeskApi } from '../../lambda/adapters/cyberdesk-api.ts';
import type { CyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { TestSystem } from '../core/support/system.ts';
import { API_KEY, startApi, WORKFLOW } from '../cyberdesk/setup.ts';

export const BODY = JSON.stringify({ workflow_id: WORKFLOW });

export const limit = () => ({ until: Date.now() + 30_000 });

/** The adapter over the client and a running fake API. The secret returns one value after the other, then the last. */
export function adapterOf(
  { url }: Pick<CyberdeskApi, 'url'>,
  ...values: (string | undefined | Error | (() => string))[]
) {
  let asked = 0;
  const secrets = {
    async get() {
      const given = values.length > 0 ? values[Math.min(asked, values.length - 1)] : API_KEY;
      const value = typeof given === 'function' ? given() : given;
      asked += 1;
      if (value instanceof Error) throw value;
      return value === undefined
        ? ({ kind: 'missing' } as const)
        : ({ kind: 'found', value, versionId: 'v', createdAt: 0 } as const);
    },
  };
  const cyberdesk = cyberdeskApi({ baseUrl: url }, new ApiKey('api-key', new TestSystem()), secrets);
  return { cyberdesk, asked: () => asked };
}

/** The API of the current test. */
export let api: CyberdeskApi;

/** A new fake API for each test, and no delays between the client's attempts. */
export function useApi(): void {
  beforeEach(async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    api = await startApi();
  });
}

/** The API keys that the API has received. */
export const keysSent = () =>
  api.state.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));
