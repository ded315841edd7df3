import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { MOST_RUNS } from '../../ops/verify-api/api.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const WORKFLOW = '11111111-1111-4111-8111-111111111111';

let api: CyberdeskApi;
let now: number;
const here = useStage(async () => {
  now = Date.parse('2026-11-25T12:00:00Z');
  api = await startCyberdeskApi({ apiKey: 'cd_key', now: () => now });
  return { name: 'local', hasFakeApi: true, outputs: { cyberdeskApiUrl: api.url } };
});
beforeEach(() => setApiKey(here.stage, 'cd_key'));
afterEach(() => api.close());

const verify = (more: string[] = [], stage: Stage = here.stage) =>
  run(['verify-api', '--workflow', WORKFLOW, ...more], {
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
    connect: async () => stage,
  });

/** The run is started, the response is a 502, and the key is forgotten: every repeat starts another run. */
function loseStarts(times: number | 'always'): void {
  api.settings.forgetsFailed = true;
  api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 502, when: 'after', times });
}

describe('verify-api with an API that starts a run, answers 502 and forgets the key', () => {
  it('verify-api starts as many runs as it has announced at most', async () => {
    loseStarts('always');

    const { code, err } = await verify();

    expect([code, api.store.runs.size]).toEqual([2, MOST_RUNS]);
    expect(MOST_RUNS).toBe(4);
    expect(err).toContain('and up to 4 if requests also stay without a usable response');
  });

  it('verify-api starts no more than that where only the key of its later requests is lost', async () => {
    Object.assign(api.settings, { forgetsFailed: true, keyLifetimeMs: 30_000 });
    const fault = { call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 502, when: 'after' } as const;
    for (const nth of [3, 4, 5, 6, 7]) api.faults.plant({ ...fault, nth });

    await verify(['--longest', '2h']);

    expect(api.store.runs.size).toBe(MOST_RUNS);
  });

  it('verify-api says which runs may not be marked, and calls no run marked', async () => {
    loseStarts('always');

    const { err } = await verify();

    expect(err).toContain('up to 4 runs may have been started that no response has named');
    expect(err).toContain('they are not marked, so the rules of local act on their ends');
    expect(err).toContain(`look at the runs of workflow ${WORKFLOW} since 2026-11-25T12:00:00.000Z`);
    expect(err).toContain('--correlate');
    expect(err).not.toMatch(/(it is|they are) marked/);
  });

  it('verify-api waits for both of its first requests, and says of which run the rules are not asked', async () => {
    api.settings.forgetsFailed = true;
    const fault = { call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 502, when: 'after' } as const;
    for (const nth of [1, 3, 4]) api.faults.plant({ ...fault, nth });

    const { code, err } = await verify();

    const [, named = ''] = /run (\S+) was started: it is marked/.exec(err) ?? [];
    expect([code, api.store.runs.has(named)]).toEqual([2, true]);
    expect(err).toContain('up to 3 runs may have been started');
  });

  it('verify-api warns of a run without a mark also at the end of a whole trial', async () => {
    loseStarts(1);

    const { err, out } = await verify();

    expect(out).toContain('key-after-failure');
    expect(err).toContain('warning: up to 1 run may have been started that no response has named');
    expect(err).toContain('it is not marked, so the rules of local act on its end');
  });

  it('verify-api says that such runs carry the input of --correlate', async () => {
    loseStarts('always');

    const { err } = await verify(['--correlate', 'started_by']);

    expect(err).toContain('up to 4 runs may have been started that no response has named');
    expect(err).toContain('they are marked by the input started_by, so the rules do not act on them');
    expect(err).not.toContain('not marked');
  });

  it('verify-api says that no rule sees such runs if their workflow sends no webhooks', async () => {
    api.seedWorkflow({ id: WORKFLOW, is_webhooks_enabled: false });
    loseStarts('always');

    const { err } = await verify();

    expect(err).toContain('named: the workflow sends no webhooks, so no rule sees them');
    expect(err).not.toContain('the rules of local act');
  });

  it('verify-api says the same if the API refuses the request after a response that was lost', async () => {
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 502, when: 'after', times: 2 });
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, nth: 3, times: 'always' });

    const { err } = await verify();

    expect(err).toContain('does not start the run');
    expect(err).toContain('up to 2 runs may have been started');
  });
});

it('verify-api draws no conclusion from a marker that the list does not show', async () => {
  Object.assign(api.settings, { echo: { absent: true } });
  loseStarts(1);

  const { err, out } = await verify(['--correlate', 'started_by']);

  expect(api.store.runs.size).toBe(2);
  expect(out).toMatch(/key-after-failure +not tried .*only an input that the list shows/);
  expect(err).toContain('up to 1 run may have been started that no response has named');
});

it('verify-api says nothing of further runs if the API has refused each request', async () => {
  api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, times: 'always' });

  expect((await verify()).err).not.toContain('may have been started');
});

it('verify-api names a run that it could not mark', async () => {
  const { dynamoDb } = here.stage.clients;
  const send = async (command: { input: { Item?: { pk?: { S?: string } } } }, ...more: never[]) => {
    if (command.input.Item?.pk?.S?.startsWith('run#')) throw new Error('the table is away');
    return dynamoDb.send(command as never, ...more);
  };
  const clients = { ...here.stage.clients, dynamoDb: { send } as unknown as typeof dynamoDb };

  const { code, err } = await verify([], { ...here.stage, clients });

  const [id] = api.store.runs.keys();
  expect(code).not.toBe(0);
  expect(err).toContain(`run ${id} was started: it is not marked, so the rules of local act on its end`);
});

it('a trial that fails is on record with the runs that it has started', async () => {
  api.settings.forgetsFailed = true;
  const fault = { call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 502, when: 'after' } as const;
  for (const nth of [1, 3, 4]) api.faults.plant({ ...fault, nth });

  const { err } = await verify();

  const [, named = ''] = /run (\S+) was started: it is marked/.exec(err) ?? [];
  const { entries } = (
    await run(['audit', 'list', '--json'], { connect: async () => here.stage })
  ).json() as {
    entries: object[];
  };
  expect(entries).toMatchObject([
    { outcome: 'failed', result: `NotReachable: 1 run started ${named} up to 3 unnamed` },
  ]);
});
