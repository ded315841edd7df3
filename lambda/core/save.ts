import type { Expected, Item, Table } from './ports.ts';

/** Someone else wrote the item since it was read. `found` is what is there now. */
export class LostRaceError extends Error {
  override name = 'LostRaceError';
  readonly found: Item | undefined;
  constructor(found: Item | undefined) {
    super('another worker changed the item; read it again');
    this.found = found;
  }
}

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
