import type { Expected, Item, Key, Table } from '../model/index.ts';
import { ITEM_VERSION } from '../model/index.ts';

/** Someone else wrote the item since it was read. `found` is what is there now. */
export class LostRaceError extends Error {
  override name = 'LostRaceError';
  readonly found: Item | undefined;
  constructor(found: Item | undefined) {
    super('another worker changed the item; read it again');
    this.found = found;
  }
}

/** An item was written by a later release, and this one runs after a rollback: it waits instead of guessing. */
export class LaterReleaseError extends Error {
  override name = 'LaterReleaseError';
  constructor() {
    super('an item was written by a later release; deploy that release again');
  }
}

/** @throws LaterReleaseError */
export function known<T extends Item>(item: Item | undefined): T | undefined {
  if (item && item.v > ITEM_VERSION) throw new LaterReleaseError();
  return item as T | undefined;
}

/**
 * Reads an item that this release understands.
 *
 * @throws LaterReleaseError
 */
export const load = async <T extends Item>(table: Table, key: Key): Promise<T | undefined> =>
  known<T>(await table.get(key));

/**
 * Compare-and-swap: writes `next` under a fresh tag if `expected` still holds.
 *
 * The SDK repeats a put whose answer was lost; the repeat then fails on our own first write. The tag tells:
 * if what is there carries the tag that we just made, the write was ours and counts.
 *
 * @throws LostRaceError when somebody else's write is there.
 */
export async function save<T extends Item>(
  table: Table,
  next: Omit<T, 'tag'>,
  expected: Expected,
  token: string,
): Promise<T> {
  const item = { ...next, tag: token } as unknown as T;
  const outcome = await table.put(item, expected);
  if (outcome.ok || outcome.found?.tag === token) return item;
  throw new LostRaceError(outcome.found);
}
