import { beforeEach, expect, it } from 'vitest';
import { CENSUS_KEY, type CensusItem, SWEEP_KEY } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { type SweepPorts, sweep } from '../../../lambda/core/sweep/index.ts';
import { pauseItem } from '../support/items.ts';
import { createWorld, type World } from '../support/world.ts';
import { openEvent, sweepPorts } from './kit.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});

/** An event that came so long ago; of those that are listed, the message is lost. */
const store = (id: string, age: number, isListed: boolean) => {
  const received_at = new Date(world.system.now() - age).toISOString();
  const { open, ...event } = openEvent({ event_id: id, received_at }, 0);
  world.model.force({ ...event, ...(isListed && open !== undefined && { open }) });
};

type Unread = 'backlog' | 'control#pause' | 'control#sweep' | 'control#census';

/** A sweep that cannot read this. */
async function sweepWithout(unread: Unread) {
  const { ports, reported } = sweepPorts(world);
  const getAll: SweepPorts['reader']['getAll'] = (keys, options) =>
    keys.some(({ pk }) => pk === unread) ? down() : ports.reader.getAll(keys, options);
  const queue = unread === 'backlog' ? { ...ports.queue, backlog: down } : ports.queue;
  const error = await sweep({ ...ports, queue, reader: { getAll } }).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  return { error, ...reported, sent: world.queue.messages.size, listed: listed() };
}

const down = () => Promise.reject(new Error('down'));
const listed = () =>
  world.model.events().flatMap(({ event_id, open }) => (open === undefined ? [] : [event_id]));
const census = () => world.model.get(CENSUS_KEY) as CensusItem | undefined;

it('a sweep that does not know how long the queue is counts and reports everything, sends nothing and fails at the end', async () => {
  store('listed', 2 * HOUR, true);
  store('late', 3 * HOUR, false);

  expect(await sweepWithout('backlog')).toEqual({
    error: 'down',
    ages: [2 * HOUR, 3 * HOUR],
    waiting: [{ overdue: 2, unavailable: 0 }],
    resent: 0,
    sent: 0,
    listed: ['listed', 'late'],
  });
  expect(census()?.from).toBe(new Date(world.system.now() - 15 * MINUTE).toISOString());
});

it('a sweep that cannot read the pause does all the rest, and does not fail', async () => {
  world.model.force(pauseItem({ until: world.system.now() + MINUTE, streak: 1 }));
  store('listed', 2 * HOUR, true);
  store('late', 3 * HOUR, false);

  expect(await sweepWithout('control#pause')).toMatchObject({
    error: undefined,
    ages: [2 * HOUR, 3 * HOUR],
    waiting: [{ overdue: 2, unavailable: 0 }],
    sent: 2,
  });
});

it.each<Unread>(['control#sweep', 'control#census'])(
  'a sweep that cannot read %s sends what is listed again, leaves both places alone and fails at the end',
  async (unread) => {
    const cursors = { ...SWEEP_KEY, v: 1, tag: 'a', ...{ cursors: {} } };
    const from = { ...CENSUS_KEY, v: 1, tag: 'b', ...{ from: new Date(world.system.now()).toISOString() } };
    for (const item of [cursors, from]) world.model.force(item);
    store('listed', 2 * HOUR, true);
    store('late', 3 * HOUR, false);

    expect(await sweepWithout(unread)).toMatchObject({ error: 'down', ages: [2 * HOUR], sent: 1 });

    expect(listed()).toEqual(['listed']);
    expect([world.model.get(SWEEP_KEY), census()]).toEqual([cursors, from]);
  },
);

it.each<[Unread, number[]]>([
  ['backlog', [0]],
  ['control#pause', [0]],
  ['control#census', []],
])('a sweep that finds nothing without %s reports the ages %j', async (unread, ages) => {
  expect(await sweepWithout(unread)).toMatchObject({ ages });
});

it('no age is reported where nothing is listed and one shard cannot be read', async () => {
  const { ports, reported } = sweepPorts(world);
  const open: SweepPorts['open'] = {
    list: (shard, query) => (shard === 5 ? down() : ports.open.list(shard, query)),
  };

  await expect(sweep({ ...ports, open })).rejects.toThrow('down');

  expect(reported.ages).toEqual([]);
});
