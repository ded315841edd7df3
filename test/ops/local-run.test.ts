import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalRun, startLocal } from '../../local/run.ts';
import type { EventDetail, EventSummary } from '../../ops/events/summary.ts';
import { connectLocal } from '../../ops/stage/local.ts';
import { TEST_APP } from '../support/test-app.ts';
import { type Ran, run } from './support/command.ts';

/** The verbs end to end, against the local run of `npm start`. */

const NEXT = 'aaaaaaaa-0000-4000-8000-000000000001';
let local: LocalRun;

beforeAll(async () => {
  local = await startLocal({ app: TEST_APP, environment: { NEXT_WORKFLOW_ID: NEXT } });
});
afterAll(() => local.stop());

const verb = (...argv: string[]): Promise<Ran> => run(argv, { connect: () => connectLocal(local.url) });
const give = (input: string, ...argv: string[]): Promise<Ran> =>
  run(argv, { input, connect: () => connectLocal(local.url) });
const sent = async (...argv: string[]): Promise<EventDetail> => {
  const { json } = await verb('send', '--json', ...argv);
  return (json() as { event: EventDetail }).event;
};
/** Only the condition counts; a busy machine may be slow. */
const soon = (look: () => Promise<unknown>) => expect.poll(look);
const fakeRuns = () => local.fake?.state.runs() ?? [];

describe('send', () => {
  it('send follows the built-in example to the run that it starts', async () => {
    const { code, out } = await verb('send');
    expect(code).toBe(0);
    const started = /→ run (\S+)/.exec(out)?.[1];
    expect(fakeRuns().map(({ id }) => id)).toContain(started);
    expect(out).not.toContain('A test event of');
  });

  it('send sends an edited example, and a file unchanged', async () => {
    expect(await sent('--set', 'run.status=error')).toMatchObject({ status: 'error', state: 'processed' });
    const file = join(tmpdir(), `event-${process.pid}.json`);
    await writeFile(file, 'no JSON at all');
    const { code, out } = await verb('send', '--file', file);
    expect(out).toContain('202 unprocessable');
    expect(code).toBe(1);
  });

  it('send --from-event starts nothing, unless the copy is --fresh', async () => {
    const original = await sent();
    const before = fakeRuns().length;
    expect(await sent('--from-event', original.event_id)).toMatchObject({
      duplicate_of: original.event_id,
    });
    expect(fakeRuns()).toHaveLength(before);
    await sent('--from-event', original.event_id, '--fresh');
    expect(fakeRuns()).toHaveLength(before + 1);
  });

  it('send checks its options before it sends anything', async () => {
    for (const argv of [['--set', 'nonsense'], ['--file', '/nowhere'], ['--fresh'], ['--timeout', 'soon']]) {
      const { code, err } = await verb('send', ...argv);
      expect(code).toBe(2);
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  });
});

describe('cost', () => {
  it('cost reads the template of the local run, or another that is named', async () => {
    const { code, json } = await verb('cost', '--json');
    expect(code).toBe(0);
    expect(json()).toMatchObject({ template: local.stack.templateFile });
    expect((await verb('cost', '--template', '/nowhere.json')).err).toContain('/nowhere.json');
  });
});

describe('events', () => {
  it('events are listed, shown and filtered', async () => {
    const event = await sent();
    const listed = await verb('events', 'list', '--run', event.run_id as string);
    expect(listed.out).toMatch(new RegExp(`processed +success +${event.event_id}`));
    const { events } = (
      await verb('events', 'list', '--json', '--run', event.run_id as string)
    ).json() as unknown as { events: EventSummary[] };
    expect(events).toHaveLength(1);
    const shown = await verb('events', 'show', event.event_id);
    expect(shown.out).toContain('start-next-workflow #1 startRun: done');
    expect(shown.out).not.toContain('A test event of');
    expect((await verb('events', 'show', event.event_id, '--payload')).out).toContain('A test event of');
  });

  it('events show of an unknown id is one line with the next step', async () => {
    const { code, err } = await verb('events', 'show', 'nope');
    expect(code).toBe(2);
    expect(err).toMatch(/^error: event "nope" does not exist .*\n$/);
    expect(err).toContain(`npx --no cyberdesk-webhooks events list --stage local:${new URL(local.url).port}`);
  });

  it('events replay starts nothing twice', async () => {
    const event = await sent();
    const before = fakeRuns().length;
    const { out } = await verb('events', 'replay', event.event_id);
    expect(out).toContain('already processed');
    const replan = await verb('events', 'replay', '--run', event.run_id as string, '--replan', '--json');
    expect(replan.json()).toMatchObject({ replays: [{ outcome: 'replanned' }] });
    await soon(async () => (await verb('events', 'show', event.event_id, '--json')).json()).toMatchObject({
      state: 'processed',
      round: 1,
    });
    expect(fakeRuns()).toHaveLength(before);
  });

  it('events replay without ids and filters is a usage error', async () => {
    expect(await verb('events', 'replay')).toMatchObject({ code: 2 });
  });
});

describe('dead letters', () => {
  it('dlq list reports dead letters as a finding until they are redriven', async () => {
    expect(await verb('dlq', 'list')).toMatchObject({ code: 0 });
    local.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', status: 422 });
    const { code, json } = await verb('send', '--json');
    const { event } = json() as { event: EventDetail };
    expect([code, event.state, event.reason]).toEqual([1, 'failed', 'refused']);
    local.fake?.faults.clear();

    const listed = await verb('dlq', 'list');
    expect(listed.code).toBe(1);
    expect(listed.out).toContain(event.event_id);
    expect((await verb('doctor', '--no-probe')).code).toBe(1);

    expect(await verb('dlq', 'redrive')).toMatchObject({ code: 2 });
    expect((await verb('dlq', 'redrive', event.event_id)).out).toContain('1 redriven');
    await soon(async () => (await verb('events', 'show', event.event_id, '--json')).json()).toMatchObject({
      state: 'processed',
      reopened: 'redriven',
    });
    expect((await verb('dlq', 'list')).code).toBe(0);
  });
});

describe('secret set', () => {
  it('secret set keeps the previous secret valid until it is revoked', async () => {
    const secret = `whsec_${Buffer.from('another secret of the local run').toString('base64')}`;
    const { code, out } = await give(`${secret}\n`, 'secret', 'set');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('The previous one is accepted for 7 days after its replacement'),
    ]);
    expect(out).not.toContain(secret);
    expect((await verb('send')).code).toBe(0);
    expect((await verb('secret', 'revoke-previous')).out).toContain('no longer accepted');
    expect((await verb('secret', 'revoke-previous')).out).toContain('no previous');
  });

  it('secret set refuses a value that is not a secret without repeating it', async () => {
    const { code, out, err } = await give('hunter2', 'secret', 'set');
    expect(code).toBe(2);
    expect(out + err).not.toContain('hunter2');
    expect(await give('', 'secret', 'set')).toMatchObject({ code: 2 });
  });
});

