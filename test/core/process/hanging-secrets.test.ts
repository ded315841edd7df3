import { describe, expect, it } from 'vitest';
import { ApiKey } from '../../../lambda/adapters/api-key.ts';
import { cyberdeskApi } from '../../../lambda/adapters/cyberdesk-api.ts';
import type { Secrets } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { processEvent, setUpWith, world } from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

const LIST = () => Response.json({ items: [], total: 0, skip: 0, limit: 1 });

/** Cyberdesk's API, whose answers take this long in the world's time; undefined is no answer. */
async function connect(latency: number, answer: (url: URL, method: string) => Response | undefined) {
  const { system } = world;
  let hangs = false;
  const secrets: Secrets = {
    get: async (_id, _version, limit) => {
      if (!hangs)
        return { kind: 'found', value: 'key-of-the-api-000000000000', versionId: 'v', createdAt: 0 };
      // Three attempts, unless there is less time.
      system.time = Math.min(system.time + 8 * SECOND, limit?.until ?? Number.POSITIVE_INFINITY);
      throw new Error('no response in time');
    },
  };
  let limit: { at: number; run: () => void } | undefined;
  const options = {
    baseUrl: 'https://api.test',
    now: system.now,
    random: () => 0,
    sleep: system.sleep,
    after: (ms: number, run: () => void) => {
      limit = { at: system.time + ms, run };
      return () => {
        limit = undefined;
      };
    },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const found = answer(
        new URL(String(input instanceof Request ? input.url : input)),
        init?.method ?? 'GET',
      );
      const at = found ? system.time + latency : Number.POSITIVE_INFINITY;
      if (found && (!limit || at <= limit.at)) {
        system.time = at;
        return found;
      }
      system.time = limit?.at ?? system.time;
      limit?.run();
      throw new DOMException('aborted', 'AbortError');
    },
  };
  world.worker.cyberdesk = cyberdeskApi(options as never, new ApiKey('arn', system), secrets);
  world.worker.gate.begin(world.worker);
  // From now on the key is known.
  await world.worker.cyberdesk.ping({ until: system.time + 10 * SECOND });
  hangs = true;
}

describe('while Secrets Manager hangs, with a key that is known', () => {
  it('an identification has time for an API that takes three seconds', async () => {
    await setUpWith({ ended_at: null }, startNext);
    const run = {
      id: 'run-1',
      workflow_id: 'workflow-first',
      status: 'success',
      ended_at: '2026-11-25T09:59:58Z',
    };
    await connect(3 * SECOND, (url, method) =>
      method === 'POST'
        ? Response.json({ ...run, id: 'started-1' })
        : url.pathname === '/v1/runs'
          ? LIST()
          : Response.json(run),
    );
    world.later(HOUR);

    expect(await processEvent()).toMatchObject({ kind: 'acknowledge', outcome: 'processed' });
  });

  it('one start that hangs pauses no others', async () => {
    await setUpWith({}, startNext);
    await connect(SECOND / 10, (_url, method) => (method === 'POST' ? undefined : LIST()));

    for (let receives = 1; receives < 9; receives += 1) {
      world.later(HOUR);
      await processEvent({}, receives);
    }

    expect(world.counted).not.toContain('CyberdeskPaused');
  });
});
