/** Version of every item shape in this release, except where a shape has a later one. */
export const ITEM_VERSION = 1;
/** Version of a completion whose plan has bodies under `plan#`: an earlier release would not find them, so it waits. */
export const PLAN_BODIES_VERSION = 2;
/** Version of an event with a body that is packed by a dictionary: an earlier release cannot read it, so it waits. Others have 1. */
export const EVENT_VERSION = 2;

/** Attribute by which DynamoDB expires items; the table's TTL setting names the same. */
export const TTL_ATTRIBUTE = 'ttl';

/** Sparse index of events that are unfinished minutes after they came. */
export const OPEN_INDEX = 'open';
/** Index of all events by the day on which they were received. */
export const BY_DAY_INDEX = 'by-day';
/** Attributes that both indexes project besides the keys: what a list shows without reading the items. */
export const INDEX_ATTRIBUTES = ['event_id', 'run_id', 'workflow_id', 'status', 'type'] as const;
/** The open index is spread over this many partitions, so that a burst does not hit one hot key. */
export const OPEN_SHARDS = 8;

export interface Key {
  pk: string;
  sk: string;
}

/** What every item of the table has. */
export interface Item extends Key {
  /** Version of the item's shape. A reader that does not know it (after a rollback) waits instead of guessing. */
  v: number;
  /** Unique per write. A put that expects this tag is a compare-and-swap. */
  tag: string;
  /** Epoch seconds after which DynamoDB may remove the item; absent while it is unfinished. */
  ttl?: number;
}

/** What a conditional put expects to find: no item, or the item last written with this tag. */
export type Expected = 'absent' | { tag: string };

/** The outcome of a conditional put. `found` is the item that is there instead, unless it is gone by now (TTL). */
export type PutOutcome = { kind: 'written' } | { kind: 'conflict'; found?: Item };

export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  put(item: Item, expected: Expected): Promise<PutOutcome>;
}

/** One write-once piece of a large body. */
export interface PieceItem extends Item {
  piece: Uint8Array;
  /** When what it held was erased, ISO 8601. */
  erased_at?: string;
}

/** Whose bodies pieces are: the verifier may write those of events, and only the processor those of plans. */
export type PieceOwner = 'event' | 'plan';

/** How the partition keys of the items of each kind begin; the roles of the functions are limited by them. */
export const KEY_PREFIXES = {
  event: 'event#',
  eventBody: 'body#',
  planBody: 'plan#',
  run: 'run#',
  /** Of what is not a run: an event that is its own completion. */
  occurrence: 'occurrence#',
  /** Of what people have done, on record; only `ops` reads it and writes it. */
  audit: 'audit#',
} as const;

export const pieceKey = (sha256: string, index: number, owner: PieceOwner = 'event'): Key => ({
  pk: `${owner === 'plan' ? KEY_PREFIXES.planBody : KEY_PREFIXES.eventBody}${sha256}/${index}`,
  sk: 'body',
});
