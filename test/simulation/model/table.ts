import {
  type CompletionItem,
  type EventItem,
  type Expected,
  eventKey,
  type Item,
  type Key,
  type LineageItem,
  lineageKey,
  PAUSE_KEY,
  type PauseItem,
  type PieceItem,
  type PutOutcome,
  pieceKey,
} from '../../../lambda/core/model/index.ts';
import { handedOut, stored } from './copy.ts';
import { isCompletion, isEvent, isLineage, isPause, isPiece } from './items.ts';

const idOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/**
 * The table as a map: single items, conditional puts, expiry. Every call takes effect at once. Nothing is shared with
 * who calls it: what goes in and what comes out are copies.
 */
export class TableModel {
  readonly items = new Map<string, Item>();
  /** Grows with every change. */
  changes = 0;
  /** Called after each write that took effect, with what was there before. */
  onPut: (item: Item, before: Item | undefined) => void = () => {};

  /** Called before each read by `get`. */
  onGet: (key: Key) => void = () => {};

  get(key: Key): Item | undefined {
    this.onGet(key);
    const found = this.items.get(idOf(key));
    return found && handedOut(found);
  }

  put(item: Item, expected: Expected): PutOutcome {
    const id = idOf(item);
    const found = this.items.get(id);
    const holds = expected === 'absent' ? found === undefined : found?.tag === expected.tag;
    if (!holds) return found ? { kind: 'conflict', found: handedOut(found) } : { kind: 'conflict' };
    this.force(item);
    return { kind: 'written' };
  }

  /** Writes without a condition. */
  force<T extends Item>(item: T): void {
    const id = idOf(item);
    const before = this.items.get(id);
    const next = stored(item);
    this.items.set(id, next);
    this.changes += 1;
    this.onPut(next, before);
  }

  /** Removes an item without a trace, as an operator or its expiry does. */
  remove(key: Key): void {
    this.items.delete(idOf(key));
    this.changes += 1;
  }

  /** Removes what has expired, as the real table does within days. */
  expire(now: number): Item[] {
    const gone: Item[] = [];
    for (const [id, item] of this.items) {
      if (item.ttl === undefined || item.ttl * 1000 > now) continue;
      this.items.delete(id);
      this.changes += 1;
      gone.push(item);
    }
    return gone;
  }

  event(eventId: string): EventItem | undefined {
    return this.#find(eventKey(eventId), isEvent);
  }

  completion(key: Key): CompletionItem | undefined {
    return this.#find(key, isCompletion);
  }

  lineage(runId: string): LineageItem | undefined {
    return this.#find(lineageKey(runId), isLineage);
  }

  pause(): PauseItem | undefined {
    return this.#find(PAUSE_KEY, isPause);
  }

  piece(sha256: string, index: number, owner?: 'plan'): PieceItem | undefined {
    return this.#find(pieceKey(sha256, index, owner), isPiece);
  }

  completions(): CompletionItem[] {
    return [...this.items.values()].filter(isCompletion);
  }

  /** All events, in the order in which they were first written. */
  events(): EventItem[] {
    return [...this.items.values()].filter(isEvent);
  }

  /** Not seen by `onGet`: a test looks, not the code under test. */
  #find<T extends Item>(key: Key, is: (item: Item) => item is T): T | undefined {
    const found = this.items.get(idOf(key));
    return found && is(found) ? found : undefined;
  }
}
