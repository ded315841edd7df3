import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../lambda/core/model/time.ts';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import { takeEvents } from '../../ops/events/list.ts';
import { queueDepths } from '../../ops/queues/depths.ts';
import { Bookmarks } from '../../ops/reconcile/bookmark.ts';
import { reconciledId } from '../../ops/reconcile/judge.ts';
import { reconcile } from '../../ops/reconcile/reconcile.ts';
import type { ReconcileOptions } from '../../ops/reconcile/types.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { run } from './support/command.ts';
import type { TestStage } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const LISTENING = '11111111-1111-4111-8111-111111111111';
const SILENT = '22222222-2222-4222-8222-222222222222';

let api: CyberdeskApi;
let directory: string;

const here = useStage(async () => {
  api = await startCyberdeskApi({
    workflows: [
      { id: LISTENING, is_webhooks_enabled: true },
      { id: SILENT, is_webhooks_enabled: false },
    ],
  });
  return { outputs: { cyberdeskApiUrl: api.url } };
});
beforeEach(async () => {
  await setApiKey(here.stage, 'cd_test');
  directory = await mkdtemp(join(tmpdir(), 'reconcile-'));
});
afterEach(async () => {
  await api.close();
  await rm(directory, { recursive: true });
});

function ended(workflow_id = LISTENING) {
  const run = api.seedRun({ workflow_id });
  api.complete(run.id, { output_data: { summary: 'PAYLOAD-VALUE' } });
  return api.store.runs.get(run.id) as { id: string; ended_at: string; status: string; workflow_id: string };
}

const options = (given: Partial<ReconcileOptions> = {}): ReconcileOptions => ({
  since: Date.now() - HOUR,
  // The fake's clock is ahead of this one by a millisecond for each time that it returns.
  until: Date.now() + HOUR,
  now: () => Date.now() + HOUR,
  lookback: HOUR,
  grace: -HOUR,
  ...given,
});
const endingOf = ({ id, ended_at, workflow_id, status }: ReturnType<typeof ended>) => ({
  ...{ run_id: id, workflow_id, status },
  endedAt: Date.parse(ended_at),
});
const idOf = (run: ReturnType<typeof ended>) => reconciledId(endingOf(run));

