import type { Expected, Item, Key, PutOutcome } from '../../../lambda/core/model/index.ts';

const idOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/** The table as a map: single items, conditional puts, expiry. Every call takes effect at once. */
export class TableModel {
  readonly items = new Map<string, Item>();
  /** Told of each write that took effect, with what was there before. */
  onPut: (item: Item, before: Item | undefined) => void = () => {};

  /** Told of each read. */
  onGet: (key: Key) => void = () => {};

  get(key: Key): Item | undefined {
    this.onGet(key);
    return this.items.get(idOf(key));
  }

  put(item: Item, expected: Expected): PutOutcome {
    const id = idOf(item);
    const found = this.items.get(id);
    const holds = expected === 'absent' ? found === undefined : found?.tag === expected.tag;
    if (!holds) return found ? { kind: 'conflict', found } : { kind: 'conflict' };
    this.force(item);
    return { kind: 'written' };
  }

  /** Writes without a condition. */
  force<T extends Item>(item: T): void {
    const id = idOf(item);
    const before = this.items.get(id);
    // Undefined attributes do not exist in DynamoDB.
    const stored = Object.fromEntries(
      Object.entries(item).filter(([, value]) => value !== undefined),
    ) as unknown as Item;
    this.items.set(id, stored);
    this.onPut(stored, before);
  }

  /** Removes what has expired, as the real table does within days. */
  expire(now: number): Item[] {
    const gone: Item[] = [];
    for (const [id, item] of this.items) {
      if (item.ttl === undefined || item.ttl * 1000 > now) continue;
      this.items.delete(id);
      gone.push(item);
    }
    return gone;
  }

  all<T extends Item>(sk: string): T[] {
    return [...this.items.values()].filter((item) => item.sk.startsWith(sk)) as T[];
  }
}
