import { randomInt } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toItem } from '../../lambda/adapters/dynamodb-table.ts';
import { KEY_PREFIXES, OPEN_SHARDS, SECOND } from '../../lambda/core/model/index.ts';
import { paced } from '../cli/progress.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import {
  type Erasures,
  findErasures,
  holdsErased,
  isErasedPiece,
  ownersOf,
  withoutRequests,
} from './erased.ts';
import { put } from './put.ts';
import { ErasureRecord, type OverwritesErased } from './record.ts';
import { type Stored, scan } from './tables.ts';

/**
 * What is written over what the stage's table has by now: nothing; events and their bodies, which is what the verifier's
 * role can spoil; or everything.
 */
export const OVERWRITES = ['nothing', 'events', 'all'] as const;
export type Overwrites = (typeof OVERWRITES)[number];

/** Counts of items. Field names are part of `--json`. */
export interface Copied {
  /** Written into the stage's table. */
  copied: number;
  /** The stage's table had them, and keeps its own; or they were erased. */
  kept: number;
  /** Left out, as their retention is over. */
  expired: number;
}

/** An event that is marked as erased in the stage's table, and not in the other one: its payload was not brought back. */
export interface KeptErased {
  event_id: string;
  /** Whether someone has erased it, by the audit; absent if the caller may not read that. */
  on_record?: boolean;
}

export interface CopyOptions {
  source: string;
  overwrites: Overwrites;
  overwritesErased: OverwritesErased;
  signal: AbortSignal;
  onItem: (count: number) => void;
  /** Epoch milliseconds. */
  now: number;
}

/** What the copying of one item goes by. */
interface Copying extends CopyOptions {
  erasures: Erasures;
  record: ErasureRecord;
  /** Events whose mark stays, although what they were is in the other table. */
  keptErased: Set<string>;
}

/** Copies a table into that of the stage, item by item. May be repeated, and continued after an interruption. */
export async function copyBack(
  stage: AuditedStage,
  options: CopyOptions,
): Promise<Copied & { erased: KeptErased[] }> {
  const { source, signal, onItem, overwritesErased } = options;
  const counts: Copied = { copied: 0, kept: 0, expired: 0 };
  const record = new ErasureRecord(stage, overwritesErased);
  const erasures = await findErasures(stage, source, { signal, record });
  const copying: Copying = { ...options, erasures, record, keptErased: new Set() };
  const copyOne = async (item: Stored) => {
    counts[await copy(stage, item, copying)] += 1;
    onItem(counts.copied + counts.kept + counts.expired);
  };
  await paced(itemsOf(stage, source), copyOne, { pace: async () => undefined, signal });
  return { ...counts, erased: await explained(copying) };
}

async function explained({ keptErased, record }: Copying): Promise<KeptErased[]> {
  const found: KeptErased[] = [];
  const explain = async (event_id: string) => {
    const isOnRecord = await record.find(event_id);
    found.push({ event_id, ...(isOnRecord !== undefined && { on_record: isOnRecord }) });
  };
  await paced(keptErased, explain, { pace: async () => undefined });
  return found.toSorted((a, b) => (a.event_id < b.event_id ? -1 : 1));
}

/** How far the processor or the sweeper got says nothing about another table. */
const isOfOneTable = ({ pk }: Stored): boolean => pk?.S?.startsWith('control#') ?? true;

async function* itemsOf(stage: AuditedStage, source: string): AsyncGenerator<Stored> {
  for await (const page of scan(stage, source)) yield* page.filter((item) => !isOfOneTable(item));
}

async function copy(stage: AuditedStage, stored: Stored, copying: Copying): Promise<keyof Copied> {
  const { erasures, overwrites, now } = copying;
  if (isExpired(stored, now)) return 'expired';
  const item = toItem(stored);
  if (isErasedPiece(item, erasures)) return 'kept';
  if (holdsErased(item, erasures)) {
    // What the table has by now of such a run is the outcome.
    const rest = withoutRequests(item, now, stage.outputs.completionRetentionDays);
    return nameOf(await put(stage, marshall(rest, { removeUndefinedValues: true }), 'nothing'));
  }
  if (!mayOverwrite(stored, overwrites)) return nameOf(await put(stage, listed(stored), 'nothing'));
  if (!isPayload(stored)) return nameOf(await put(stage, listed(stored), 'anything'));
  return putOverPayload(stage, listed(stored), ownersOf(item, erasures), copying);
}

const nameOf = ({ kind }: { kind: string }) => (kind === 'written' ? 'copied' : 'kept');

/** What was erased stays erased, unless the person who restores says otherwise. */
async function putOverPayload(
  stage: AuditedStage,
  stored: Stored,
  owners: readonly string[],
  { record, keptErased }: Copying,
): Promise<'copied' | 'kept'> {
  const first = await put(stage, stored, 'unmarked');
  if (first.kind !== 'erased') return nameOf(first);
  const marks = await Promise.all(owners.map((id) => record.keeps(id)));
  // By exactly this mark: someone may erase it meanwhile.
  if (marks.includes(false)) return nameOf(await put(stage, stored, { mark: first.mark }));
  if (stored.erased_at === undefined) for (const id of owners) keptErased.add(id);
  return 'kept';
}

const isExpired = ({ ttl }: Stored, now: number): boolean =>
  ttl?.N !== undefined && Number(ttl.N) * SECOND <= now;

/**
 * An item as it is, except for an unfinished event that the open index does not have: the sweeper lists these in the order in which they
 * come, and is past that one, which may have lost its message.
 */
function listed(item: Stored): Stored {
  const isUnlisted =
    item.pk?.S?.startsWith(KEY_PREFIXES.event) && item.state?.S === 'received' && item.open === undefined;
  return isUnlisted ? { ...item, open: { S: String(randomInt(OPEN_SHARDS)) } } : item;
}

const isUnder = ({ pk }: Stored, ...prefixes: string[]): boolean =>
  prefixes.some((prefix) => pk?.S?.startsWith(prefix));

/** Whether an item is of a kind that an erasure marks. */
const isPayload = (item: Stored): boolean =>
  isUnder(item, KEY_PREFIXES.event, KEY_PREFIXES.eventBody, KEY_PREFIXES.planBody);

function mayOverwrite(item: Stored, overwrites: Overwrites): boolean {
  if (overwrites === 'nothing' || isUnder(item, KEY_PREFIXES.audit)) return false;
  return overwrites === 'all' || isUnder(item, KEY_PREFIXES.event, KEY_PREFIXES.eventBody);
}
