import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import {
  type Expected,
  eventKey,
  type Item,
  type Key,
  LARGEST_READ,
  LARGEST_SEND,
  LONGEST_WAIT,
  type OpenEntry,
  SECOND,
} from '../../lambda/core/model/index.ts';
import { LostRaceError, save } from '../../lambda/core/store/compare-and-swap.ts';
import { waitFor } from '../e2e/kit/wait.ts';
import { engines } from '../engines/engines.ts';
import { local, RECEIVES, type Subject, simulated, type Taken, withEngines } from './subjects.ts';

/** One contract for all stores: the results of the simulation apply to the database only if both behave the same. */
describe.each<[string, () => Promise<Subject>]>([
  ['the simulation', simulated],
  ['the local run', local],
  ...(engines ? [['the engines', withEngines] satisfies [string, typeof withEngines]] : []),
])('the stores of %s', (_, start) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject.close());

  describe('table', () => {
    let pk: string;
    beforeEach(() => {
      pk = randomUUID();
    });
    const item = (tag: string, more: object = {}): Item => ({ pk, sk: 'it', v: 1, tag, ...more });
    const get = () => subject.table.get({ pk, sk: 'it' });

    it('a get returns what was put, and nothing for other keys', async () => {
      expect(await get()).toBeUndefined();
      const rich = item('a', {
        ttl: 5,
        text: 'ä',
        list: [{ deep: [1, 'x', null] }],
        no: false,
        empty: '',
        left_out: undefined,
        bytes: new Uint8Array([0, 255, 1]),
      });
      expect(await subject.table.put(rich, 'absent')).toEqual({ kind: 'written' });
      const { left_out: _gone, ...stored } = rich as Item & { left_out?: undefined };
      expect(await get()).toEqual(stored);
      expect(await get()).not.toHaveProperty('left_out');
    });

    it('a put of a new item fails and returns the existing item if there is one', async () => {
      await subject.table.put(item('a', { n: 1 }), 'absent');
      expect(await subject.table.put(item('b'), 'absent')).toEqual({
        kind: 'conflict',
        found: item('a', { n: 1 }),
      });
      expect(await get()).toEqual(item('a', { n: 1 }));
    });

    it('a conditional put replaces the whole item, and only the expected version of it', async () => {
      await subject.table.put(item('a', { old: 1 }), 'absent');
      expect(await subject.table.put(item('c'), { tag: 'b' })).toEqual({
        kind: 'conflict',
        found: item('a', { old: 1 }),
      });
      expect(await subject.table.put(item('b', { n: 1 }), { tag: 'a' })).toEqual({ kind: 'written' });
      expect(await get()).toEqual(item('b', { n: 1 }));
    });

    it('a conditional put of a deleted item fails and returns nothing', async () => {
      expect(await subject.table.put(item('b'), { tag: 'a' })).toEqual({ kind: 'conflict' });
      await subject.table.put(item('a'), 'absent');
      await subject.expire(pk, 'it');
      expect(await subject.table.put(item('b'), { tag: 'a' })).toEqual({ kind: 'conflict' });
      expect(await subject.table.put(item('b'), 'absent')).toEqual({ kind: 'written' });
    });

    it('items of the same partition are independent', async () => {
      await subject.table.put(item('a'), 'absent');
      expect(await subject.table.put({ ...item('b'), sk: 'other' }, 'absent')).toEqual({ kind: 'written' });
      expect(await get()).toEqual(item('a'));
    });

    it('exactly one of several concurrent puts succeeds', async () => {
      await subject.table.put(item('a'), 'absent');
      const racers = Array.from({ length: 20 }, (_, index) =>
        subject.table.put(item(`r${index}`), { tag: 'a' }),
      );
      const outcomes = await Promise.all(racers);
      expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
      const winner = (await get())?.tag;
      for (const outcome of outcomes)
        if (outcome.kind === 'conflict') expect(outcome.found?.tag).toBe(winner);
    });

    it('a repeated put can be recognised as the caller’s own', async () => {
      const repeating = {
        ...subject.table,
        put: async (...args: Parameters<typeof subject.table.put>) => {
          await subject.table.put(...args);
          return subject.table.put(...args);
        },
      };
      const write = (tag: string, expected: Expected) =>
        save({ table: repeating, system: { ...nodeSystem, token: () => tag } }, item('x'), expected);
      await expect(write('mine', 'absent')).resolves.toMatchObject({ tag: 'mine' });
      await expect(write('next', { tag: 'mine' })).resolves.toMatchObject({ tag: 'next' });
      await expect(write('late', { tag: 'mine' })).rejects.toBeInstanceOf(LostRaceError);
    });
  });

  describe('batches of reads', () => {
    const keysOf = (count: number) => Array.from({ length: count }, () => ({ pk: randomUUID(), sk: 'it' }));

    const itemOf = (key: Key): Item => ({ ...key, v: 1, tag: key.pk });

    it('a batch is answered in the order of its keys, which may repeat or be of no item', async () => {
      const [a, none, b] = keysOf(3) as [Key, Key, Key];
      for (const key of [a, b]) await subject.table.put(itemOf(key), 'absent');

      const found = await subject.reader.getAll([b, none, a, b]);

      expect(found.map((item) => item?.tag)).toEqual([b.pk, undefined, a.pk, b.pk]);
    });

    it('a batch is read whole, even if it is larger than one answer of DynamoDB', async () => {
      const keys = keysOf(25);
      const bytes = new Uint8Array(350_000);
      for (const key of keys) await subject.table.put({ ...itemOf(key), ...{ bytes } }, 'absent');

      const found = await subject.reader.getAll(keys);

      expect(found.map((item) => item?.tag)).toEqual(keys.map(({ pk }) => pk));
    });

    it('a batch may have as many keys as the sweeper reads at once', async () => {
      expect(await subject.reader.getAll(keysOf(LARGEST_READ))).toHaveLength(LARGEST_READ);
    });
  });

  describe('open index', () => {
    const at = (day: number) => `2026-11-0${day}T00:00:00.000Z`;
    const ids = (entries: OpenEntry[]) => entries.map(({ event_id }) => event_id);
    let shard = 0;
    /** Stores an event with these attributes in the current shard. */
    const store = (id: string, attributes: object): Promise<unknown> =>
      subject.table.put({ ...eventKey(id), v: 1, tag: id, ...{ event_id: id, ...attributes } }, 'absent');
    const open = (id: string, day: number) => store(id, { open: String(shard), received_at: at(day) });
    beforeEach(() => {
      shard += 1;
    });

    it('entries of a shard are listed oldest first, and only those that are open', async () => {
      const [first, second, finished, elsewhere] = Array.from({ length: 4 }, () => randomUUID());
      await open(second as string, 2);
      await open(first as string, 1);
      await store(finished as string, { received_at: at(1) });
      await store(elsewhere as string, { open: '99', received_at: at(1) });

      const entries = await subject.open.list(shard, { limit: 10 });

      expect(ids(entries)).toEqual([first, second]);
      expect(entries[0]).toEqual({ event_id: first, received_at: at(1) });
    });

    it('a list ends at its limit, and with what was received by a time', async () => {
      for (const day of [1, 2, 3, 4]) await open(`${shard}-${day}`, day);

      expect(ids(await subject.open.list(shard, { limit: 2 }))).toEqual([`${shard}-1`, `${shard}-2`]);
      expect(ids(await subject.open.list(shard, { limit: 10, until: at(3) }))).toHaveLength(3);
    });

    it('a list goes on after an entry, even if that is gone', async () => {
      for (const day of [1, 2, 3]) await open(`${shard}-${day}`, day);
      const { pk, sk } = eventKey(`${shard}-2`);
      await subject.expire(pk, sk);

      const after = { event_id: `${shard}-2`, received_at: at(2) };
      expect(ids(await subject.open.list(shard, { after, limit: 10 }))).toEqual([`${shard}-3`]);
    });

    it('entries of one millisecond are each listed once, one after the other', async () => {
      const same = ['a', 'b', 'c'].map((name) => `${shard}-${name}`);
      for (const id of same) await open(id, 1);

      const listed: OpenEntry[] = [];
      while (listed.length <= same.length) {
        const page = await subject.open.list(shard, { after: listed.at(-1), limit: 1 });
        if (page.length === 0) break;
        listed.push(...page);
      }

      expect(ids(listed).sort()).toEqual(same);
    });

    it('nothing is listed after an entry that is younger than the time up to which to list', async () => {
      for (const day of [1, 3]) await open(`${shard}-${day}`, day);

      const after = { event_id: `${shard}-3`, received_at: at(3) };
      expect(await subject.open.list(shard, { after, until: at(2), limit: 10 })).toEqual([]);
    });
  });

  describe('index by day', () => {
    const at = (minute: number) => `2026-11-0${day}T00:0${minute}:00.000Z`;
    let day = 0;
    const arrive = (id: string, minute: number, attributes = {}) => {
      const event = { event_id: id, day: at(0).slice(0, 10), received_at: at(minute), ...attributes };
      return subject.table.put({ ...eventKey(id), v: 1, tag: id, ...event }, 'absent');
    };
    const list = async (query: object) => {
      const whole = { from: at(0), until: at(9), limit: 10, ...query };
      return (await subject.arrivals.list(at(0).slice(0, 10), whole)).map(({ event_id }) => event_id);
    };
    beforeEach(() => {
      day += 1;
    });

    it('events of a day are listed oldest first, finished or not, within a span of time', async () => {
      const ids = [1, 2, 3, 4].map((minute) => `${day}-${minute}`);
      for (const id of ids) await arrive(`day-${id}`, Number(id.at(-1)), { state: 'processed' });
      await arrive(`day-${day}-other`, 2, { day: '2026-10-01' });

      expect(await list({})).toEqual(ids.map((id) => `day-${id}`));
      expect(await list({ from: at(2), until: at(3) })).toEqual([`day-${day}-2`, `day-${day}-3`]);
    });

    it('a list of a day goes on after an entry, up to its limit', async () => {
      for (const minute of [1, 2, 3]) await arrive(`after-${day}-${minute}`, minute);

      const after = { event_id: `after-${day}-1`, received_at: at(1) };
      expect(await list({ after, limit: 1 })).toEqual([`after-${day}-2`]);
      expect(await list({ after: { event_id: `after-${day}-3`, received_at: at(3) } })).toEqual([]);
    });
  });

  describe('queue', () => {
    const receiveOne = (visibility: number): Promise<Taken> =>
      waitFor('a message', async () => (await subject.queue.receive(visibility))[0]);
    const waitForAll = async (count: number): Promise<Taken[]> => {
      const taken: Taken[] = [];
      await waitFor(`${count} messages`, async () => {
        taken.push(...(await subject.queue.receive(30)));
        return taken.length >= count;
      });
      return taken;
    };
    let body: string;
    beforeEach(async () => {
      body = randomUUID();
      await subject.queue.send(body);
    });

    it('received messages are hidden, and their receives are counted', async () => {
      const first = await receiveOne(30);
      expect(first).toMatchObject({ body, receives: 1 });
      expect(await subject.queue.receive(30)).toEqual([]);
      await subject.queue.hide(first.handle, 0);
      const second = await receiveOne(30);
      expect(second).toMatchObject({ body, receives: 2 });
      expect(second.handle).not.toBe(first.handle);
      await subject.queue.delete(second.handle);
    });

    it('a message is visible again after its visibility timeout', async () => {
      const first = await receiveOne(30);
      await subject.queue.hide(first.handle, 1);
      expect(await subject.queue.receive(30)).toEqual([]);
      const second = await receiveOne(30);
      expect(second.receives).toBe(2);
      await subject.queue.delete(second.handle);
      expect(await subject.queue.receive(0)).toEqual([]);
    });

    it('a stale receipt handle does not delete a message', async () => {
      const first = await receiveOne(30);
      await subject.queue.hide(first.handle, 0);
      const second = await receiveOne(30);
      await subject.queue.delete(first.handle);
      await subject.queue.hide(second.handle, 0);
      const third = await receiveOne(30);
      expect(third).toMatchObject({ body, receives: 3 });
      await subject.queue.delete(third.handle);
    });

    it('a deleted message does not come back', async () => {
      const { handle } = await receiveOne(30);
      await subject.queue.delete(handle);
      await subject.queue.delete(handle);
      await subject.queue.hide(handle, 0).catch(() => 'some services reject this');
      expect(await subject.queue.receive(0)).toEqual([]);
    });

    it('messages of a batch are received one by one, and count as backlog until they are deleted', async () => {
      await subject.queue.delete((await receiveOne(30)).handle);
      const sent = Array.from({ length: LARGEST_SEND }, () => ({ v: 1 as const, event: randomUUID() }));

      expect(await subject.queue.sendAll(sent)).toEqual([]);

      expect(await subject.queue.backlog()).toBe(LARGEST_SEND);
      const received = await waitForAll(LARGEST_SEND);
      expect(received.map(({ body }) => JSON.parse(body).event).sort()).toEqual(
        sent.map(({ event }) => event).sort(),
      );
      expect(await subject.queue.backlog()).toBe(LARGEST_SEND);
      for (const { handle } of received) await subject.queue.delete(handle);
      expect(await subject.queue.backlog()).toBe(0);
    });

    it('a message can be hidden for the longest time, and be shown again before', async () => {
      const first = await receiveOne(30);
      await subject.queue.hide(first.handle, LONGEST_WAIT / SECOND);
      expect(await subject.queue.receive(30)).toEqual([]);
      await subject.queue.hide(first.handle, 0);
      await subject.queue.delete((await receiveOne(30)).handle);
    });

    it('a message moves to the dead-letter queue after its last receive', async () => {
      for (let receives = 1; receives <= RECEIVES; receives += 1) {
        const { handle } = await receiveOne(30);
        await subject.queue.hide(handle, 0);
      }
      const dead = await waitFor('the dead letter', async () => {
        expect(await subject.queue.receive(30)).toEqual([]);
        return (await subject.queue.deadLetters()).find((letter) => letter.body === body);
      });
      expect(dead.body).toBe(body);
    });
  });
});
