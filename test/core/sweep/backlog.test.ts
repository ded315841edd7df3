import { describe, expect, it } from 'vitest';
import type { SweepItem } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { type SweepPorts, sweep } from '../../../lambda/core/sweep/index.ts';
import { START } from '../support/system.ts';
import { SlowWorld } from './slow-world.ts';

const TIMEOUT = 120 * SECOND;
const LATENCY = 4;

const run = (world: SlowWorld, more: Partial<SweepPorts> = {}, timeout = TIMEOUT) =>
  world.time.until(sweep({ ...world.ports(timeout), ...more }));
const control = (world: SlowWorld) => world.items.get('control#sweep sweep') as SweepItem | undefined;

describe('a sweep over 100,000 unfinished events on a table that answers in 4 ms', () => {
  it('a sweep examines 100,000 unfinished events within its timeout', async () => {
    const world = new SlowWorld(100_000, LATENCY);
    world.backlog = 99_999;
    // They are being worked on, so none is sent again.
    for (let count = 0; count < 100_000; count += 1) {
      world.put({
        pk: `run#run-of-e${count}`,
        sk: 'completion#7',
        v: 1,
        tag: 't',
        updated_at: START,
      } as never);
    }
    expect(await run(world)).toMatchObject({ examined: 100_000, resent: 0, isComplete: true });
    // Much sooner, in fact: shard by shard it would take 12 s.
    expect(world.time.now - START).toBeLessThan(5 * SECOND);
  });

  it('a sweep over 100,000 unfinished events on a table that answers in 4 ms sends them all again within its timeout if none has a message', async () => {
    const world = new SlowWorld(100_000, LATENCY);
    expect(await run(world)).toMatchObject({ examined: 100_000, resent: 100_000 });
    expect(world.time.now - START).toBeLessThan(TIMEOUT - 15 * SECOND);
    expect(new Set(world.sent).size).toBe(100_000);
    expect(world.resent).toBe(100_000);
  });
});

it('a sweep lists 30,000 unfinished events that no sweep has seen, and sends them again, within its timeout', async () => {
  const world = new SlowWorld(30_000, LATENCY);
  world.forget();

  expect(await run(world)).toMatchObject({ oldest: 24 * HOUR, examined: 30_000, isComplete: true });

  expect(world.shards.flat()).toHaveLength(30_000);
  // Much sooner, in fact: one after another, the entries alone would take 120 s.
  expect(world.time.now - START).toBeLessThan(20 * SECOND);
});

describe('a sweep that runs out of time', () => {
  it('a sweep that runs out of time stops before its deadline and reports the age all the same', async () => {
    const world = new SlowWorld(20_000, 400);
    expect(await run(world)).toMatchObject({ oldest: 24 * HOUR, isComplete: false });
    // What has begun by the deadline ends well before the function is killed.
    expect(world.time.now - START).toBeLessThan(TIMEOUT);
    expect(world.ages).toEqual([24 * HOUR]);
  });

  it('a sweep that runs out of time is continued by the next one, shard by shard, until all have had their turn', async () => {
    const world = new SlowWorld(20_000, 400);
    await run(world);
    const first = new Set(world.sent);
    expect(first.size).toBeGreaterThan(0);
    expect(Object.keys(control(world)?.cursors ?? {})).toHaveLength(8);
    world.sent.length = 0;
    await run(world);
    expect(world.sent.length).toBeGreaterThan(0);
    expect(world.sent.filter((event) => first.has(event))).toEqual([]);
    for (let sweeps = 0; sweeps < 30 && control(world)?.cursors[0]; sweeps += 1) await run(world);
    const missed = [...world.items.values()].filter(
      ({ sk, ...item }) => sk === 'event' && !('resent_at' in item),
    );
    expect(missed).toEqual([]);
    expect(control(world)?.cursors).toEqual({});
  });

  it('a sweep that runs out of time leaves no cursor behind once it has reached its start again', async () => {
    const world = new SlowWorld(800, LATENCY);
    const cursor = world.shards[3]?.[50];
    world.put({ pk: 'control#sweep', sk: 'sweep', v: 1, tag: 't', cursors: { 3: cursor } } as SweepItem);
    expect(await run(world)).toMatchObject({ resent: 800, isComplete: true });
    // The one at the cursor is the last of its shard.
    expect(
      world.sent.filter((event) => world.shards[3]?.some(({ event_id }) => event_id === event)).at(-1),
    ).toBe(cursor?.event_id);
    expect(control(world)?.cursors).toEqual({});
  });

  it('a sweep that runs out of time does not touch the cursors of a later release', async () => {
    const world = new SlowWorld(20_000, 400);
    const later = { pk: 'control#sweep', sk: 'sweep', v: 2, tag: 't', places: 'elsewhere' } as never;
    world.put(later);
    await run(world);
    expect(control(world)).toBe(later);
  });
});

