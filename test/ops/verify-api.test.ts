import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LineageItem } from '../../lambda/core/model/index.ts';
import { isVerificationRun, lineageKey } from '../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import type { Settings } from '../../local/cyberdesk-api/options.ts';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { readItem } from '../../ops/stage/table.ts';
import { judge } from '../../ops/verify-api/judge.ts';
import type { Trial } from '../../ops/verify-api/kept.ts';
import { readTrial } from '../../ops/verify-api/kept.ts';
import { run } from './support/command.ts';
import type { StageChanges } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const WORKFLOW = '11111111-1111-4111-8111-111111111111';
const INPUTS = ['--inputs', '{"patient": 120317, "note": null, "name": "Ada"}'];
const MARKED = ['--correlate', 'started_by'];

let api: CyberdeskApi;
let now: number;
/** Waits take no time, and the API's clock goes with them. */
const clock = {
  now: () => now,
  sleep: async (ms: number) => {
    now += ms;
  },
};
let changes: StageChanges;
const here = useStage(async () => {
  now = Date.parse('2026-11-25T12:00:00Z');
  api = await startCyberdeskApi({ apiKey: 'cd_key', now: () => now });
  return { name: 'local', hasFakeApi: true, outputs: { cyberdeskApiUrl: api.url }, ...changes };
});
beforeEach(async () => {
  changes = {};
  await setApiKey(here.stage, 'cd_key');
});
afterEach(() => api.close());

const verify = (more: string[] = [...MARKED, ...INPUTS]) =>
  run(['verify-api', '--workflow', WORKFLOW, '--json', ...more], { clock, connect: async () => here.stage });

/** The state of each assumption, and the texts. */
async function tried(settings: Partial<Settings> = {}, more?: string[]) {
  Object.assign(api.settings, settings);
  const ran = await verify(more);
  const { results } = ran.json() as Trial;
  const states = Object.fromEntries(results.map(({ check, state }) => [check, state]));
  const texts = Object.fromEntries(results.map(({ check, text }) => [check, text]));
  return { ...ran, states, texts };
}

const HELD = {
  'key-twice': 'holds',
  'key-45s': 'holds',
  'key-70s': 'holds',
  'key-after-failure': 'not_tried',
  'list-delay': 'holds',
  echo: 'holds',
  clock: 'holds',
};

