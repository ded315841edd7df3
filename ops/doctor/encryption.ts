import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DAY } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import { queueDepths } from '../queues/depths.ts';
import { readTemplate } from '../stage/deployed.ts';
import { keyFaults } from '../stage/keys.ts';
import { previousKeysOf } from '../stage/previous-keys.ts';
import { stackResources } from '../stage/resources.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, ok, problem } from './check.ts';

/** Longest life of a message, that of a dead letter; and how far point-in-time recovery reaches. Milliseconds. */
const MESSAGE_LIFE = 14 * DAY;
const RECOVERY = 35 * DAY;

/** Whether the key of the stage can be used, and which earlier one is no longer needed; nothing where none is set. */
export async function checkEncryption(stage: Stage, now: number): Promise<Finding[]> {
  const { encryptionKeyArn, previousEncryptionKeyArns: previous } = stage.outputs;
  const findings = encryptionKeyArn === undefined ? [] : await checkKey(stage, encryptionKeyArn);
  if (previous.length === 0) return findings;
  const open = await stillNeeded(stage, now);
  const keep = await neededUntil(stage);
  const what = previous.join(', ');
  if (open.length > 0) {
    return [
      ...findings,
      ...(await checkPrevious(stage)),
      info('encryption', `${what} must stay in previousEncryptionKeys: ${open.join('; ')}`),
    ];
  }
  const text = `${what} may go from previousEncryptionKeys; do not delete the key before ${isoTime(keep)}: logs and point-in-time recovery need it until then, and your own backups for as long as you keep them`;
  return [...findings, info('encryption', text)];
}

async function checkKey(stage: Stage, keyArn: string): Promise<Finding[]> {
  const { Outputs = {} } = await readTemplate(stage);
  // CDK keeps the policy of the stack's own key complete.
  const isCreatedByStack = typeof Outputs.EncryptionKeyArn?.Value !== 'string';
  const faults = await faultsOf(stage, keyArn, { isCreatedByStack });
  return faults.length > 0
    ? faults
    : [ok('encryption', `everything that is stored is encrypted with ${keyArn}`)];
}

/** Whether what is still encrypted with a key from before can be read. */
async function checkPrevious(stage: Stage): Promise<Finding[]> {
  const byArn = previousKeysOf(await readTemplate(stage));
  const faults = stage.outputs.previousEncryptionKeyArns.map((keyArn) =>
    faultsOf(stage, keyArn, { isCreatedByStack: !byArn.includes(keyArn), isPrevious: true }),
  );
  return (await Promise.all(faults)).flat();
}

async function faultsOf(
  { stackName, clients, outputs }: Stage,
  keyArn: string,
  kind: { isCreatedByStack: boolean; isPrevious?: boolean },
): Promise<Finding[]> {
  const [account = ''] = outputs.installation.split('/');
  const faults = await keyFaults(clients, keyArn, { stackName, account, ...kind });
  return faults.map(({ problem: text, next }) => problem('encryption', text, next));
}

/** What may still be encrypted with an earlier key, and that the functions read. */
export async function stillNeeded(stage: Stage, now: number): Promise<string[]> {
  const { clients, outputs } = stage;
  const [{ queue, dlq }, { Table: table }, changed] = await Promise.all([
    queueDepths(stage),
    clients.dynamoDb.send(new DescribeTableCommand({ TableName: outputs.tableName })),
    lastChange(stage, 'AWS::SQS::Queue'),
  ]);
  const { Status: status, KMSMasterKeyArn: keyArn } = table?.SSEDescription ?? {};
  const isOld = keyArn !== undefined && outputs.previousEncryptionKeyArns.includes(keyArn);
  const count = [queue, dlq].reduce((sum, { visible, in_flight }) => sum + visible + in_flight, 0);
  return [
    ...(isOld || status === 'UPDATING' ? ['DynamoDB is still encrypting the table again'] : []),
    ...(count > 0 && now - changed < MESSAGE_LIFE
      ? [
          `messages wait that may be older than the change, until ${isoTime(changed + MESSAGE_LIFE)} at the latest`,
        ]
      : []),
  ];
}

/** Until when something that people may want to read is encrypted with an earlier key, epoch milliseconds. */
async function neededUntil(stage: Stage): Promise<number> {
  const { Resources = {} } = await readTemplate(stage);
  const days = Object.values(Resources).map(({ Properties }) => Number(Properties?.RetentionInDays ?? 0));
  const [logs, table] = await Promise.all([
    lastChange(stage, 'AWS::Logs::LogGroup'),
    lastChange(stage, 'AWS::DynamoDB::Table'),
  ]);
  return Math.max(logs + Math.max(0, ...days) * DAY, table + RECOVERY);
}

/** When CloudFormation last changed a resource of this type: its key no later than that. Epoch milliseconds. */
const lastChange = async (stage: Stage, type: string): Promise<number> =>
  Math.max(
    0,
    ...(await stackResources(stage))
      .filter(({ ResourceType }) => ResourceType === type)
      .map(({ LastUpdatedTimestamp }) => LastUpdatedTimestamp?.getTime() ?? 0),
  );
