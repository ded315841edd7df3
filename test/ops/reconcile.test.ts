import { expect, it, onTestFinished, vi } from 'vitest';
import { HOUR } from '../../lambda/core/model/time.ts';
import { parseExact } from '../../lambda/json/parse.ts';
import { describeEvent, readPayload } from '../../ops/events/detail.ts';
import { takeEvents } from '../../ops/events/list.ts';
import { queueDepths } from '../../ops/queues/depths.ts';
import { Bookmarks } from '../../ops/reconcile/bookmark.ts';
import { reconcile } from '../../ops/reconcile/reconcile.ts';
import { markRun } from '../../ops/verify-api/mark.ts';
import {
  api,
  directory,
  ended,
  endingOf,
  idOf,
  LISTENING,
  options,
  SILENT,
  useReconcile,
} from './support/reconcile.ts';
import type { TestStage } from './support/stage.ts';

const here = useReconcile();

it('reconcile does not miss the event of a run that verify-api has marked', async () => {
  await markRun(here.stage, ended().id, Date.now());

  expect((await reconcile(here.stage, options())).counts).toEqual({ known: 1 });
});

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

it('reconcile does not take an unfinished event of another type for the end of the run that it names', async () => {
  const missing = ended();
  await here.service.deliver({ event_type: 'run_archived', run: { ...missing } });

  expect((await reconcile(here.stage, options())).counts).toEqual({ missing: 1 });
});

it('reconcile --apply enqueues what is missing, and a second one changes nothing', async () => {
  const missing = ended();
  const first = await reconcile(here.stage, options({ apply: here.stage }));
  expect(first.runs).toMatchObject([{ run_id: missing.id, applied: 'enqueued' }]);
  await here.service.work();
  expect(await describeEvent(here.stage, idOf(missing))).toMatchObject({
    state: 'processed',
    origin: 'reconciled',
  });
  const second = await reconcile(here.stage, options({ apply: here.stage }));
  expect(second.counts).toEqual({ known: 1 });
  await here.service.work();
  expect(here.service.created).toHaveLength(1);
});

it.each([
  ['the digits of its numbers', '{"account":9007199254740993,"most":1e400}'],
  ['all levels of its nesting', `${'['.repeat(5000)}9007199254740993${']'.repeat(5000)}`],
])('a reconciled event has %s, as a webhook would', async (_, output) => {
  const { id } = api.seedRun({ workflow_id: LISTENING });
  api.complete(id, { output_data: parseExact(output) as never });
  const run = api.store.runs.get(id) as ReturnType<typeof ended>;

  await reconcile(here.stage, options({ apply: here.stage }));

  const payload = String(await readPayload(here.stage, idOf(run)));
  expect(payload).toContain(`"output_data":${output}`);
});

it('a reconciled event and a late webhook of the same run never both act', async () => {
  const late = ended();
  await reconcile(here.stage, options({ apply: here.stage }));
  const twin = await here.service.deliver({ run: { ...late } });
  await here.service.work();
  expect(here.service.created).toHaveLength(1);
  const states = [await describeEvent(here.stage, twin), await describeEvent(here.stage, idOf(late))];
  expect(states.filter(({ duplicate_of }) => duplicate_of === undefined)).toHaveLength(1);
});

it('reconcile sends no message for an unfinished event of a webhook', async () => {
  const delivered = ended();
  await here.service.deliver({ run: { ...delivered } });
  expect((await reconcile(here.stage, options({ apply: here.stage }))).counts).toEqual({ known: 1 });
  expect((await queueDepths(here.stage)).queue.visible).toBe(1);
});

it('reconcile reports a run as unclear if its event has no end', async () => {
  const run = ended();
  await here.service.deliver({ run: { ...run, ended_at: null } });
  // The API does not know the run (the test's answers 404), and no later answer could change that.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 70_000 });
  onTestFinished(() => void vi.useRealTimers());
  await here.service.work();
  expect((await reconcile(here.stage, options({ apply: here.stage }))).counts).toEqual({ unclear: 1 });
  expect(here.service.created).toHaveLength(1);
});

it('reconcile does not report a run as missing within the grace time', async () => {
  ended();
  expect((await reconcile(here.stage, options({ grace: 2 * HOUR, apply: here.stage }))).counts).toEqual({
    recent: 1,
  });
});

it('a reconcile that was cut off between the event and its message is finished by a second one', async () => {
  const missing = ended();
  const noQueue = {
    ...here.stage,
    clients: { ...here.stage.clients, sqs: { send: () => Promise.reject(new Error('cut')) } },
  } as unknown as TestStage;
  await expect(reconcile(noQueue, options({ apply: noQueue }))).rejects.toThrow('cut');
  expect(await describeEvent(here.stage, idOf(missing))).toMatchObject({ state: 'received' });

  const looked = await reconcile(here.stage, options());
  expect([looked.counts, (await queueDepths(here.stage)).queue.visible]).toEqual([{ waiting: 1 }, 0]);
  const { runs } = await reconcile(here.stage, options({ apply: here.stage }));
  expect(runs).toMatchObject([{ run_id: missing.id, verdict: 'waiting', applied: 'queued_again' }]);
  await here.service.work();
  expect(here.service.created).toHaveLength(1);
  expect((await reconcile(here.stage, options({ apply: here.stage }))).counts).toEqual({ known: 1 });
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

  const { runs } = await reconcile(here.stage, options({ apply: here.stage, bookmarks }));

  expect(runs.map(({ run_id, applied }) => [run_id, applied])).toEqual([
    [again.id, 'changed'],
    [running.id, 'changed'],
  ]);
  expect((await takeEvents(here.stage, {}, 10)).events).toEqual([]);
});
