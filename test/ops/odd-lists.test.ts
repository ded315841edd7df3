import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { checkApiKey } from '../../ops/doctor/api-key.ts';
import { checkBareRuns } from '../../ops/doctor/bare-runs.ts';
import { checkMachines } from '../../ops/doctor/machines.ts';
import { checkWorkflows } from '../../ops/doctor/workflows.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { judge } from '../../ops/verify-api/judge.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const WORKFLOW = '11111111-1111-4111-8111-111111111111';
/** Entries of a list with which no verb can do anything. */
const ODD = [null, 7, 'ENTRY-TEXT', [], {}, { id: null }, { id: 7, machine_id: 7 }];

let api: CyberdeskApi;
let now: number;
const here = useStage(async () => {
  now = Date.parse('2026-11-25T12:00:00Z');
  api = await startCyberdeskApi({ now: () => now });
  return {
    name: 'local',
    hasFakeApi: true,
    outputs: { cyberdeskApiUrl: api.url },
    processor: { bundle: '', environment: { NEXT_WORKFLOW_ID: WORKFLOW } },
  };
});
beforeEach(() => setApiKey(here.stage, 'cd_key'));
afterEach(() => api.close());

const answerWith = (body: unknown, call = 'cyberdesk:GET *') =>
  api.faults.plant({ call, do: 'fail', status: 200, body, times: 'always' });

const list = (entry: unknown) => ({
  items: [entry],
  total: 1,
  skip: 0,
  limit: 1,
  checked_machines: 1,
  errored_machines: [entry],
});

const CHECKS: Record<string, (stage: Stage) => Promise<unknown>> = {
  'api-key': checkApiKey,
  machines: checkMachines,
  workflows: checkWorkflows,
  'bare-runs': checkBareRuns,
};

describe('a list of Cyberdesk in which an entry is no object with an id', () => {
  it.each(Object.keys(CHECKS))(
    'the check %s of the doctor names a list with an entry that has no id',
    async (name) => {
      for (const entry of ODD) {
        answerWith(list(entry));
        const found = [await CHECKS[name]?.(here.stage)].flat();

        expect(found).toMatchObject([{ check: name }]);
        expect(JSON.stringify(found)).toMatch(/entry 1 of 1 in Cyberdesk's list of \w+ is not an object/);
        expect(JSON.stringify(found)).not.toContain('ENTRY-TEXT');
      }
    },
  );

  it.each([
    ['workflows', ['workflows', 'list']],
    ['runs', ['reconcile', '--since', '1d']],
  ])('a verb names a list of %s with an entry that has no id, and the next step', async (name, argv) => {
    for (const entry of ODD) {
      answerWith(list(entry));
      const { code, out, err } = await run(argv, { connect: async () => here.stage });

      expect([code, out]).toEqual([2, '']);
      expect(err).toContain(`entry 1 of 1 in Cyberdesk's list of ${name} is not an object with an id`);
      expect(err).toContain('Check that address');
      expect(err).not.toMatch(/TypeError|ENTRY-TEXT/);
    }
  });

  it('verify-api names a list of runs with an entry that has no id, and says that its run is marked', async () => {
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    answerWith(list(null), 'cyberdesk:GET /v1/runs*');

    const { code, err } = await run(['verify-api', '--workflow', WORKFLOW], {
      clock,
      connect: async () => here.stage,
    });

    expect(code).toBe(2);
    expect(err).toContain("entry 1 of 1 in Cyberdesk's list of runs is not an object with an id");
    expect(err).toMatch(/run \S+ was started: it is marked, so no rule is asked about its end/);
  });
});

it('a list of workflows that repeats its first page forever ends', async () => {
  api.seedWorkflow({ id: WORKFLOW });
  answerWith({ items: [api.store.workflows.get(WORKFLOW)], total: 10, skip: 0, limit: 1 });

  const { code, json } = await run(['workflows', 'list', '--json'], { connect: async () => here.stage });

  expect(code).toBe(0);
  expect(json()).toMatchObject({ workflows: [{ workflow_id: WORKFLOW }] });
});

it('verify-api finds a clock weak that the API shows nowhere', () => {
  const clock = { byHeader: undefined, byRun: Number.NaN };
  const seen = {
    sent: {},
    correlate: undefined,
    atOnce: 1,
    isNamed: true,
    later: [],
    failed: { first: 0, all: 0 },
  };
  const rest = { unnamed: undefined, listedAfter: 0, listed: undefined, runIds: [] };

  expect(judge({ ...seen, ...rest, clock }).at(-1)).toMatchObject({ check: 'clock', state: 'weak' });
});
