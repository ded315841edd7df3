import { randomInt } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toItem } from '../../lambda/adapters/dynamodb-table.ts';
import { KEY_PREFIXES, OPEN_SHARDS, SECOND } from '../../lambda/core/model/index.ts';
import { paced } from '../cli/progress.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { isAwsError } from '../stage/explain.ts';
import { type Erasures, findErasures, holdsErased, isErasedPiece, withoutRequests } from './erased.ts';
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

export interface CopyOptions {
  source: string;
  overwrites: Overwrites;
  signal: AbortSignal;
  onItem: (count: number) => void;
  /** Epoch milliseconds. */
  now: number;
}

/** Copies a table into that of the stage, item by item. May be repeated, and continued after an interruption. */
export async function copyBack(stage: AuditedStage, options: CopyOptions): Promise<Copied> {
  const { source, signal, onItem } = options;
  const counts: Copied = { copied: 0, kept: 0, expired: 0 };
  const erasures = await findErasures(stage, source, signal);
  const copyOne = async (item: Stored) => {
    counts[await copy(stage, item, erasures, options)] += 1;
    onItem(counts.copied + counts.kept + counts.expired);
  };
  await paced(itemsOf(stage, source), copyOne, { pace: async () => undefined, signal });
  return counts;
}

/** How far the processor or the sweeper got says nothing about another table. */
const isOfOneTable = ({ pk }: Stored): boolean => pk?.S?.startsWith('control#') ?? true;

async function* itemsOf(stage: AuditedStage, source: string): AsyncGenerator<Stored> {
  for await (const page of scan(stage, source)) yield* page.filter((item) => !isOfOneTable(item));
}

async function copy(
  stage: AuditedStage,
  stored: Stored,
  erasures: Erasures,
  { overwrites, now }: CopyOptions,
): Promise<keyof Copied> {
  if (isExpired(stored, now)) return 'expired';
  const item = toItem(stored);
  if (isErasedPiece(item, erasures)) return 'kept';
  if (!holdsErased(item, erasures)) return put(stage, listed(stored), mayOverwrite(stored, overwrites));
  // What the table has by now of such a run is the outcome.
  const rest = withoutRequests(item, now, stage.outputs.completionRetentionDays);
  return put(stage, marshall(rest, { removeUndefinedValues: true }), false);
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

async function put(
  { clients, outputs }: AuditedStage,
  Item: Stored,
  overwrites: boolean,
): Promise<'copied' | 'kept'> {
  // What was erased stays erased.
  const ConditionExpression = overwrites ? 'attribute_not_exists(erased_at)' : 'attribute_not_exists(pk)';
  try {
    await clients.dynamoDb.send(
      new PutItemCommand({ TableName: outputs.tableName, Item, ConditionExpression }),
    );
    return 'copied';
  } catch (error) {
    if (isAwsError(error, 'ConditionalCheckFailedException')) return 'kept';
    throw error;
  }
}

function mayOverwrite({ pk }: Stored, overwrites: Overwrites): boolean {
  const of = (...prefixes: string[]) => prefixes.some((prefix) => pk?.S?.startsWith(prefix));
  if (overwrites === 'nothing' || of(KEY_PREFIXES.audit)) return false;
  return overwrites === 'all' || of(KEY_PREFIXES.event, KEY_PREFIXES.eventBody);
}
