import { DescribeContinuousBackupsCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DAY } from '../../lambda/core/model/index.ts';
import { isAwsError } from './explain.ts';
import type { Stage } from './stage.ts';

/** DynamoDB's point-in-time recovery of a table; times are epoch milliseconds. */
export interface Backups {
  /** The times to which the table can be restored. */
  earliest: number;
  latest: number;
  /** For how long a change can be undone, in milliseconds. */
  reach: number;
}

/** Longest, and what it was before it could be chosen. */
const MOST_DAYS = 35;

/** Undefined while it is off, and in the local run, which has none. */
export async function readBackups({ clients, outputs, isLocal }: Stage): Promise<Backups | undefined> {
  if (isLocal) return undefined;
  const { ContinuousBackupsDescription: backups } = await clients.dynamoDb.send(
    new DescribeContinuousBackupsCommand({ TableName: outputs.tableName }),
  );
  const {
    EarliestRestorableDateTime: earliest,
    LatestRestorableDateTime: latest,
    RecoveryPeriodInDays: days = MOST_DAYS,
  } = backups?.PointInTimeRecoveryDescription ?? {};
  if (!earliest || !latest) return undefined;
  return { earliest: earliest.getTime(), latest: latest.getTime(), reach: days * DAY };
}

/** Ends the name of a table that `restore` has made: the point in time. */
const POINT = /^\d{8}T\d{6}Z$/;

/**
 * Tables in which `restore` has put what the stage's table held at some time, and which no one has deleted.
 *
 * @returns undefined if the caller may not list tables
 */
export async function restoredTables({ clients, outputs, isLocal }: Stage): Promise<string[] | undefined> {
  if (isLocal) return [];
  const prefix = `${outputs.tableName}-`;
  // The list is sorted, and begins after this name.
  const list = new ListTablesCommand({ ExclusiveStartTableName: prefix });
  try {
    const { TableNames = [] } = await clients.dynamoDb.send(list);
    return TableNames.filter((name) => name.startsWith(prefix) && POINT.test(name.slice(prefix.length)));
  } catch (error) {
    if (isAwsError(error, 'AccessDeniedException')) return undefined;
    throw error;
  }
}
