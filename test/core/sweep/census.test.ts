import { beforeEach, expect, it } from 'vitest';
import { CENSUS_KEY, type CensusItem, type EventItem, eventKey } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { type SweepPorts, sweep } from '../../../lambda/core/sweep/index.ts';
import { isEvent } from '../../simulation/model/items.ts';
import { createWorld, type World } from '../support/world.ts';
import { openEvent, sweepPorts } from './kit.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
const sweepEvents = async (more: Partial<SweepPorts> = {}) => {
  const { ports, reported } = sweepPorts(world);
  const swept = await sweep({ ...ports, ...more });
  return { ...swept, ages: reported.ages };
};
const isoTime = (at: number) => new Date(at).toISOString();
/** An event that came so long ago, and is in no index but that of the arrivals. */
const store = (id: string, age: number, more: Partial<EventItem> = {}) => {
  const { open: _open, ...event } = openEvent(
    { event_id: id, received_at: isoTime(world.system.now() - age) },
    0,
  );
  world.model.force({ ...event, ...more });
};
const listed = () =>
  world.model
    .events()
    .filter(({ open }) => open !== undefined)
    .map(({ event_id }) => event_id);
const next = () => (world.model.get(CENSUS_KEY) as CensusItem | undefined)?.from;

it('an event that is unfinished after five minutes gets an entry in the open index, and nothing else changes', async () => {
  store('young', 5 * MINUTE - 1);
  store('late', 5 * MINUTE);
  const before = world.model.event('late');

  await sweepEvents();

  expect(listed()).toEqual(['late']);
  expect(world.model.event('late')).toEqual({ ...before, open: '0', tag: expect.any(String) });
});

it.each(['processed', 'failed', 'ignored'] as const)('an event that is %s gets no entry', async (state) => {
  store('ended', HOUR, { state });

  await sweepEvents();

  expect(listed()).toEqual([]);
});

it('an event that finishes while it gets its entry has none in the end', async () => {
  store('late', HOUR);
  const { table } = world.ports;
  let isRaced = false;
  const put: typeof table.put = async (item, expected) => {
    const found = world.model.event('late') as EventItem;
    if (item.pk === found.pk && !isRaced) {
      isRaced = true;
      world.model.force({ ...found, state: 'processed', tag: 'finished' });
    }
    return table.put(item, expected);
  };

  await sweepEvents({ table: { ...table, put } });

  expect([isRaced, listed()]).toEqual([true, []]);
});

it('a forged time of arrival does not hide the age of other events', async () => {
  store('late', 30 * MINUTE);
  world.model.force(openEvent({ event_id: 'forged', received_at: 'zzzz' }, 0));

  expect(await sweepEvents()).toMatchObject({ oldest: 30 * MINUTE, ages: [30 * MINUTE] });
});

it('the age of what the census finds is reported in the same sweep', async () => {
  store('late', 30 * MINUTE);

  expect(await sweepEvents()).toMatchObject({ oldest: 30 * MINUTE, ages: [30 * MINUTE] });
});

it('an age of zero is reported if a census finds nothing, also if it stops early, and not if it fails or has no time', async () => {
  const { ports, reported } = sweepPorts(world);
  const list = () => Promise.reject(new Error('throttled'));

  await expect(sweep({ ...ports, arrivals: { list } })).rejects.toThrow('throttled');
  expect(reported.ages).toEqual([]);

  await sweep({ ...ports, deadline: world.system.now() });
  expect(reported.ages).toEqual([]);

  const slow: SweepPorts['arrivals']['list'] = async (...asked) => {
    world.system.time += MINUTE;
    return ports.arrivals.list(...asked);
  };
  const stopped = await sweep({ ...ports, arrivals: { list: slow }, deadline: world.system.now() + MINUTE });
  expect(stopped.isComplete).toBe(false);
  await sweep(ports);
  expect(reported.ages).toEqual([0, 0]);
});

it('an event that cannot be listed is counted all the same', async () => {
  const { ports, reported } = sweepPorts(world);
  store('late', HOUR);
  const put = () => Promise.reject(new Error('throttled'));

  await expect(sweep({ ...ports, table: { ...ports.table, put } })).rejects.toThrow('throttled');

  expect(reported.ages).toEqual([HOUR]);
});

it('an event that the index shows late is found, and each is looked at until it is fifteen minutes old', async () => {
  let isHidden = true;
  const { ports } = sweepPorts(world);
  const arrivals: SweepPorts['arrivals'] = {
    list: async (day, query) => (isHidden ? [] : ports.arrivals.list(day, query)),
  };
  await sweepEvents();
  store('late', 14 * MINUTE);
  await sweepEvents({ arrivals });
  isHidden = false;
  world.later(15 * MINUTE);

  await sweepEvents({ arrivals });

  expect(listed()).toEqual(['late']);
  store('older', 15 * MINUTE + 1);
  await sweepEvents();
  expect(listed()).toEqual(['late']);
});

it('the first census begins ninety days back, and crosses midnight', async () => {
  store('too-old', 90 * DAY + SECOND);
  store('old', 90 * DAY - SECOND);
  store('yesterday', DAY);

  await sweepEvents();

  expect(listed().sort()).toEqual(['old', 'yesterday']);
});

