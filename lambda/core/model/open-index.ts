import type { Item, Key } from './table.ts';

/** An entry of the open index: an event that is unfinished, or was a moment ago. */
export interface OpenEntry {
  event_id: string;
  /** ISO 8601, UTC; entries of one shard are sorted by it. */
  received_at: string;
}

export interface OpenQuery {
  /** Only what comes after this entry. */
  after?: OpenEntry | undefined;
  /** Only what was received by then, ISO 8601. */
  until?: string | undefined;
  limit: number;
}

export interface ArrivalsQuery extends OpenQuery {
  /** Only what was received from then on, ISO 8601. */
  from: string;
  until: string;
}

/** The index of all events by day, which may lag a little behind the table. */
export interface Arrivals {
  /** Entries of one day (`YYYY-MM-DD`), oldest first; fewer than the limit only at the end. */
  list(day: string, query: ArrivalsQuery): Promise<OpenEntry[]>;
}

/** The open index, which may lag a little behind the table. */
export interface OpenIndex {
  /** Entries of one shard, oldest first; fewer than the limit only at the end. */
  list(shard: number, query: OpenQuery): Promise<OpenEntry[]>;
}

/** Reads many items at once. */
export interface BatchReader {
  /** Strongly consistent unless it may lag, for half the price; in the order of the keys, which may repeat; at most {@link LARGEST_READ}. */
  getAll(keys: readonly Key[], options?: { mayLag?: boolean }): Promise<(Item | undefined)[]>;
}

/** Items that DynamoDB reads in one batch. */
export const LARGEST_READ = 100;
