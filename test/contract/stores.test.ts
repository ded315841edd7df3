import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import type { Expected, Item } from '../../lambda/core/model/index.ts';
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

    it('a repeated put can be recognized as the caller’s own', async () => {
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

  describe('queue', () => {
    const receiveOne = (visibility: number): Promise<Taken> =>
      waitFor('a message', async () => (await subject.queue.receive(visibility))[0]);
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
      await subject.queue.hide(handle, 0);
      expect(await subject.queue.receive(0)).toEqual([]);
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
