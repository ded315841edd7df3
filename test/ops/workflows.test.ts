import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { nameOf } from '../../ops/workflows/read.ts';
import { run } from './support/command.ts';
import { readPage } from './support/pages.ts';
import { useStage } from './support/use-stage.ts';

const NEXT = '33333333-3333-4333-8333-333333333333';
const OTHER = '44444444-4444-4444-8444-444444444444';
const UNKNOWN = '55555555-5555-4555-8555-555555555555';

let api: CyberdeskApi;
let name = 'dev';
const here = useStage(async () => {
  api = await startCyberdeskApi({ strictWorkflows: true });
  return {
    name,
    outputs: { cyberdeskApiUrl: api.url },
    processor: { bundle: '', environment: { NEXT_WORKFLOW_ID: NEXT } },
  };
});
beforeEach(async () => {
  await setApiKey(here.stage, 'cd_key');
  api.seedWorkflow({ id: NEXT, name: 'Claims', is_webhooks_enabled: false });
  api.seedWorkflow({ id: OTHER, name: 'Invoices' });
});
afterEach(() => {
  name = 'dev';
  return api.close();
});

const workflows = (...argv: string[]) => run(['workflows', ...argv], { connect: async () => here.stage });
const isOn = (id: string) => api.store.workflows.get(id)?.is_webhooks_enabled;
const updates = () => api.state.requests.filter(({ method }) => method === 'PATCH');

describe('workflows list', () => {
  it('workflows list says which workflows send webhooks, and what the stage settings call them', async () => {
    const { code, out } = await workflows('list');

    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`${NEXT} +off +next +Claims`));
    expect(out).toMatch(new RegExp(`${OTHER} +on +- +Invoices`));
    expect(out).toContain(`npx --no cyberdesk-webhooks workflows enable ${NEXT} --stage dev`);
    expect(
      out
        .split('\n')
        .slice(0, 3)
        .every((line) => line.length <= 80),
    ).toBe(true);
  });

  it('workflows list names a workflow of the stage settings that Cyberdesk does not have, and exits with 1', async () => {
    api.store.workflows.delete(NEXT);

    const { code, json } = await workflows('list', '--json');

    expect(code).toBe(1);
    expect(json()).toMatchObject({ missing: [{ used_as: 'next', workflow_id: NEXT }] });
  });

  it('workflows list names an id of the stage settings that is not a UUID as missing', async () => {
    const environment = { NEXT_WORKFLOW_ID: 'next-workflow' };
    const stage = { ...here.stage, processor: { bundle: '', environment } };

    const { code, json } = await run(['workflows', 'list', '--json'], { connect: async () => stage });

    expect(code).toBe(1);
    expect(json()).toMatchObject({ missing: [{ used_as: 'next', workflow_id: 'next-workflow' }] });
  });

  it('workflows list names no option of another verb if the API rejects its request', async () => {
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 422, times: 'always' });

    const { code, err } = await workflows('list');

    expect(code).toBe(2);
    expect(err).toMatch(
      /status 422.*: see whether the API has changed, which ".* doctor --stage dev" checks\n$/s,
    );
    expect(err).not.toContain('--lookback');
  });

  it('docs/operate/json.md names each field of workflows list and enable', async () => {
    const page = await readPage('operate/json.md');
    const row = (verb: string) => page.split('\n').find((line) => line.startsWith(`| \`${verb}\``)) ?? '';
    for (const [verb, argv] of [
      ['workflows list', ['list']],
      ['workflows enable', ['enable', OTHER]],
    ] as const) {
      const { json } = await workflows(...argv, '--json');
      const document: { workflows: object[] } = json();
      const fields = [...Object.keys(document), ...Object.keys(document.workflows[0] ?? {})];
      expect(fields.filter((field) => !row(verb).includes(field))).toEqual([]);
    }
  });

  it('workflows list says how to set another API key if Cyberdesk refuses this one', async () => {
    api.settings.apiKey = 'another';

    expect(await workflows('list')).toMatchObject({ code: 2, err: expect.stringContaining('api-key set') });
  });
});

describe('workflows enable', () => {
  it.each([NEXT, 'next'])('workflows enable %s lets the workflow send webhooks', async (word) => {
    const { code, out } = await workflows('enable', word);

    expect([code, isOn(NEXT)]).toEqual([0, true]);
    expect(out).toBe(`Claims (${NEXT}) sends webhooks from now on\n`);
  });

  it('workflows enable changes nothing of a workflow that sends webhooks already', async () => {
    const { json } = await workflows('enable', NEXT, OTHER, OTHER, '--json');

    expect(json()).toEqual({
      workflows: [
        { workflow_id: NEXT, name: 'Claims', outcome: 'enabled' },
        { workflow_id: OTHER, name: 'Invoices', outcome: 'unchanged' },
      ],
    });
    expect(updates().map(({ path }) => path)).toEqual([`/v1/workflows/${NEXT}`]);
  });

  it.each([UNKNOWN, 'nxt'])('workflows enable changes nothing if it does not know %s', async (word) => {
    const { code, err } = await workflows('enable', NEXT, word);

    expect([code, isOn(NEXT)]).toEqual([2, false]);
    expect(err).toMatch(/workflows list/);
  });

  it('workflows enable asks first in prod, and a script passes --yes', async () => {
    name = 'prod';
    const prod = { ...here.stage, name };
    const enable = (...more: string[]) =>
      run(['workflows', 'enable', NEXT, ...more], { connect: async () => prod });

    expect(await enable()).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(isOn(NEXT)).toBe(false);
    expect((await enable('--yes')).code).toBe(0);
    expect(isOn(NEXT)).toBe(true);
  });
});

it('the name of a workflow is shown in one line, without what a terminal would carry out', () => {
  expect(nameOf({ name: 'Claims\u001b[2J\r\nnorth\u009b1m \u202e' })).toBe('Claims [2J north 1m');
  expect(nameOf({ name: 'Ada\u200dLovelace' })).toBe('Ada\u200dLovelace');
  expect(nameOf({ name: 7 as never })).toBe('7');
  for (const name of ['', ' \u001b ', null]) expect(nameOf({ name })).toBeUndefined();
});
