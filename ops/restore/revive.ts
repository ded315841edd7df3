import {
  DescribeTimeToLiveCommand,
  ListBackupsCommand,
  RestoreTableFromBackupCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { SECOND, TTL_ATTRIBUTE } from '../../lambda/core/model/index.ts';
import { readTemplate } from '../stage/deployed.ts';
import { isAwsError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';
import { describeTable, RestoreRefusedError, type Waiting, waitUntilActive } from './tables.ts';

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

/**
 * What a restore leaves out, as the stack's template has it: expiry, point-in-time recovery, protection, tags. May be
 * repeated: what is there already is left alone, as AWS refuses to switch it on twice.
 */
export async function putSettingsBack(stage: Stage, waiting: Waiting): Promise<void> {
  const { dynamoDb } = stage.clients;
  const TableName = stage.outputs.tableName;
  const [wanted, table] = await Promise.all([settingsIn(stage), describeTable(stage, TableName)]);
  waiting.onProgress(`${TableName}: expiry, backups, protection and tags`);
  await expireItems(stage, TableName);
  await keepBackups(stage, TableName, waiting);
  const tags = { ResourceArn: table?.TableArn, Tags: wanted.tags };
  if (wanted.tags.length > 0) await dynamoDb.send(new TagResourceCommand(tags));
  if (wanted.isProtected && table?.DeletionProtectionEnabled !== true)
    await dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
}

async function expireItems({ clients: { dynamoDb } }: Stage, TableName: string): Promise<void> {
  const { TimeToLiveDescription: is } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName }));
  if (is?.TimeToLiveStatus === 'ENABLED' || is?.TimeToLiveStatus === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
  await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

/** Between two tries, milliseconds, and how many: a table that was just restored is not ready for it at once. */
const INTERVAL = 10 * SECOND;
const TRIES = 60;

async function keepBackups(
  { clients: { dynamoDb } }: Stage,
  TableName: string,
  { sleep }: Waiting,
): Promise<void> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  for (let tries = 1; ; tries += 1) {
    try {
      await dynamoDb.send(
        new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }),
      );
      return;
    } catch (error) {
      if (!isAwsError(error, 'ContinuousBackupsUnavailableException') || tries === TRIES) throw error;
    }
    await sleep(INTERVAL);
  }
}

/** By the table that the output names: the template may have tables of the customer's. */
async function settingsIn(stage: Stage) {
  const { Resources = {}, Outputs = {} } = await readTemplate(stage);
  const named = JSON.stringify(Outputs.TableName?.Value ?? null);
  const [, table] = Object.entries(Resources).find(([id]) => named.includes(`"${id}"`)) ?? [];
  const { Tags, DeletionProtectionEnabled } = table?.Properties ?? {};
  const tags = Array.isArray(Tags) ? (Tags as { Key: string; Value: string }[]) : [];
  return { isProtected: DeletionProtectionEnabled === true, tags };
}
