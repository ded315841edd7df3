import { describe, expect, it } from 'vitest';
import { Listing } from '../../ops/console/list/listing.ts';
import { Roster } from '../../ops/console/list/roster.ts';
import { search } from '../../ops/console/list/search.ts';
import { replayEvent } from '../../ops/events/replay.ts';
import type { ListedEvent } from '../../ops/events/store.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

const refusal = { kind: 'failed' as const, status: 422, isJson: true, mayHaveTakenEffect: false };
const deliver = async (count: number, run: Record<string, unknown> = {}): Promise<string[]> => {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await here.service.deliver({ run }));
  return ids;
};
const idsOf = (events: readonly { event_id: string }[]) => events.map(({ event_id }) => event_id);

describe('the roster', () => {
  it('the roster reads a bounded number of older events at once, each of them once, newest first', async () => {
    const ids = await deliver(7);
    const roster = new Roster(here.stage, Date.now() + 1, { atOnce: 3 });

    const reaches: string[] = [];
    for (let reach = 'reading'; reach === 'reading'; reaches.push(reach)) ({ reach } = await roster.read(0));
    const { events } = await roster.read(0);

    expect(reaches).toEqual(['reading', 'reading', 'whole']);
    expect(idsOf(events).sort()).toEqual(ids.sort());
    const times = events.map(({ received_at }) => received_at);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('the roster keeps only the newest events of a period with too many', async () => {
    const ids = await deliver(5);
    const roster = new Roster(here.stage, undefined, { most: 3 });

    expect(await roster.read(0)).toMatchObject({ reach: 'full', events: { length: 3 } });
    const { events } = await roster.read(0);
    expect(events.every(({ event_id }) => ids.includes(event_id))).toBe(true);
  });

  it('the roster takes up new events, and those that were finished or reopened', async () => {
    const roster = new Roster(here.stage, undefined);
    const stateOf = async (id: string) =>
      (await roster.read(0)).events.find(({ event_id }) => event_id === id)?.state;
    expect((await roster.read(0)).events).toEqual([]);
    const id = await here.service.deliver();

    expect(await stateOf(id)).toBe('received');
    here.service.answer = refusal;
    await here.service.work();
    expect(await stateOf(id)).toBe('failed');
    here.service.answer = undefined;
    await replayEvent(here.stage, id);
    await here.service.work();
    expect(await stateOf(id)).toBe('processed');
  });

  it('the roster of a period that has ended takes up nothing newer', async () => {
    await here.service.deliver();
    const roster = new Roster(here.stage, Date.now() - 60_000);

    expect(await roster.read(0)).toEqual({ events: [], reach: 'whole' });
  });
});

describe('the listing', () => {
  it('the listing says what happened to each event', async () => {
    const listing = new Listing(here.stage);
    const done = await here.service.deliver();
    await here.service.work();
    here.service.answer = refusal;
    const failed = await here.service.deliver();
    await here.service.work();
    here.service.answer = { ...refusal, status: 503 };
    const waiting = await here.service.deliver();
    await here.service.work();
    const ignored = await here.service.deliver({ run: { status: 'scheduling' } });

    const { events } = await listing.page({}, 1);
    const outcome = (id: string) => events.find(({ event_id }) => event_id === id)?.outcome;

    expect(outcome(done)).toEqual({ text: '1 run started' });
    expect(outcome(failed)).toEqual({ text: 'follow: HTTP 422' });
    // For how long it waits, and whether calls are still paused by now, depends on the machine.
    expect(outcome(waiting)?.text).toMatch(/^1 failed attempt: HTTP 503/);
    expect(outcome(ignored)).toEqual({ text: 'its run has not ended' });
  });

  it('the listing finds an event by its id, and by the id of its run, outside the period', async () => {
    const listing = new Listing(here.stage);
    const id = await here.service.deliver({ run: { id: 'run-1' } });
    await here.service.work();
    const found = async (text: string) =>
      idsOf((await listing.page({ text, since: Date.now() + 60_000 }, 1)).events);

    expect(await found(id)).toEqual([id]);
    expect(await found('run-1')).toEqual([id]);
    expect(await found('run-2')).toEqual([]);
  });

  it('the listing shows the last page where there is no such page', async () => {
    const listing = new Listing(here.stage);
    await deliver(2);

    expect(await listing.page({}, 9)).toMatchObject({ page: 1, total: 2, events: { length: 2 } });
  });
});

describe('search', () => {
  const event = (change: Partial<ListedEvent>): ListedEvent => ({
    event_id: 'a1b2',
    svix_id: 'msg_9',
    type: 'run_complete',
    state: 'processed',
    received_at: '2026-11-29T10:00:00.000Z',
    failure: 0,
    round: 0,
    body_bytes: 2,
    body_sha256: '',
    ...change,
  });
  const names = new Map([['w1', 'Referral letters']]);

  it.each([
    ['the beginning of its id', 'A1', { event_id: 'a1b2' }],
    ['its id behind a prefix', 'b2', { event_id: 'test:b2c3' }],
    ['its run', 'run-', { run_id: 'run-7' }],
    ['its workflow', 'w1', { workflow_id: 'w1' }],
    ['part of the name of its workflow', 'letter', { workflow_id: 'w1' }],
    ['its message', 'msg_9', {}],
  ])('search finds an event by %s', (_, text, change) => {
    const others = [event({ event_id: 'zz', svix_id: 'msg_0', workflow_id: 'w2', run_id: 'other' })];

    expect(search([event(change), ...others], { text }, names).events).toEqual([event(change)]);
  });

  it('search does not find the middle of an id', () => {
    expect(search([event({ event_id: 'a1b2' })], { text: '1b' }, names).events).toEqual([]);
  });

  it('search counts each value of a filter as if that filter alone were another', () => {
    const events = [
      event({ state: 'failed', reason: 'refused', status: 'error' }),
      event({ state: 'failed', reason: 'rule_threw', status: 'success' }),
      event({ status: 'success' }),
    ];

    const { events: found, counts } = search(events, { state: 'failed', status: 'success' }, names);

    expect(found).toEqual([events[1]]);
    expect(counts.state).toEqual({ failed: 1, processed: 1 });
    expect(counts.status).toEqual({ error: 1, success: 1 });
    expect(counts.reason).toEqual({ rule_threw: 1 });
  });
});
