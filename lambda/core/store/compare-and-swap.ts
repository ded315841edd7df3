import type { Expected, Item, System, Table } from '../model/index.ts';

/** Another worker wrote the item since it was read. */
export class LostRaceError extends Error {
  override name = 'LostRaceError';
  constructor() {
    super('another worker changed the item; read it again');
  }
}

/** An item was written by a later release, and this release runs after a rollback: it waits instead of guessing. */
export class LaterReleaseError extends Error {
  override name = 'LaterReleaseError';
  constructor() {
    super('an item was written by a later release; deploy that release again');
  }
}

/**
 * An item, if this release understands it.
 *
 * @param latest The latest version of its shape.
 * @throws LaterReleaseError
 */
export function known<T extends Item>(item: T | undefined, latest: number): T | undefined {
  if (item && item.v > latest) throw new LaterReleaseError();
  return item;
}

export interface Store {
  table: Table;
  system: System;
}

/** An item as it is decided upon; its tag is made when it is written. */
export type Draft<T extends Item> = Omit<T, 'tag'>;

/** How a compare-and-swap went. `found` is what is there instead, unless it is gone by now (TTL). */
export type Swap<T extends Item> = { kind: 'written'; item: T } | { kind: 'lost'; found: T | undefined };

/**
 * Compare-and-swap: writes `next` under a fresh tag if `expected` still holds.
 *
 * The SDK repeats a put whose response was lost, and the repeat then fails on our own first write. The tag shows which
 * it was: if the item that is there carries the tag made here, the write was ours and counts.
 */
export async function trySave<T extends Item>(
  { table, system }: Store,
  next: Draft<T>,
  expected: Expected,
  tag = system.token(),
): Promise<Swap<T>> {
  // `T` is what `next` is with its tag back; TypeScript cannot see that of a generic `Omit`.
  const item = { ...next, tag } as unknown as T;
  const outcome = await table.put(item, expected);
  if (outcome.kind === 'written' || outcome.found?.tag === tag) return { kind: 'written', item };
  // The same key holds the same kind of item.
  return { kind: 'lost', found: outcome.found as T | undefined };
}

/**
 * The same, where losing means that what was decided on is no longer true.
 *
 * @throws LostRaceError if another worker's write is there; see {@link startingOver}.
 */
export async function save<T extends Item>(store: Store, next: Draft<T>, expected: Expected): Promise<T> {
  const swap = await trySave<T>(store, next, expected);
  if (swap.kind === 'lost') throw new LostRaceError();
  return swap.item;
}

/**
 * Writes what `change` makes of an item, and tries again with what is there whenever another worker was faster.
 *
 * @param found The item as it was read; undefined if it did not exist.
 * @param change Gets the item whatever its version (see {@link known}) and returns the next one, or undefined if
 * there is nothing to write any more.
 * @returns The item as written, or undefined if nothing was.
 */
export async function update<T extends Item>(
  store: Store,
  found: T | undefined,
  change: (found: T | undefined) => Draft<T> | undefined,
): Promise<T | undefined> {
  for (let current = found; ; ) {
    const next = change(current);
    if (next === undefined) return undefined;
    const swap = await trySave<T>(store, next, current ? { tag: current.tag } : 'absent');
    if (swap.kind === 'written') return swap.item;
    current = swap.found;
  }
}

/**
 * Starts work over that has lost a compare-and-swap: what it decided on is no longer true.
 *
 * @param mayStart Asked before each attempt, with the number of attempts so far.
 * @returns Undefined if it may not start again.
 */
export async function startingOver<T>(
  work: () => Promise<T>,
  mayStart: (attempts: number) => boolean,
): Promise<T | undefined> {
  for (let attempts = 0; mayStart(attempts); attempts += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
    }
  }
  return undefined;
}
