import { expect, it, vi } from 'vitest';
import { HOUR } from '../../lambda/core/model/time.ts';
import { describeEvent } from '../../ops/events/detail.ts';
import { takeEvents } from '../../ops/events/list.ts';
import { Bookmarks } from '../../ops/reconcile/bookmark.ts';
import { reconcile } from '../../ops/reconcile/reconcile.ts';
import { run } from './support/command.ts';
import { directory, ended, endingOf, idOf, LISTENING, options, useReconcile } from './support/reconcile.ts';
import type { TestStage } from './support/stage.ts';

const here = useReconcile();

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
  await expect(reconcile(broken, options({ apply: broken, bookmarks, rate: 1000 }))).rejects.toThrow('reset');
  const again = await reconcile(here.stage, options({ apply: here.stage, bookmarks, rate: 1000 }));
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
  const argv = ['reconcile', '--since', '1h', '--grace', '0s', '--rate', '1', '--until', until, '--apply'];
  const { code, out } = await run(argv, { connect: async () => stopped as unknown as TestStage });
  expect([code, sends]).toEqual([1, 2]);
  expect(out.match(/ enqueued$/gm)).toHaveLength(2);
  const again = argv.join(' ').replace('--apply', '--apply --stage dev');
  expect(out).toContain(
    `interrupted before all runs were compared; continue with "npx --no cyberdesk-webhooks ${again}"`,
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
    options({ apply: here.stage, signal: stop.signal, ...time }),
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

  const waits = await reconcile(here.stage, options({ apply: here.stage, bookmarks, grace: 2 * HOUR }));
  expect(waits.counts).toEqual({ known: 1, recent: 1 });
  await bookmarks.write(before);
  const { resumed, counts, runs } = await reconcile(here.stage, options({ apply: here.stage, bookmarks }));

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
  const question = [stackName, region, outputs.installation, '1h', undefined, undefined, false, '30d', false];
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
  const { resumed, runs } = await reconcile(here.stage, options({ apply: here.stage, bookmarks }));
  // If it were asked about this run again, the API would answer that it does not exist.
  expect([resumed, runs]).toMatchObject([true, [{ run_id: 'run-1', applied: 'enqueued' }]]);
});
