import { ListBackupsCommand, RestoreTableFromBackupCommand } from '@aws-sdk/client-dynamodb';
import type { Stage } from '../stage/stage.ts';
import { describeTable, RestoreRefusedError, type Waiting, waitUntilActive } from './tables.ts';

/**
 * Whether the stage's table is already being restored or was restored by an earlier call, whose settings may be missing:
 * DynamoDB keeps in its description where a table comes from.
 *
 * @throws RestoreRefusedError if it was never deleted
 */
export async function isRevived(stage: Stage): Promise<boolean> {
  const { tableName } = stage.outputs;
  const table = await describeTable(stage, tableName);
  if (!table) return false;
  if (table.RestoreSummary) return true;
  if (table.TableStatus === 'DELETING')
    throw new RestoreRefusedError(`table ${tableName} of ${stage.stackName} is still being deleted`, {
      next: 'repeat this in a minute',
    });
  throw new RestoreRefusedError(`table ${tableName} of ${stage.stackName} is there, and was not deleted`, {
    next: 'if it has lost items, bring them back with --to or --from',
  });
}

/**
 * Brings a deleted table back under its own name, as it was when it was deleted: DynamoDB keeps that for 35 days if
 * point-in-time recovery was on. The stack goes on as before. Nothing can have been done without a record meanwhile: a worker
 * records each call before it makes it. Its settings are still to be put back.
 *
 * @throws RestoreRefusedError
 */
export async function reviveTable(stage: Stage, waiting: Waiting): Promise<void> {
  const TargetTableName = stage.outputs.tableName;
  const BackupArn = await backupOf(stage, TargetTableName);
  await stage.clients.dynamoDb.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName }));
  await waitUntilActive(stage, TargetTableName, waiting);
}

async function backupOf({ clients, stackName }: Stage, TableName: string): Promise<string> {
  const { BackupSummaries = [] } = await clients.dynamoDb.send(
    new ListBackupsCommand({ TableName, BackupType: 'SYSTEM' }),
  );
  const at = ({ BackupCreationDateTime: time }: (typeof BackupSummaries)[number]) => time?.getTime() ?? 0;
  const newest = BackupSummaries.toSorted((a, b) => at(b) - at(a))[0];
  if (newest?.BackupArn) return newest.BackupArn;
  throw new RestoreRefusedError(`table ${TableName} of ${stackName} is gone, and has left no backup`, {
    next: 'deploy the stage under another name, then import the runs with reconcile',
  });
}