describe('verify-api names', () => {
  it('verify-api finds that all assumptions hold with one run', async () => {
    const { code, states } = await tried();

    expect(states).toEqual(HELD);
    expect(code).toBe(0);
    expect(api.store.runs.size).toBe(1);
  });

  it('verify-api names an API that ignores the key, and starts no third run', async () => {
    const { code, states, texts } = await tried({ keyLifetimeMs: 0 });

    expect(states).toEqual({
      ...HELD,
      'key-twice': 'broken',
      'key-45s': 'not_tried',
      'key-70s': 'not_tried',
    });
    expect(texts['key-twice']).toContain('ignores idempotency keys');
    expect([code, api.store.runs.size]).toEqual([1, 2]);
  });

  it.each([
    [30, { 'key-45s': 'broken', 'key-70s': 'not_tried' }],
    [60, { 'key-45s': 'holds', 'key-70s': 'broken' }],
  ])('verify-api names an API that forgets the key after %i s', async (seconds, expected) => {
    const { code, states } = await tried({ keyLifetimeMs: seconds * SECOND });

    expect(states).toEqual({ ...HELD, ...expected });
    expect([code, api.store.runs.size]).toEqual([1, 2]);
  });

  it('verify-api names an API that forgets the key of a request that it answers with 5xx', async () => {
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 503, when: 'after' });

    const { states, texts } = await tried({ forgetsFailed: true });

    expect(states['key-after-failure']).toBe('broken');
    expect(texts['key-after-failure']).toContain('5xx');
    expect(api.store.runs.size).toBe(2);
  });

  it.each([302, 403, 421, 425])(
    'verify-api tries again when something before the API answers %i',
    async (status) => {
      const headers = { 'content-type': 'text/html' };
      api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status, headers });

      expect((await tried()).states).toEqual(HELD);
      expect(api.store.runs.size).toBe(1);
    },
  );

  it('verify-api finds that a key outlives a 5xx where it does', async () => {
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 503, when: 'after' });

    expect((await tried()).states).toEqual({ ...HELD, 'key-after-failure': 'holds' });
    expect(api.store.runs.size).toBe(1);
  });

  it.each([
    [50, 'holds', 'after 50.0 s'],
    [600, 'broken', 'did not show the run within 70 s'],
  ])('verify-api names a list that shows a run after %i s', async (seconds, state, text) => {
    const { states, texts } = await tried({ listDelayMs: seconds * SECOND });

    expect(states['list-delay']).toBe(state);
    expect(texts['list-delay']).toContain(text);
  });

  it.each([
    ['defaults', { defaults: { language: 'en' } }, 'weak', 'defaults added (language)'],
    ['dropped nulls', { dropsNulls: true }, 'weak', 'nulls dropped (note)'],
    ['numbers as text', { numbersAsText: true }, 'weak', 'numbers spelled differently (patient)'],
    ['no inputs at all', { absent: true }, 'weak', 'missing in GET /v1/runs'],
    ['no change', {}, 'holds', 'as they were sent'],
  ])('verify-api names an echo of inputs with %s', async (_, echo, state, text) => {
    const { states, texts } = await tried({ echo });

    expect(states).toEqual({
      ...HELD,
      echo: state,
      ...('absent' in echo && { 'key-after-failure': 'not_tried' }),
    });
    expect(texts.echo).toContain(text);
  });

  it.each([
    [30 * SECOND, 'holds', '30 s ahead'],
    [-3 * MINUTE, 'weak', '180 s behind'],
    [15 * MINUTE, 'broken', '900 s ahead'],
  ])('verify-api names a clock of the API that is %i ms ahead', async (clockOffsetMs, state, text) => {
    const { states, texts } = await tried({ clockOffsetMs });

    const unlisted = state === 'broken' && { 'list-delay': 'not_tried', echo: 'not_tried' };
    expect(states).toEqual({ ...HELD, ...unlisted, clock: state });
    expect(texts.clock).toContain(text);
  });

  it('verify-api reads a time without a zone as UTC, wherever this machine is', async () => {
    vi.stubEnv('TZ', 'America/New_York');
    const withoutZone = (body: string) => body.replaceAll(/("created_at":"[^"]*)Z"/g, '$1"');
    const { states, texts } = await triedThrough(withoutZone, { sendsDate: false });

    expect(states.clock).toBe('holds');
    expect(texts.clock).toContain('created_at; it sends no Date header');
  });

  it.each([
    [
      'an hour behind',
      (at: string) => `"${new Date(Date.parse(at) - 60 * MINUTE).toISOString()}"`,
      'broken',
      '3600 s behind',
    ],
    [
      'two minutes ahead',
      (at: string) => `"${new Date(Date.parse(at) + 2 * MINUTE).toISOString()}"`,
      'broken',
      '120 s ahead',
    ],
    ['as a number', (at: string) => `${Date.parse(at)}`, 'weak', 'no valid created_at'],
    ['as something else', () => '"today"', 'weak', 'no valid created_at'],
  ])(
    'verify-api judges the time of creation that the API shows %s beside a correct Date header',
    async (_, showing, state, text) => {
      const { states, texts } = await triedThrough((body) =>
        body.replaceAll(/(?<="created_at":)"([^"]*)"/g, (_whole, at: string) => showing(at)),
      );

      expect(states.clock).toBe(state);
      expect(texts.clock).toContain(text);
    },
  );

  it('verify-api counts no 409 without a run as a sign that the key is honoured', async () => {
    const conflict = { do: 'fail', status: 409 } as const;
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', ...conflict, nth: 2, times: 3 });

    const { states } = await tried();

    expect(states).toEqual({ ...HELD, 'key-twice': 'weak', 'key-45s': 'weak', 'key-70s': 'weak' });
    expect(await readTrial(here.stage)).toMatchObject({ key_seconds: 0 });
  });

  it('verify-api does not blame the clock or the list for requests that had to wait', async () => {
    const headers = { 'retry-after': '9' };
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 429, times: 14, headers });

    const { states } = await tried();

    expect(states).toEqual(HELD);
  });

  it('verify-api finds that a key is honoured whose second request was answered 409, but not later ones', async () => {
    api.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 409, nth: 2 });

    expect((await tried()).states).toEqual(HELD);
  });

  it.each([
    [{ byHeader: -300, byRun: -350 }, 'broken'],
    [{ byHeader: -300, byRun: -302 }, 'weak'],
    [{ byHeader: 1200, byRun: Number.NaN }, 'broken'],
    [{ byHeader: 300, byRun: Number.NaN }, 'weak'],
    [{ byHeader: 40, byRun: -20 }, 'holds'],
  ])(
    'verify-api judges a clock that is ahead by %j seconds as a lookup would find its runs',
    ({ byHeader, byRun }, state) => {
      const clocks = { byHeader: byHeader * SECOND, byRun: byRun * SECOND };
      const seen = { sent: {}, correlate: undefined, atOnce: 1, isNamed: true, later: [] };
      const rest = { failed: { first: 0, all: 0 }, unnamed: undefined, listed: undefined, listedAfter: 0 };

      expect(judge({ ...seen, ...rest, runIds: [], clock: clocks }).at(-1)).toMatchObject({
        check: 'clock',
        state,
      });
    },
  );

  it('verify-api uses the key again after the longest time that is asked for', async () => {
    const more = [...MARKED, '--longest', '2h'];

    expect((await tried({}, more)).states['key-7200s']).toBe('holds');
    expect(await readTrial(here.stage)).toMatchObject({ key_seconds: 7200 });
    expect((await tried({ keyLifetimeMs: 60 * MINUTE }, more)).states['key-7200s']).toBe('weak');
  });
});

