import { DescribeContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { DAY } from '../../lambda/core/model/index.ts';
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
