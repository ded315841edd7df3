import { RestoreTableToPointInTimeCommand } from '@aws-sdk/client-dynamodb';
import { isoTime } from '../cli/time.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readBackups } from '../stage/backups.ts';
import { isAwsError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';
import { describeTable, RestoreRefusedError, type Waiting, waitUntilActive } from './tables.ts';

/** @throws RestoreRefusedError */
export async function checkPoint(stage: Stage, point: number): Promise<void> {
  const { stackName, outputs } = stage;
  const span = await readBackups(stage);
  if (!span)
    throw new RestoreRefusedError(`point-in-time recovery of ${outputs.tableName} is off`, {
      next: 'restore a backup of your own, then copy from it with --from <table>',
    });
  if (point < span.earliest || point > span.latest)
    throw new RestoreRefusedError(`${isoTime(point)} is out of reach`, {
      next: `${stackName} can be restored to ${isoTime(span.earliest)} at the earliest and ${isoTime(span.latest)} at the latest`,
    });
}

/** Of the point, so that a repeated call finds the table of the first one. */
const nameFor = (tableName: string, point: number): string =>
  `${tableName}-${isoTime(point).slice(0, 19).replaceAll(/[-:]/g, '')}Z`.slice(-255);

/** The point in the name of such a table, epoch milliseconds. */
export const pointOf = (tableName: string, made: string): number =>
  Date.parse(
    made
      .slice(tableName.length + 1)
      .replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );

/**
 * Makes a new table with what the stage's table held at the point. It is only read and then deleted, so it gets no
 * indexes, which is faster, and none of what a restore leaves out.
 *
 * @param point Epoch milliseconds, in whole seconds.
 * @returns its name, also if an interruption has ended the waiting
 */
export async function restoreToPoint(stage: AuditedStage, point: number, waiting: Waiting): Promise<string> {
  const SourceTableName = stage.outputs.tableName;
  const TargetTableName = nameFor(SourceTableName, point);
  if (!(await describeTable(stage, TargetTableName)) && !waiting.signal?.aborted) {
    const RestoreDateTime = new Date(point);
    try {
      await stage.clients.dynamoDb.send(
        new RestoreTableToPointInTimeCommand({
          ...{ SourceTableName, TargetTableName, RestoreDateTime },
          GlobalSecondaryIndexOverride: [],
        }),
      );
    } catch (error) {
      if (!isAwsError(error, 'TableAlreadyExistsException')) throw error;
    }
  }
  await waitUntilActive(stage, TargetTableName, waiting);
  return TargetTableName;
}
