import { type Expected, ITEM_VERSION, type Item, type System, type Table } from '../model/index.ts';

/** Another worker wrote the item since it was read. `found` is what is there now. */
export class LostRaceError extends Error {
  override name = 'LostRaceError';
  readonly found: Item | undefined;
  constructor(found: Item | undefined) {
    super('another worker changed the item; read it again');
    this.found = found;
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
export function known<T extends Item>(item: T | undefined, latest = ITEM_VERSION): T | undefined {
  if (item && item.v > latest) throw new LaterReleaseError();
  return item;
}

export interface Store {
  table: Table;
  system: System;
}

/** An item as it is decided upon; its tag is made when it is written. */
export type Draft<T extends Item> = Omit<T, 'tag'>;

/**
 * Compare-and-swap: writes `next` under a fresh tag if `expected` still holds.
 *
 * The SDK repeats a put whose answer was lost, and the repeat then fails on our own first write. The tag tells:
 * if the item that is there carries the tag made here, the write was ours and counts.
 *
 * @throws LostRaceError if another worker's write is there.
 */
export async function save<T extends Item>(
  { table, system }: Store,
  next: Draft<T>,
  expected: Expected,
  tag = system.token(),
): Promise<T> {
  // `T` is what `next` is with its tag back; TypeScript cannot see that of a generic `Omit`.
  const item = { ...next, tag } as unknown as T;
  const outcome = await table.put(item, expected);
  if (outcome.kind === 'written' || outcome.found?.tag === tag) return item;
  throw new LostRaceError(outcome.found);
}

/**
 * Writes what `change` makes of an item, and tries again with what is there whenever another worker was faster.
 *
 * @param found The item as it was read; undefined if there was none.
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
    try {
      return await save<T>(store, next, current ? { tag: current.tag } : 'absent');
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      // The same key holds the same kind of item.
      current = error.found as T | undefined;
    }
  }
}