describe('reconcile', () => {
  it('reconcile finds terminal runs without an event, and changes nothing without --apply', async () => {
    const delivered = ended();
    await here.service.deliver({ run: { ...delivered } });
    await here.service.work();
    const waiting = ended();
    await here.service.deliver({ run: { ...waiting } });
    const missing = ended();
    api.seedRun({ workflow_id: LISTENING });
    ended(SILENT);

    const result = await reconcile(here.stage, options());
    expect(result.counts).toEqual({ known: 2, missing: 1, webhooks_off: 1 });
    expect(result.runs.find(({ verdict }) => verdict === 'missing')).toMatchObject({ run_id: missing.id });
    expect((await takeEvents(here.stage, {}, 10)).events).toHaveLength(2);
    expect(JSON.stringify(result)).not.toContain('PAYLOAD-VALUE');
  });

  it('reconcile --apply enqueues what is missing, and a second one changes nothing', async () => {
    const missing = ended();
    const first = await reconcile(here.stage, options({ apply: true }));
    expect(first.runs).toMatchObject([{ run_id: missing.id, applied: 'enqueued' }]);
    await here.service.work();
    expect(await describeEvent(here.stage, idOf(missing))).toMatchObject({
      state: 'processed',
      origin: 'reconciled',
    });
    const second = await reconcile(here.stage, options({ apply: true }));
    expect(second.counts).toEqual({ known: 1 });
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
  });

  it('a reconciled event and a late webhook of the same run never both act', async () => {
    const late = ended();
    await reconcile(here.stage, options({ apply: true }));
    const twin = await here.service.deliver({ run: { ...late } });
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
    const states = [await describeEvent(here.stage, twin), await describeEvent(here.stage, idOf(late))];
    expect(states.filter(({ duplicate_of }) => duplicate_of === undefined)).toHaveLength(1);
  });

  it('a reconcile that was cut off between the event and its message is finished by a second one', async () => {
    const missing = ended();
    const noQueue = {
      ...here.stage,
      clients: { ...here.stage.clients, sqs: { send: () => Promise.reject(new Error('cut')) } },
    } as unknown as TestStage;
    await expect(reconcile(noQueue, options({ apply: true }))).rejects.toThrow('cut');
    expect(await describeEvent(here.stage, idOf(missing))).toMatchObject({ state: 'received' });

    const looked = await reconcile(here.stage, options());
    expect([looked.counts, (await queueDepths(here.stage)).queue.visible]).toEqual([{ waiting: 1 }, 0]);
    const { runs } = await reconcile(here.stage, options({ apply: true }));
    expect(runs).toMatchObject([{ run_id: missing.id, verdict: 'waiting', applied: 'queued_again' }]);
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
    expect((await reconcile(here.stage, options({ apply: true }))).counts).toEqual({ known: 1 });
  });

  it('reconcile sends no message for an unfinished event of a webhook', async () => {
    const delivered = ended();
    await here.service.deliver({ run: { ...delivered } });
    expect((await reconcile(here.stage, options({ apply: true }))).counts).toEqual({ known: 1 });
    expect((await queueDepths(here.stage)).queue.visible).toBe(1);
  });

  it('reconcile reports a run as unclear if its event has no end', async () => {
    const run = ended();
    await here.service.deliver({ run: { ...run, ended_at: null } });
    await here.service.work();
    // The API could not be asked (the test's answers 404), so the event is its own completion.
    expect((await reconcile(here.stage, options({ apply: true }))).counts).toEqual({ unclear: 1 });
    expect(here.service.created).toHaveLength(1);
  });

  it('reconcile does not report a run as missing within the grace time', async () => {
    ended();
    expect((await reconcile(here.stage, options({ grace: 2 * HOUR, apply: true }))).counts).toEqual({
      recent: 1,
    });
  });

  it('reconcile continues after a network failure', async () => {
    const runs = Array.from({ length: 5 }, () => ended());
    const bookmarks = new Bookmarks(['test'], directory);
    const asked: number[] = [];
    // The third write fails.
    const broken = {
      ...here.stage,
      clients: {
        ...here.stage.clients,
        dynamoDb: {
          send: (command: { input: { Item?: unknown } }) => {
            if (command.input.Item && asked.push(1) === 3) {
              return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
            }
            return here.stage.clients.dynamoDb.send(command as never);
          },
        },
      },
    } as unknown as TestStage;
    await expect(reconcile(broken, options({ apply: true, bookmarks, rate: 1000 }))).rejects.toThrow('reset');
    const again = await reconcile(here.stage, options({ apply: true, bookmarks, rate: 1000 }));
    await here.service.work();
    expect(again.runs.length + (again.counts.known ?? 0)).toBe(5);
    expect((await takeEvents(here.stage, { state: 'processed' }, 10)).events).toHaveLength(5);
    expect(here.service.created).toHaveLength(runs.length);
  });

  it('reconcile that is interrupted reports what was done, and continues there', async () => {
    vi.stubEnv('XDG_STATE_HOME', directory);
    for (let i = 0; i < 3; i += 1) ended();
    let sends = 0;
    const send = (command: never) => {
      sends += 1;
      if (sends === 2) process.emit('SIGINT');
      return here.stage.clients.sqs.send(command);
    };
    const stopped = { ...here.stage, clients: { ...here.stage.clients, sqs: { send } } };
    const until = new Date(Date.now() + HOUR).toISOString();
    const argv = [
      'reconcile',
      '--grace',
      '0s',
      '--rate',
      '1000',
      '--since',
      '1h',
      '--until',
      until,
      '--apply',
    ];
    const { code, out } = await run(argv, { connect: async () => stopped as unknown as TestStage });
    expect([code, sends]).toEqual([1, 2]);
    expect(out.match(/ enqueued$/gm)).toHaveLength(2);
    const again = argv.join(' ').replace('--apply', '--apply --stage dev');
    expect(out).toContain(
      `interrupted: not all runs are compared; continue with "npx cyberdesk-webhooks ${again}"`,
    );

    const rest = await run([...argv, '--json'], { connect: async () => here.stage });
    vi.unstubAllEnvs();
    expect(rest.json()).toMatchObject({ interrupted: false, counts: { waiting: 2, missing: 1 } });
    await here.service.work();
    expect(here.service.created).toHaveLength(3);
  });

  it('reconcile that is stopped compares no more runs and keeps its bookmark', async () => {
    ended();
    const bookmarks = new Bookmarks(['test'], directory);
    const { since, until = 0 } = options();
    const place = { since, until, upTo: since, startedAt: Date.now(), counts: { known: 7 }, open: [] };
    await bookmarks.write(place);
    const looked = await reconcile(here.stage, options({ bookmarks, signal: AbortSignal.abort() }));
    expect(looked).toMatchObject({ interrupted: true, compared: 7, runs: [] });
    expect(await bookmarks.read(Date.now())).toEqual(place);
  });

  it('reconcile --apply keeps to its rate, and applies nothing after it was stopped during its wait', async () => {
    for (let i = 0; i < 4; i += 1) ended();
    const clock = { now: Date.now() + HOUR, slept: 0 };
    const stop = new AbortController();
    const sleep = async (ms: number) => {
      clock.now += ms;
      clock.slept += ms;
      if (clock.slept === 1000) stop.abort();
    };
    const time = { rate: 2, now: () => clock.now, sleep };
    const { interrupted, runs } = await reconcile(
      here.stage,
      options({ apply: true, signal: stop.signal, ...time }),
    );
    expect([interrupted, runs]).toMatchObject([true, [{ applied: 'enqueued' }, { applied: 'enqueued' }]]);
    expect((await takeEvents(here.stage, {}, 10)).events).toHaveLength(2);
  });

  it('a resumed reconcile judges runs again that were too recent before', async () => {
    const bookmarks = new Bookmarks(['test'], directory);
    const [missing, delivered] = [ended(), ended()];
    const { since, until = 0 } = options();
    const recent = [missing, delivered].map((run) => ({ ...endingOf(run), verdict: 'recent' as const }));
    // Cut off after it had seen all runs.
    const before = { since, until, upTo: until, startedAt: Date.now(), counts: { recent: 2 }, open: recent };
    await bookmarks.write(before);
    await here.service.deliver({ run: { ...delivered } });
    await here.service.work();

    const waits = await reconcile(here.stage, options({ apply: true, bookmarks, grace: 2 * HOUR }));
    expect(waits.counts).toEqual({ known: 1, recent: 1 });
    await bookmarks.write(before);
    const { resumed, counts, runs } = await reconcile(here.stage, options({ apply: true, bookmarks }));

    expect([resumed, counts]).toEqual([true, { known: 1, missing: 1 }]);
    expect(runs).toMatchObject([{ run_id: missing.id, verdict: 'missing', applied: 'enqueued' }]);
    expect(await describeEvent(here.stage, idOf(missing))).toMatchObject({ state: 'received' });
  });

  it('reconcile compares no runs that are yet to end, even if --until is in the future', async () => {
    const bookmarks = new Bookmarks(['test'], directory);
    const clock = { now: Date.now() + HOUR };
    const ahead = { until: clock.now + 24 * HOUR, now: () => clock.now, bookmarks };
    const stop = AbortSignal.abort();
    const cut = await reconcile(here.stage, options({ ...ahead, signal: stop }));
    expect(cut).toMatchObject({ interrupted: true, until: new Date(clock.now).toISOString() });
    const first = await reconcile(here.stage, options(ahead));
    expect(first.until).toBe(new Date(clock.now).toISOString());
    ended();
    clock.now += HOUR;
    expect((await reconcile(here.stage, options(ahead))).counts).toEqual({ missing: 1 });
  });

  it('a resumed reconcile continues to the present, not to the end of the one that was cut off', async () => {
    const bookmarks = new Bookmarks(['test'], directory);
    const { since } = options();
    const [delivered, endless] = [ended(), ended()];
    Object.assign(endless, { ended_at: null });
    const until = Date.parse(delivered.ended_at);
    const before = { since, until, upTo: since, startedAt: Date.now(), counts: {}, open: [] };
    await bookmarks.write(before);
    const later = ended();

    const looked = await reconcile(here.stage, options({ bookmarks }));
    expect(looked).toMatchObject({ resumed: true, extended_from: delivered.ended_at });
    expect(looked.counts).toEqual({ missing: 2, unclear: 1 });
    expect(looked.runs.map(({ run_id }) => run_id)).toContain(later.id);
    // Cut off in that second walk, it reports nothing twice.
    await bookmarks.write({ ...before, comparedTo: until, until: Date.now() + HOUR });
    expect((await reconcile(here.stage, options({ bookmarks }))).counts).toMatchObject({ missing: 1 });
  });

  it('a resumed reconcile says that it continued, and how far', async () => {
    vi.stubEnv('XDG_STATE_HOME', directory);
    const { stackName, region, outputs } = here.stage;
    const question = [
      stackName,
      region,
      outputs.installation,
      '1h',
      undefined,
      undefined,
      false,
      '30d',
      false,
    ];
    const [since, until] = [Date.now() - HOUR, Date.now() - HOUR / 2];
    const left = { since, until, upTo: since, startedAt: Date.now(), counts: {}, open: [] };
    await new Bookmarks(question).write(left);
    const { out } = await run(['reconcile', '--since', '1h'], { connect: async () => here.stage });
    vi.unstubAllEnvs();
    expect(out).toContain('continued where the last one was interrupted\n');
    expect(out).toContain(`and compared what has ended since, from ${new Date(until).toISOString()} to 2`);
  });

  it('a resumed reconcile does not apply again what was applied before', async () => {
    const bookmarks = new Bookmarks(['test'], directory);
    const { since, until } = options();
    const done = { run_id: 'run-1', workflow_id: LISTENING, status: 'success', endedAt: since as number };
    await bookmarks.write({
      since,
      until: until as number,
      upTo: since,
      startedAt: Date.now(),
      counts: { missing: 1 },
      open: [{ ...done, verdict: 'missing', applied: 'enqueued' }],
    });
    const { resumed, runs } = await reconcile(here.stage, options({ apply: true, bookmarks }));
    // If it were asked about this run again, the API would answer that it does not exist.
    expect([resumed, runs]).toMatchObject([true, [{ run_id: 'run-1', applied: 'enqueued' }]]);
  });

  it('reconcile refuses to go back further than records are kept', async () => {
    await expect(reconcile(here.stage, options({ since: Date.now() - 200 * 24 * HOUR }))).rejects.toThrow(
      /90 days/,
    );
  });

  it('reconcile does not suggest to repeat a call that would always be rejected', async () => {
    const refused = reconcile(here.stage, options({ workflow: 'no-uuid' }));
    await expect(refused).rejects.toThrow(/check --workflow/);
    await expect(refused).rejects.not.toThrow(/again/);
  });

  it('reconcile says what to do if the API key is rejected', async () => {
    api.settings.apiKey = 'another';
    await expect(reconcile(here.stage, options())).rejects.toThrow(
      /401.*"npx cyberdesk-webhooks api-key set --stage dev".*run the same command again/,
    );
  });

  it.each([
    ['answers 404 to everything', { status: 404 }],
    ['redirects', { status: 301, headers: { location: 'https://example.com/' } }],
    ['lists something else', { status: 200, body: { items: [] } }],
    ['lists no runs', { status: 200, body: { items: [{ name: 'x' }], total: 1 } }],
  ])('reconcile fails if the address of the API is wrong and the server there %s', async (_, answer) => {
    ended();
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', times: 'always', ...answer });
    const { code, out, err } = await run(['reconcile', '--since', '3d', '--restart'], {
      connect: async () => here.stage,
    });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`is ${api.url} Cyberdesk's API? Check that address (output CyberdeskApiUrl of `);
    expect(err).toContain('"npx cyberdesk-webhooks doctor --stage dev"');
  });

  it('reconcile fails if the API counts more runs than it lists', async () => {
    const one = ended(SILENT);
    api.faults.plant({
      call: 'cyberdesk:* /v1/runs*',
      do: 'fail',
      status: 200,
      body: { items: [one], total: 2 },
      times: 'always',
    });
    const { code, out, err } = await run(['reconcile', '--since', '1h', '--restart'], {
      connect: async () => here.stage,
    });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/API counts 2 runs created from .*, and lists 1 of them/);
  });

  it('reconcile reports a run that no longer exists when its event would be stored', async () => {
    const run = ended();
    api.faults.plant({ call: `cyberdesk:* /v1/runs/${run.id}*`, do: 'fail', status: 404 });
    const { counts, runs } = await reconcile(here.stage, options({ apply: true }));
    expect([counts, runs]).toMatchObject([{ missing: 1 }, [{ run_id: run.id, applied: 'gone' }]]);
    expect((await takeEvents(here.stage, {}, 10)).events).toEqual([]);
  });

  it('reconcile stores nothing for an ending that is no longer the last one of its run', async () => {
    const [again, running] = [ended(), ended()];
    const { since, until = 0 } = options();
    const recent = [again, running].map((run) => ({ ...endingOf(run), verdict: 'recent' as const }));
    const bookmarks = new Bookmarks(['test'], directory);
    // Seen by an earlier walk; both ran again since then, and one has ended again.
    await bookmarks.write({ since, until, upTo: until, startedAt: Date.now(), counts: {}, open: recent });
    Object.assign(again, { ended_at: new Date(Date.parse(again.ended_at) + 1000).toISOString() });
    Object.assign(running, { status: 'running' });

    const { runs } = await reconcile(here.stage, options({ apply: true, bookmarks }));

    expect(runs.map(({ run_id, applied }) => [run_id, applied])).toEqual([
      [again.id, 'changed'],
      [running.id, 'changed'],
    ]);
    expect((await takeEvents(here.stage, {}, 10)).events).toEqual([]);
  });

  it('reconcile expects no webhook from a deleted workflow', async () => {
    api.settings.strictWorkflows = true;
    ended('33333333-3333-4333-8333-333333333333');
    expect((await reconcile(here.stage, options({ apply: true }))).counts).toEqual({ webhooks_off: 1 });
  });
});
