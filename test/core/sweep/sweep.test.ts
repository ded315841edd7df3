import { beforeEach, describe, expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { sweep } from '../../../lambda/core/sweep/sweep.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';
import { type World, createWorld } from '../support/world.ts';

const END = START - 2000 + 123;
let world: World;
const event = (id = 'event-1') => world.model.get({ pk: `event#${id}`, sk: 'event' }) as EventItem;
const go = (ids = ['event-1']) =>
  sweep({
    ...world.ports,
    listOpen: async function* () {
      for (const event_id of ids)
        yield { event_id, received_at: event(event_id)?.received_at ?? new Date(START).toISOString() };
    },
  });
const sent = () => [...world.queue.messages.values()].map(({ body }) => body);
const completion = (more: object) =>
  world.model.force({
    pk: 'run#run-1',
    sk: `completion#${END}`,
    v: 1,
    tag: 't',
    updated_at: 0,
    ...more,
  } as never);

beforeEach(async () => {
  world = createWorld();
  await receive(world.ports, { svixId: 'm', body: runComplete() }, 90);
  world.queue.messages.clear();
});

describe('sweep', () => {
  it('sends again what has been silent for an hour, and notes it', async () => {
    world.later(HOUR - 1);
    expect(await go()).toEqual({ oldest: HOUR - 1, resent: 0 });
    world.later(1);
    expect(await go()).toEqual({ oldest: HOUR, resent: 1 });
    expect(sent()).toEqual(['{"v":1,"event":"event-1"}']);
    expect(event().resent_at).toBe('2026-11-25T11:00:00.000Z');
    world.later(59 * MINUTE);
    expect(await go()).toEqual({ oldest: 119 * MINUTE, resent: 0 });
    world.later(MINUTE);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it.each([
    ['was written', { updated_at: START + 2 * HOUR }],
    ['has a lease', { lease: { token: 'x', until: START + 2 * HOUR } }],
    ['waits', { not_before: START + 2 * HOUR }],
  ])('sees a sign of life where the completion %s', async (_, more) => {
    completion(more);
    world.later(3 * HOUR - 1);
    expect(await go()).toMatchObject({ resent: 0 });
    world.later(1);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it('knows a completion that the API has named', async () => {
    const { ended_at: _end, ...rest } = event();
    world.model.force({ ...rest, completion: 'completion#7' });
    world.model.force({
      pk: 'run#run-1',
      sk: 'completion#7',
      v: 1,
      tag: 't',
      updated_at: START + 2 * HOUR,
    } as never);
    world.later(2 * HOUR);
    expect(await go()).toMatchObject({ resent: 0 });
    world.model.force(rest as EventItem);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it('lets paused events wait', async () => {
    world.model.force({
      pk: 'control#pause',
      sk: 'pause',
      v: 1,
      tag: 't',
      until: START + 2 * HOUR,
      streak: 1,
    } as never);
    world.later(3 * HOUR - 1);
    expect(await go()).toMatchObject({ resent: 0 });
    world.later(1);
    expect(await go()).toMatchObject({ resent: 1 });
  });

  it('is not misled by an index that is late', async () => {
    world.later(2 * HOUR);
    for (const state of ['processed', 'failed', 'ignored'] as const) {
      world.model.force({ ...event(), state });
      expect(await go()).toEqual({ oldest: 0, resent: 0 });
    }
    expect(await go(['gone'])).toEqual({ oldest: 0, resent: 0 });
  });

  it('leaves events of a later release alone', async () => {
    world.model.force({ ...event(), v: 2 });
    world.later(2 * HOUR);
    expect(await go()).toEqual({ oldest: 0, resent: 0 });
  });

  it('tells the age of the oldest', async () => {
    world.later(30 * MINUTE);
    await receive(world.ports, { svixId: 'm2', body: runComplete({ id: 'run-2' }, { event_id: 'event-2' }) }, 90);
    world.later(10 * SECOND);
    expect((await go(['event-2', 'event-1', 'event-2'])).oldest).toBe(30 * MINUTE + 10 * SECOND);
    expect(await go([])).toEqual({ oldest: 0, resent: 0 });
  });

  it('counts as sent when somebody has just worked on the event', async () => {
    world.later(2 * HOUR);
    const table = { ...world.ports.table, put: async () => ({ kind: 'conflict' }) as const };
    const listOpen = async function* () {
      yield { event_id: 'event-1', received_at: event().received_at };
    };
    expect(await sweep({ ...world.ports, table, listOpen })).toMatchObject({ resent: 1 });
    expect(sent()).toHaveLength(1);
  });

  it('does not note what it could not send', async () => {
    world.later(2 * HOUR);
    world.ports.queue.send = () => Promise.reject(new Error('down'));
    await expect(go()).rejects.toThrow('down');
    expect(event()).not.toHaveProperty('resent_at');
  });
});
