import {
  type AttributeValue,
  DescribeTableCommand,
  ScanCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { SECOND } from '../../lambda/core/model/index.ts';
import { OperatorError } from '../errors.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { isAwsError } from '../stage/explain.ts';
import { pagesOf } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import { projectionOf } from '../stage/table.ts';

/** A table cannot be restored, or is not one of this service. */
export class RestoreRefusedError extends OperatorError {
  override name = 'RestoreRefused';
}

/** How a restore waits, and what it says meanwhile. */
export interface Waiting {
  onProgress: (text: string) => void;
  /** Milliseconds. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** Ends the waiting. */
  signal?: AbortSignal;
}

/** The table; undefined if it does not exist. */
export async function describeTable(
  { clients }: Stage,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await clients.dynamoDb.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

/** Between two looks at a table that is being restored, milliseconds. */
const INTERVAL = 10 * SECOND;

/** Waits until a table has been restored, or it is interrupted. @throws RestoreRefusedError if it is gone */
export async function waitUntilActive(
  stage: Stage,
  name: string,
  { onProgress, sleep, signal }: Waiting,
): Promise<void> {
  while (!signal?.aborted) {
    const table = await describeTable(stage, name);
    if (!table) throw new RestoreRefusedError(`table ${name} does not exist any more`);
    if (table.TableStatus === 'ACTIVE' && table.RestoreSummary?.RestoreInProgress !== true) return;
    onProgress(`${name}: ${table.TableStatus}`);
    await sleep(INTERVAL, signal);
  }
}

/** @throws RestoreRefusedError unless the table exists, is another one than the stage's, and has its keys */
export async function checkSource(stage: Stage, name: string): Promise<void> {
  if (name === stage.outputs.tableName)
    throw new RestoreRefusedError(`${name} is the table of ${stage.stackName} itself`, {
      next: 'name the table to copy from',
    });
  const table = await describeTable(stage, name);
  if (!table)
    throw new RestoreRefusedError(`table ${name} does not exist in ${stage.region}`, {
      next: 'check its name and --region',
    });
  const keys = table.KeySchema?.map(({ AttributeName }) => AttributeName).join();
  if (keys !== 'pk,sk')
    throw new RestoreRefusedError(`${name} is not a table of this service, as its keys are ${keys}`);
}

/** An item as DynamoDB has it. */
export type Stored = Record<string, AttributeValue>;

/** All items of a table, read with strong consistency; only these attributes of them, if any are given. */
export function scan({ clients }: AuditedStage, TableName: string, attributes?: readonly string[]) {
  const shape = attributes && projectionOf(attributes);
  return pagesOf<Stored, Stored>(async (ExclusiveStartKey) => {
    const start = ExclusiveStartKey && { ExclusiveStartKey };
    const input = { TableName, ConsistentRead: true, ...shape, ...start };
    const { Items: items, LastEvaluatedKey: next } = await clients.dynamoDb.send(new ScanCommand(input));
    return { items, next };
  });
}
