import {
  DescribeTimeToLiveCommand,
  type PointInTimeRecoverySpecification,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { SECOND, TTL_ATTRIBUTE } from '../../lambda/core/model/index.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readTemplate } from '../stage/deployed.ts';
import { isAwsError } from '../stage/explain.ts';
import type { Stage } from '../stage/stage.ts';
import { describeTable, type Waiting } from './tables.ts';

/**
 * What a restore leaves out, as the stack's template has it: expiry, point-in-time recovery, protection, tags. May be
 * repeated: what is there already is left alone, as AWS refuses to switch it on twice.
 */
export async function putSettingsBack(stage: AuditedStage, waiting: Waiting): Promise<void> {
  const { dynamoDb } = stage.clients;
  const TableName = stage.outputs.tableName;
  const [wanted, table] = await Promise.all([settingsIn(stage), describeTable(stage, TableName)]);
  waiting.onProgress(`${TableName}: expiry, backups, protection and tags`);
  await expireItems(stage, TableName);
  if (wanted.backups?.PointInTimeRecoveryEnabled)
    await keepBackups(stage, TableName, wanted.backups, waiting);
  const tags = { ResourceArn: table?.TableArn, Tags: wanted.tags };
  if (wanted.tags.length > 0) await dynamoDb.send(new TagResourceCommand(tags));
  if (wanted.isProtected && table?.DeletionProtectionEnabled !== true)
    await dynamoDb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
}

async function expireItems({ clients: { dynamoDb } }: AuditedStage, TableName: string): Promise<void> {
  const { TimeToLiveDescription: is } = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName }));
  if (is?.TimeToLiveStatus === 'ENABLED' || is?.TimeToLiveStatus === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName: TTL_ATTRIBUTE, Enabled: true };
  await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

/** Between two tries, milliseconds, and how many: a table that was just restored is not ready for it at once. */
const INTERVAL = 10 * SECOND;
const TRIES = 60;

async function keepBackups(
  { clients: { dynamoDb } }: AuditedStage,
  TableName: string,
  PointInTimeRecoverySpecification: PointInTimeRecoverySpecification,
  { sleep }: Waiting,
): Promise<void> {
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
  const { Tags, DeletionProtectionEnabled, PointInTimeRecoverySpecification } = table?.Properties ?? {};
  const tags = Array.isArray(Tags) ? (Tags as { Key: string; Value: string }[]) : [];
  const backups = PointInTimeRecoverySpecification as PointInTimeRecoverySpecification | undefined;
  return { isProtected: DeletionProtectionEnabled === true, tags, backups };
}