describe('the age of the oldest unfinished event', () => {
  it('the age of the oldest unfinished event is reported before anything else is done', async () => {
    const world = new SlowWorld(100, LATENCY);
    const calls: number[] = [];
    const { ages } = world;
    const reportAge = (age: number) => {
      calls.push(world.time.calls);
      ages.push(age);
    };
    await run(world, { reportAge });
    expect(ages).toEqual([24 * HOUR]);
    // One short query for each shard.
    expect(calls).toEqual([8]);
  });

  it.each<[string, (ports: SweepPorts) => Partial<SweepPorts>]>([
    ['DynamoDB fails half-way', ({ reader }) => ({ reader: failingAfter(reader.getAll, 3) })],
    ['DynamoDB reads nothing', () => ({ reader: { getAll: down } })],
    ['DynamoDB writes nothing', ({ table }) => ({ table: { ...table, put: down } })],
    ['SQS returns no attributes', ({ queue }) => ({ queue: { ...queue, backlog: down } })],
    ['SQS takes nothing', ({ queue }) => ({ queue: { ...queue, sendAll: down } })],
    [
      'one shard of the index fails',
      ({ open }) => ({ open: { list: (shard, query) => (shard === 5 ? down() : open.list(shard, query)) } }),
    ],
  ])(
    'the age of the oldest unfinished event is reported although %s, and the sweep fails',
    async (_, broken) => {
      const world = new SlowWorld(10_000, LATENCY);
      const ports = world.ports();
      await expect(run(world, broken(ports))).rejects.toThrow('down');
      expect(world.ages).toEqual([24 * HOUR]);
    },
  );

  it('the age of the oldest unfinished event is not made up if no shard of the index can be read', async () => {
    const world = new SlowWorld(100, LATENCY);
    await expect(run(world, { open: { list: down } })).rejects.toThrow('down');
    expect(world.ages).toEqual([]);
  });
});

describe('a shard that fails', () => {
  it('a shard that fails keeps no other from being swept, and does not fail at the same place forever', async () => {
    const world = new SlowWorld(8_000, LATENCY);
    const { reader } = world.ports();
    const poison = `event#${world.shards[2]?.[150]?.event_id}`;
    const getAll: typeof reader.getAll = (keys) =>
      keys.some(({ pk }) => pk === poison) ? down() : reader.getAll(keys);
    await expect(run(world, { reader: { getAll } })).rejects.toThrow('down');
    expect(world.sent).toHaveLength(7_000 + 100);
    // It goes on behind the entries that could not be read.
    await expect(run(world, { reader: { getAll } })).rejects.toThrow('down');
    expect(world.sent).toHaveLength(8_000 - 100);
  });
});

describe('a full queue', () => {
  it('a full queue gets no further message of the sweeper', async () => {
    const world = new SlowWorld(1000, LATENCY);
    world.backlog = 100_000;
    expect(await run(world)).toMatchObject({ oldest: 24 * HOUR, resent: 0, isComplete: false });
    expect(world.sent).toEqual([]);
  });

  it('a full queue is filled to its limit and not beyond, and the rest goes first next time', async () => {
    const world = new SlowWorld(1000, LATENCY);
    world.backlog = 100_000 - 333;
    expect(await run(world)).toMatchObject({ resent: 333, isComplete: false });
    const first = new Set(world.sent);
    expect(first.size).toBe(333);
    world.sent.length = 0;
    await run(world);
    expect(world.sent.filter((event) => first.has(event))).toEqual([]);
    expect(new Set([...first, ...world.sent]).size).toBe(666);
  });
});

describe('messages that the queue does not take', () => {
  it('messages that the queue does not take count as refused and are tried again by the next sweep', async () => {
    const world = new SlowWorld(20, LATENCY);
    const { queue } = world.ports();
    const sendAll: typeof queue.sendAll = async (messages) => {
      const refused = messages.filter(({ event }) => event === 'e9');
      await queue.sendAll(messages.filter((message) => !refused.includes(message)));
      return refused;
    };
    expect(await run(world, { queue: { ...queue, sendAll } })).toMatchObject({ resent: 19, refused: 1 });
    expect(world.event('e8')).toHaveProperty('resent_at');
    expect(world.event('e9')).not.toHaveProperty('resent_at');
    world.sent.length = 0;
    await run(world);
    expect(world.sent).toEqual(['e9']);
  });
});

function failingAfter(getAll: SweepPorts['reader']['getAll'], calls: number): SweepPorts['reader'] {
  let left = calls;
  return {
    getAll: (keys) => {
      left -= 1;
      return left < 0 ? down() : getAll(keys);
    },
  };
}

function down(): Promise<never> {
  return Promise.reject(new Error('down'));
}