describe('doctor', () => {
  it('doctor checks the whole path, and its probe starts nothing', async () => {
    const before = fakeRuns().length;
    const { code, out } = await verb('doctor');
    expect(out).toContain('passed the whole path');
    expect(code).toBe(0);
    expect(fakeRuns()).toHaveLength(before);
    expect(local.calls.published.filter((one) => JSON.stringify(one).includes('probe:'))).toEqual([]);
  });
});

describe('reconcile', () => {
  it('reconcile queues the event of a run without a webhook, once', async () => {
    const missing = local.fake?.seedRun({ workflow_id: NEXT }) as { id: string };
    local.fake?.complete(missing.id);
    const window = ['--since', '1h', '--until', new Date(Date.now() + 60_000).toISOString(), '--grace', '0s'];
    const flags = [...window, '--include-disabled', '--restart'];
    const found = await verb('reconcile', ...flags);
    expect(found.code).toBe(1);
    expect(found.out).toContain(missing.id);
    expect((await verb('reconcile', ...flags, '--apply')).code).toBe(0);
    await soon(async () =>
      (await verb('events', 'list', '--run', missing.id, '--json')).json(),
    ).toMatchObject({ events: [{ state: 'processed', origin: 'reconciled' }] });
    expect((await verb('reconcile', ...flags)).out).not.toContain(missing.id);
  });
});

it('queues shows depths', async () => {
  expect((await verb('queues', '--json')).json()).toMatchObject({ dlq: { visible: 0 } });
});

it('queues reports a missing local run with how to start it', async () => {
  const { code, err } = await run(['events', 'list'], { connect: () => connectLocal('http://127.0.0.1:9') });
  expect([code, err]).toEqual([2, expect.stringContaining('npm start')]);
});