it('a census that runs out of time goes on where it stopped', async () => {
  for (let count = 0; count < 2500; count += 1) store(`late-${count}`, HOUR - count * SECOND);
  const { ports } = sweepPorts(world);
  let pages = 0;
  const arrivals: SweepPorts['arrivals'] = {
    list: async (day, query) => {
      pages += 1;
      // A page takes 35 s: two of them take more than half of a sweep, which is all that a census may take.
      world.later(35 * SECOND);
      return ports.arrivals.list(day, query);
    },
  };
  world.model.force({ ...CENSUS_KEY, v: 1, tag: 'a', ...{ from: isoTime(world.system.now() - 2 * HOUR) } });

  expect(await sweepEvents({ arrivals })).toMatchObject({ isComplete: false });
  const first = pages;
  await sweepEvents({ arrivals });

  expect(first).toBeGreaterThan(1);
  expect(listed().length).toBeGreaterThan(2000);
});

it('a census ends only when all of its writes have, also if the first of them fails', async () => {
  for (let count = 0; count < 5; count += 1) store(`e${count}`, HOUR);
  let left = 0;
  const { put } = world.table;

  await expect(
    sweepEvents({
      table: {
        ...world.table,
        put: async (item, expected) => {
          if (!isEvent(item) || world.model.event(item.event_id)?.open !== undefined)
            return put(item, expected);
          left += 1;
          if (left === 1) throw new Error('throttled');
          await new Promise((resolve) => setImmediate(resolve));
          return put(item, expected);
        },
      },
    }),
  ).rejects.toThrow('throttled');

  expect(left).toBe(5);
  expect(listed()).toHaveLength(4);
});

it('a census that fails lets the sweep go on, is reported, and is made up for', async () => {
  store('listed', 2 * HOUR, { open: '0' });
  store('late', 2 * HOUR);
  const list = () => Promise.reject(new Error('throttled'));

  await expect(sweepEvents({ arrivals: { list } })).rejects.toThrow('throttled');

  expect(world.queue.messages.size).toBe(1);
  expect(next()).toBeUndefined();
  await sweepEvents();
  expect(listed().sort()).toEqual(['late', 'listed']);
});

/** Arrivals whose pages from this one on cannot be read. */
const failingFrom = (page: number): SweepPorts['arrivals'] => {
  const { ports } = sweepPorts(world);
  let pages = 0;
  return {
    list: async (day, query) => {
      pages += 1;
      if (pages >= page) throw new Error('throttled');
      return ports.arrivals.list(day, query);
    },
  };
};

it('a census whose third page fails reports what the first two held, and the next one begins behind them', async () => {
  for (let count = 0; count < 2500; count += 1) store(`late-${count}`, 3 * HOUR - count * SECOND);
  world.model.force({ ...CENSUS_KEY, v: 1, tag: 'a', ...{ from: isoTime(world.system.now() - 4 * HOUR) } });
  const { ports, reported } = sweepPorts(world);

  await expect(sweep({ ...ports, arrivals: failingFrom(3) })).rejects.toThrow('throttled');

  expect(reported).toMatchObject({ ages: [3 * HOUR], waiting: [{ overdue: 2000 }] });
  expect(listed()).toHaveLength(2000);
  expect(next()).toBe(world.model.event('late-1999')?.received_at);
  // Which is one page more.
  await sweepEvents({ arrivals: failingFrom(2) });
  expect(listed()).toHaveLength(2500);
});

it('a census that fails near the present begins no later than the index may lag', async () => {
  for (let count = 0; count < 1000; count += 1) store(`late-${count}`, 7 * MINUTE);
  world.model.force({ ...CENSUS_KEY, v: 1, tag: 'a', ...{ from: isoTime(world.system.now() - HOUR) } });

  await expect(sweepEvents({ arrivals: failingFrom(2) })).rejects.toThrow('throttled');

  expect(listed()).toHaveLength(1000);
  expect(next()).toBe(isoTime(world.system.now() - 15 * MINUTE));
});

it('a census whose place cannot be written still counts what it found', async () => {
  store('late', 2 * HOUR);
  const { ports, reported } = sweepPorts(world);
  const put: typeof ports.table.put = async (item, expected) => {
    if (item.pk === CENSUS_KEY.pk) throw new Error('throttled');
    return ports.table.put(item, expected);
  };

  await expect(sweep({ ...ports, table: { ...ports.table, put } })).rejects.toThrow('throttled');

  expect(reported).toMatchObject({ ages: [2 * HOUR], waiting: [{ overdue: 1 }] });
});

it('what a later release has written is not touched but counted, and its own census begins there', async () => {
  store('later', HOUR, { v: 3 });
  store('late', 30 * MINUTE);
  const before = world.model.event('later');

  expect(await sweepEvents()).toMatchObject({ oldest: HOUR });

  expect(world.model.event('later')).toEqual(before);
  expect(next()).toBe(before?.received_at);
  world.model.remove(eventKey('later'));
  await sweepEvents();
  expect(Date.parse(next() ?? '')).toBeGreaterThan(Date.parse(before?.received_at ?? ''));
});