describe('verify-api and the rules', () => {
  it('the rules are not asked about a run of verify-api, which is marked by its lineage', async () => {
    await tried({}, INPUTS);
    const [started] = api.state.runs();
    const id = await here.service.deliver({ run: { id: started?.id } });
    await here.service.work();

    const lineage = await readItem<LineageItem>(here.stage, lineageKey(started?.id ?? ''));
    expect(isVerificationRun(lineage)).toBe(true);
    const { json } = await run(['events', 'show', id, '--json'], { connect: async () => here.stage });
    expect(json()).toMatchObject({ state: 'ignored', reason: 'verification', actions: [] });
    expect(here.service.created).toEqual([]);
  });

  it('an event of a run of verify-api is ignored on arrival by the mark in its inputs, in every stage', async () => {
    await tried();
    const [started] = api.state.runs();
    const id = await here.service.deliver({ run: { id: 'elsewhere', input_values: started?.input_values } });

    const { json } = await run(['events', 'show', id, '--json'], { connect: async () => here.stage });
    expect(json()).toMatchObject({ state: 'ignored', reason: 'verification' });
  });
});

describe('what verify-api says and refuses', () => {
  it('verify-api says first what it starts and what it cannot mark', async () => {
    const unmarked = await verify(INPUTS);
    expect(unmarked.err).toContain('This starts 1 run of workflow');
    expect(unmarked.err).toContain('It cannot be marked before that');

    expect((await verify()).err).toContain('marked by the input started_by');
  });

  it('verify-api keeps no value of an input', async () => {
    await tried({ echo: { numbersAsText: true } });

    expect(JSON.stringify(await readTrial(here.stage))).not.toMatch(/Ada|120317/);
  });

  it('verify-api starts nothing in another stage than local and dev without --yes-prod', async () => {
    const prod = { ...here.stage, name: 'prod', isLocal: false };
    const ask = (more: string[]) =>
      run(['verify-api', '--workflow', WORKFLOW, ...more], { clock, connect: async () => prod });

    expect((await ask(['--yes'])).err).toContain('--yes-prod');
    expect(api.store.runs.size).toBe(0);
    expect((await ask(['--yes-prod'])).code).toBe(0);
    expect(api.store.runs.size).toBe(1);
  });

  it.each([
    ['in dev', { name: 'dev', isLocal: false }],
    ["in the local run, if its API is the customer's own", { hasFakeApi: false }],
  ])('verify-api asks before it starts a run %s', async (_, changed) => {
    const { code, err } = await run(['verify-api', '--workflow', WORKFLOW], {
      clock,
      connect: async () => ({ ...here.stage, ...changed }),
    });

    expect([code, api.store.runs.size]).toEqual([2, 0]);
    expect(err).toContain('This starts 1 run');
  });

  it('verify-api starts nothing in a stage of a release that does not know its runs', async () => {
    const { idempotencyKeySeconds: _, ...outputs } = here.stage.outputs;
    const { err } = await run(['verify-api', '--workflow', WORKFLOW], {
      clock,
      connect: async () => ({ ...here.stage, outputs }),
    });

    expect(err).toContain('deploy this release first');
    expect(api.store.runs.size).toBe(0);
  });

  it('verify-api refuses a correlation input that the workflow does not have', async () => {
    api.store.workflows.clear();
    Object.assign(api.settings, { strictWorkflows: false });
    await verify(INPUTS);
    const workflow = api.store.workflows.get(WORKFLOW);
    if (workflow) workflow.input_schema = JSON.stringify({ properties: { patient: {} } });

    expect((await verify()).err).toContain('name one of patient');
  });

  it.each([['not json'], ['[1]']])('verify-api refuses %s as inputs without repeating it', async (inputs) => {
    const { code, err } = await verify(['--inputs', inputs]);
    expect(code).toBe(2);
    expect(err).not.toContain(inputs);
  });
});

/** The same with an API whose answers are changed. */
async function triedThrough(change: (body: string) => string, { sendsDate = true } = {}) {
  const cyberdeskApiUrl = await serveChanged(change, sendsDate);
  const stage = { ...here.stage, outputs: { ...here.stage.outputs, cyberdeskApiUrl } };
  const { json } = await run(['verify-api', '--workflow', WORKFLOW, '--json', ...MARKED, ...INPUTS], {
    clock,
    connect: async () => stage,
  });
  const { results } = json() as Trial;
  return {
    states: Object.fromEntries(results.map(({ check, state }) => [check, state])),
    texts: Object.fromEntries(results.map(({ check, text }) => [check, text])),
  };
}

async function serveChanged(change: (body: string) => string, sendsDate: boolean): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = method === 'GET' ? null : await text(request);
    const answer = await fetch(api.url + url, { method, headers: headers as Record<string, string>, body });
    response.sendDate = false;
    const date = answer.headers.get('date');
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(sendsDate && date !== null && { date }),
    });
    response.end(change(await answer.text()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
