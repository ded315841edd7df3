import { beforeEach, describe, expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { type SweepPorts, sweep } from '../../../lambda/core/sweep/index.ts';
import { runComplete, START, world } from '../kit.ts';
import { sweepPorts } from './kit.ts';

const END = START - 2000 + 123;
let w: ReturnType<typeof world>;
const event = (id = 'event-1') => w.model.get({ pk: `event#${id}`, sk: 'event' }) as EventItem;
const go = (more: Partial<SweepPorts> = {}) => sweep({ ...sweepPorts(w).ports, ...more });
/** An index that shows these events, whatever has become of them. */
const showing = (...event_ids: string[]): Partial<SweepPorts> => ({
  open: {
    list: async (shard) =>
      shard === 0
        ? event_ids.map((event_id) => ({ event_id, received_at: new Date(START).toISOString() }))
        : [],
  },
});
const sent = () => [...w.queue.messages.values()].map(({ body }) => body);
const completion = (more: object) =>
  w.model.force({
    pk: 'run#run-1',
    sk: `completion#${END}`,
    v: 1,
    tag: 't',
    updated_at: 0,
    ...more,
  } as never);

beforeEach(async () => {
  w = world();
  await receive(w.ports, { svixId: 'm', body: runComplete() }, 90);
  w.queue.messages.clear();
});

describe('sweep', () => {
  it('sends again what has been silent for an hour, and notes it', async () => {
    w.later(HOUR - 1);
    expect(await go()).toEqual({ oldest: HOUR - 1, examined: 0, resent: 0, refused: 0, isComplete: true });
    w.later(1);
    expect(await go()).toEqual({ oldest: HOUR, examined: 1, resent: 1, refused: 0, isComplete: true });
    expect(sent()).toEqual(['{"v":1,"event":"event-1"}']);
    expect(event().resent_at).toBe('2026-11-25T11:00:00.000Z');
  });

  it.each([
    ['was written', { updated_at: START + 2 * HOUR }],
    ['has a lease', { lease: { token: 'x', until: START + 2 * HOUR } }],
    ['waits', { not_before: START + 2 * HOUR }],
  ])('sees a sign of life where the completion %s', async (_, more) => {
    completion(more);
    w.later(3 * HOUR - 1);
    expect(await go()).toMatchObject({ resent: 0 });
    w.later(1);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it('knows a completion that the API has named', async () => {
    const { ended_at: _end, ...rest } = event();
    w.model.force({ ...rest, completion: 'completion#7' });
    w.model.force({
      pk: 'run#run-1',
      sk: 'completion#7',
      v: 1,
      tag: 't',
      updated_at: START + 2 * HOUR,
    } as never);
    w.later(2 * HOUR);
    expect(await go()).toMatchObject({ resent: 0 });
    w.model.force(rest as EventItem);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it('lets paused events wait', async () => {
    w.model.force({
      pk: 'control#pause',
      sk: 'pause',
      v: 1,
      tag: 't',
      until: START + 2 * HOUR,
      streak: 1,
    } as never);
    w.later(3 * HOUR - 1);
    expect(await go()).toMatchObject({ resent: 0 });
    w.later(1);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it('is not misled by an index that is late', async () => {
    w.later(2 * HOUR);
    for (const state of ['processed', 'failed', 'ignored'] as const) {
      w.model.force({ ...event(), state });
      expect(await go(showing('event-1'))).toMatchObject({ examined: 1, resent: 0 });
    }
    expect(await go(showing('gone'))).toMatchObject({ examined: 1, resent: 0 });
  });

  it('leaves events of a later release alone', async () => {
    w.model.force({ ...event(), v: 2 });
    w.later(2 * HOUR);
    expect(await go()).toMatchObject({ examined: 1, resent: 0 });
  });

  it('tells the age of the oldest', async () => {
    w.later(30 * MINUTE);
    await receive(w.ports, { svixId: 'm2', body: runComplete({ id: 'run-2' }, { event_id: 'event-2' }) }, 90);
    w.later(10 * SECOND);
    expect((await go()).oldest).toBe(30 * MINUTE + 10 * SECOND);
    w.model.items.clear();
    expect((await go()).oldest).toBe(0);
  });

  it('counts as sent when somebody has just worked on the event', async () => {
    w.later(2 * HOUR);
    const table = { ...w.ports.table, put: async () => ({ kind: 'conflict' }) as const };
    expect(await go({ table })).toMatchObject({ resent: 1 });
    expect(sent()).toHaveLength(1);
  });

  it('does not note what it could not send', async () => {
    w.later(2 * HOUR);
    const { queue } = sweepPorts(w).ports;
    const sendAll = () => Promise.reject(new Error('down'));
    await expect(go({ queue: { ...queue, sendAll } })).rejects.toThrow('down');
    expect(event()).not.toHaveProperty('resent_at');
  });
});
