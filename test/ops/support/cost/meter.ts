import {
  DAY,
  INDEX_ATTRIBUTES,
  type Item,
  type Key,
  type Table,
} from '../../../../lambda/core/model/index.ts';

/** How a table was used, in DynamoDB's units of billing. */
export interface TableUse {
  writeUnits: number;
  readUnits: number;
  /** Bytes that stay, in the table and in its indexes, by the days that they are kept. */
  bytes: Record<number, { table: number; indexes: number }>;
}

const KB = 1024;
const INDEXES = [
  ['open', 'received_at'],
  ['day', 'received_at'],
] as const;

/** A table in memory that bills as DynamoDB does: whole KB per write, indexes separately. */
export function meteredTable(): { table: Table; use: () => TableUse } {
  const items = new Map<string, Item>();
  const use = { writeUnits: 0, readUnits: 0 };
  const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;
  const table: Table = {
    async get(key) {
      const found = items.get(nameOf(key));
      use.readUnits += Math.max(1, Math.ceil(sizeOf(found ?? {}) / (4 * KB)));
      return found && structuredClone(found);
    },
    async put(item, expected) {
      const before = items.get(nameOf(item));
      const holds = expected === 'absent' ? before === undefined : before?.tag === expected.tag;
      // The larger of the two counts, also if the condition fails.
      use.writeUnits += units(Math.max(sizeOf(item), sizeOf(before ?? {})));
      if (!holds) return { kind: 'conflict', ...(before && { found: structuredClone(before) }) };
      for (const keys of INDEXES) use.writeUnits += indexUnits(keys, before, item);
      items.set(nameOf(item), structuredClone(item));
      return { kind: 'written' };
    },
  };
  return {
    table,
    use: () => {
      const now = Date.now();
      const bytes: TableUse['bytes'] = {};
      for (const [days, group] of Map.groupBy(items.values(), (item) => daysOf(item, now)))
        bytes[days] = { table: bytesOf(group), indexes: bytesOf(group.flatMap(entriesOf)) };
      return { ...use, bytes };
    },
  };
}

const units = (bytes: number): number => Math.ceil(bytes / KB);

/** An index is written if one of its attributes changes: one write, or two if its key changes. */
function indexUnits(keys: readonly string[], before: Item | undefined, after: Item): number {
  const [old, next] = [before, after].map((item) => item && projection(keys, item));
  if (JSON.stringify(old) === JSON.stringify(next)) return 0;
  const isSameKey = old && next && keys.every((key) => old[key] === next[key]);
  if (isSameKey) return units(Math.max(sizeOf(old), sizeOf(next)));
  return (old ? units(sizeOf(old)) : 0) + (next ? units(sizeOf(next)) : 0);
}

/** Undefined if the item is not in the index. */
function projection(keys: readonly string[], item: Item): Record<string, unknown> | undefined {
  const all: Record<string, unknown> = { ...item };
  if (keys.some((key) => all[key] === undefined)) return undefined;
  return Object.fromEntries(
    ['pk', 'sk', ...keys, ...INDEX_ATTRIBUTES].flatMap((name) =>
      all[name] === undefined ? [] : [[name, all[name]]],
    ),
  );
}

/** Until an item expires, rounded. */
function daysOf({ ttl }: Item, now: number): number {
  if (ttl === undefined) throw new Error('an item of the measured event would never expire');
  return Math.round((ttl * 1000 - now) / DAY);
}

const entriesOf = (item: Item): object[] =>
  INDEXES.map((keys) => projection(keys, item)).filter((entry) => entry !== undefined);

/** DynamoDB adds 100 bytes per item and per index entry to what is stored. */
const bytesOf = (entries: readonly object[]): number =>
  entries.reduce((sum, entry) => sum + sizeOf(entry) + 100, 0);

/** Size of an item as DynamoDB counts it: names and values. */
function sizeOf(value: object): number {
  return Object.entries(value).reduce(
    (sum, [name, entry]) => (entry === undefined ? sum : sum + Buffer.byteLength(name) + valueSize(entry)),
    0,
  );
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return 3 + value.reduce((sum: number, entry) => sum + 1 + valueSize(entry), 0);
  if (typeof value === 'object' && value !== null) return 3 + Object.keys(value).length + sizeOf(value);
  return 1;
}
