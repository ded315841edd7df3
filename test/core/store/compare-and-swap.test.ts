import { beforeEach, expect, it } from 'vitest';
import { type PauseItem, pieceKey } from '../../../lambda/core/model/index.ts';
import {
  type Draft,
  known,
  LaterReleaseError,
  LostRaceError,
  save,
  startingOver,
  trySave,
  update,
} from '../../../lambda/core/store/compare-and-swap.ts';
import { pauseItem } from '../support/items.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});

const draft = (more: Partial<PauseItem> = {}): Draft<PauseItem> => pauseItem(more);
const increment = (found: PauseItem | undefined) => ({ ...draft(found), streak: (found?.streak ?? 0) + 1 });

it('save writes an item under a fresh tag if the expected one is there', async () => {
  const first = await save<PauseItem>(world.ports, draft(), 'absent');
  const second = await save<PauseItem>(world.ports, draft({ streak: 2 }), { tag: first.tag });

  expect(second).toEqual({ ...draft(), streak: 2, tag: 'token-2' });
  expect(world.model.pause()).toEqual(second);
});

it('a lost compare-and-swap writes nothing and reports what is there instead', async () => {
  const found = pauseItem({ tag: 'other' });
  world.model.force(found);

  expect(await trySave<PauseItem>(world.ports, draft(), 'absent')).toEqual({ kind: 'lost', found });
  await expect(save<PauseItem>(world.ports, draft(), 'absent')).rejects.toThrow(LostRaceError);
  expect(world.model.pause()).toEqual(found);
});

it('work that loses a compare-and-swap starts over as often as it may', async () => {
  let attempts = 0;
  const work = (losses: number) =>
    startingOver(
      async () => {
        attempts += 1;
        if (attempts <= losses) throw new LostRaceError();
        return attempts;
      },
      (before) => before < 3,
    );

  expect(await work(2)).toBe(3);
  attempts = 0;
  expect(await work(3)).toBeUndefined();
  expect(attempts).toBe(3);
});

it('work that fails for another reason does not start over', async () => {
  const down = () => Promise.reject(new Error('the table is down'));

  await expect(startingOver(down, () => true)).rejects.toThrow('the table is down');
});

it('save counts a write that the SDK repeated as its own', async () => {
  const { put } = world.table;
  const table = {
    ...world.table,
    put: async (...args: Parameters<typeof put>) => {
      await put(...args);
      return put(...args);
    },
  };

  expect(await save<PauseItem>({ ...world.ports, table }, draft(), 'absent')).toEqual(world.model.pause());
});

it('update writes an item that did not exist', async () => {
  expect(await update(world.ports, undefined, increment)).toMatchObject({ streak: 1 });
  expect(world.model.pause()).toMatchObject({ streak: 1 });
});

it('update writes on top of the item that was read', async () => {
  const read = await save<PauseItem>(world.ports, draft({ streak: 4 }), 'absent');

  expect(await update(world.ports, read, increment)).toMatchObject({ streak: 5 });
});

it('update starts again from the item that another worker has written', async () => {
  const stale = pauseItem({ streak: 1, tag: 'stale' });
  world.model.force(pauseItem({ streak: 7, tag: 'other' }));

  expect(await update(world.ports, stale, increment)).toMatchObject({ streak: 8 });
  expect(world.model.pause()).toMatchObject({ streak: 8 });
});

it('update starts again without an item when it has expired meanwhile', async () => {
  const expired = pauseItem({ streak: 4 });

  expect(await update(world.ports, expired, increment)).toMatchObject({ streak: 1 });
});

it('update writes nothing when there is nothing to change', async () => {
  const read = pauseItem();
  world.model.force(read);

  expect(await update(world.ports, read, () => undefined)).toBeUndefined();
  expect(world.model.pause()).toEqual(read);
});

it('update stops when the item that another worker has written needs no change', async () => {
  const found = pauseItem({ streak: 7, tag: 'other' });
  world.model.force(found);

  const written = await update<PauseItem>(world.ports, undefined, (current) =>
    current ? undefined : draft(),
  );

  expect(written).toBeUndefined();
  expect(world.model.pause()).toEqual(found);
});

it('update passes on an error of the table', async () => {
  const table = { ...world.table, put: () => Promise.reject(new Error('the table is down')) };

  await expect(update({ ...world.ports, table }, undefined, increment)).rejects.toThrow('the table is down');
});

it('an item of a later release is not understood', () => {
  const later = { ...pieceKey('hash', 0), v: 2, tag: 'tag' };

  expect(() => known(later, 1)).toThrow(LaterReleaseError);
  expect(known({ ...later, v: 1 }, 1)).toEqual({ ...later, v: 1 });
  expect(known(undefined, 1)).toBeUndefined();
});
