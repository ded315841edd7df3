import { gzipSync } from 'node:zlib';
import {
  type Arrivals,
  CENSUS_KEY,
  EVENT_VERSION,
  type EventItem,
  ITEM_VERSION,
  type Item,
  OPEN_SHARDS,
  type PutOutcome,
  type Table,
} from '../../lambda/core/model/index.ts';
import { MINUTE } from '../../lambda/core/model/time.ts';
import { isPackedSmall, unpackSmall } from '../../lambda/core/store/dictionary.ts';
import { isEvent } from './model/items.ts';
import type { Rng } from './rng.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Which release processes run while one is being deployed, rolled back and deployed again. The release before differs in
 * what it stores and reads only, so here it is this one behind a table that translates.
 */
export class Releases {
  /** Share of new processes that run the release before. */
  share = 0;
  readonly #rng: Rng;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** Whether a new process runs the release before. */
  next(): boolean {
    return this.share > 0 && this.#rng.chance(this.share);
  }

  /** Whether a process may go on: a deployment that is complete has replaced those of the other release. */
  allows({ isPrevious }: { isPrevious: boolean }): boolean {
    return isPrevious ? this.share > 0 : this.share < 1;
  }

  /** The release before; this one, and back; and then this one for good. In between, both run side by side. */
  plan(scheduler: Scheduler, note: (what: string) => void): void {
    this.share = 1;
    let at = 0;
    for (const share of [0.5, 0, 0.5, 1, 0.5, 0]) {
      at += this.#rng.next() ** 2 * 20 * MINUTE;
      scheduler.in(at, () => {
        this.share = share;
        note(`release before: ${share}`);
      });
    }
  }
}

/** The table as the release before reads and writes it. */
export const asPrevious = (table: Table): Table => ({
  get: async (key) => seen(await table.get(key)),
  put: async (item, expected): Promise<PutOutcome> => {
    // It knows of no census.
    if (item.pk === CENSUS_KEY.pk) return { kind: 'written' };
    const outcome = await table.put(written(item), expected);
    const found = outcome.kind === 'conflict' ? seen(outcome.found) : undefined;
    return found ? { kind: 'conflict', found } : outcome;
  },
});

export const NO_ARRIVALS: Arrivals = { list: async () => [] };

/** What it cannot read is of a later release. */
export const seen = <T extends Item | undefined>(item: T): T =>
  item && isEvent(item) && item.v === EVENT_VERSION ? { ...item, v: EVENT_VERSION + 1 } : item;

/** It packs each body as a gzip, and has an entry in the open index from the beginning. */
function written(item: Item): Item {
  // Its other writes leave an event's body and version as they are.
  if (!isEvent(item) || item.body === undefined || !isPackedSmall(item.body)) return item;
  const body = new Uint8Array(gzipSync(unpackSmall(item.body)));
  const open = String(item.body_bytes % OPEN_SHARDS);
  const next: EventItem = { ...item, v: ITEM_VERSION, body, ...(item.state === 'received' && { open }) };
  return next;
}
