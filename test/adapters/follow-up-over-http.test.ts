import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { cyberdeskApi } from '../../lambda/adapters/cyberdesk-api.ts';
import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { startRun } from '../../lambda/rules/index.ts';
import type { CyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import type { Fault } from '../../local/faults/faults.ts';
import { event, processEvent, setUp, world } from '../core/support/scenario.ts';
import { API_KEY, startApi, WORKFLOW } from '../cyberdesk/setup.ts';

/** The core over the real client: what a server answers decides the outcome of an event. */

let api: CyberdeskApi;

beforeEach(async () => {
  // No delays between the client's attempts.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  api = await startApi();
  await setUp({ name: 'next', actions: () => startRun({ workflow_id: WORKFLOW, input_values: { a: 1 } }) });
  connect();
  // The client's time limits are by the real clock.
  world.system.time = Date.now();
  world.later(0);
});

function connect(repeatUnanswered = true): void {
  const secrets = {
    get: async () => ({ kind: 'found', value: API_KEY, versionId: 'v', createdAt: 0 }) as const,
  };
  const key = new ApiKey('api-key', world.system);
  world.worker.cyberdesk = cyberdeskApi({ baseUrl: api.url, repeatUnanswered }, key, secrets);
  world.worker.settings = { ...world.worker.settings, repeatUnanswered };
}

const always = (answer: { status: number; headers?: Record<string, string> }) =>
  api.faults.plant({ call: 'cyberdesk:*', do: 'fail', times: 'always', ...answer });

it.each([301, 302, 307, 308])(
  'a redirect with %i delays the event, and the run starts afterwards',
  async (status) => {
    always({ status, headers: { location: 'https://status.example.com' } });

    expect(await processEvent()).toMatchObject({ kind: 'wait' });
    expect(event().state).toBe('received');
    expect(world.deadLetters.messages.size).toBe(0);

    api.faults.clear();
    world.later(MINUTE);
    expect(await processEvent({}, 2)).toMatchObject({ kind: 'acknowledge' });
    expect(event()).toMatchObject({ state: 'processed' });
  },
);

it.each([
  ['0', '0'],
  ['a date that has passed', new Date(Date.now() - 5 * SECOND).toUTCString()],
  ['a negative number', '-1'],
  ['nonsense', 'soon'],
])('a 429 with a Retry-After of %s makes the event wait for a second at least', async (_, value) => {
  always({ status: 429, headers: { 'retry-after': value } });

  for (let receives = 1, shortest = SECOND; receives <= 4; receives += 1, shortest *= 2) {
    const verdict = await processEvent({}, receives);
    const wait = verdict.kind === 'wait' ? verdict.until - world.system.time : 0;
    expect(wait).toBeGreaterThanOrEqual(shortest);
    world.later(wait);
  }
  // One probe for each pause, and nothing is repeated inside a call.
  expect(api.state.requests).toHaveLength(4);
});

it('a refusal after a connection that was cut is a refusal, once the list shows no run', async () => {
  api.faults.plant({ call: 'cyberdesk:POST *', do: 'drop', when: 'before' });
  api.faults.plant({ call: 'cyberdesk:POST *', do: 'fail', nth: 2, status: 422, times: 'always' });

  await processToItsEnd();

  expect(event()).toMatchObject({ state: 'failed', reason: 'refused' });
});

async function processToItsEnd(): Promise<void> {
  for (let receives = 1; receives < 20; receives += 1) {
    const verdict = await processEvent({}, receives);
    if (verdict.kind === 'acknowledge') return;
    world.later(Math.max(verdict.until - world.system.time, SECOND));
  }
}

/** What may happen to the request that starts a run, and whether it has started it. */
const UNANSWERED: [string, Omit<Fault, 'call'>][] = [
  ['the connection is cut before the request', { do: 'drop', when: 'before' }],
  ['the connection is cut before the response', { do: 'drop', when: 'after' }],
  ['the response is a 503', { do: 'fail', status: 503, when: 'after' }],
  ['the response is a 500 before any effect', { do: 'fail', status: 500, when: 'before' }],
  ['the response is the page of a proxy', { do: 'fail', status: 200, body: '<html>', when: 'after' }],
];

describe('an API that ignores idempotency keys', () => {
  /** Runs that there are after the first request has failed in this way. */
  async function runsAfter(fault: Omit<Fault, 'call'>, repeatUnanswered: boolean): Promise<number> {
    connect(repeatUnanswered);
    Object.assign(api.settings, { keyLifetimeMs: 0 });
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', ...fault });
    await processToItsEnd();
    expect(event()).toMatchObject({ state: 'processed' });
    return api.store.runs.size;
  }

  it.each(UNANSWERED)(
    'an API that ignores idempotency keys starts exactly one run without repeats, if %s',
    async (_, fault) => {
      expect(await runsAfter(fault, false)).toBe(1);
    },
  );

  it('an API that ignores idempotency keys starts two runs with repeats, if the response is a 503', async () => {
    expect(await runsAfter({ do: 'fail', status: 503, when: 'after' }, true)).toBe(2);
  });
});
