import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DAY } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import { queueDepths } from '../queues/depths.ts';
import { readTemplate, type Template } from '../stage/deployed.ts';
import { keyFaults, ownerElsewhere } from '../stage/keys.ts';
import { previousKeysOf } from '../stage/previous-keys.ts';
import { stackResources } from '../stage/resources.ts';
import type { Stage } from '../stage/stage.ts';
import { type Finding, info, look, ok, problem, readPart } from './check.ts';

/** Longest life of a message, that of a dead letter; and how far point-in-time recovery reaches. Milliseconds. */
const MESSAGE_LIFE = 14 * DAY;
const RECOVERY = 35 * DAY;

/** Whether the key of the stage can be used, and which earlier one is no longer needed; nothing where none is set. */
export async function checkEncryption(stage: Stage, now: number): Promise<Finding[]> {
  const { encryptionKeyArn, previousEncryptionKeyArns: previous } = stage.outputs;
  const { value: template, unread } = await readPart(
    ['encryption', 'which keys belong to the stack'],
    async () => (encryptionKeyArn === undefined && previous.length === 0 ? {} : readTemplate(stage)),
    stage,
  );
  const findings =
    encryptionKeyArn === undefined ? [] : await checkKey(stage, encryptionKeyArn, template ?? {});
  if (template === undefined) return [...findings, ...unread];
  const byArn = previousKeysOf(template);
  const own = previous.filter((keyArn) => !byArn.includes(keyArn));
  const others = previous.filter((keyArn) => byArn.includes(keyArn));
  return [
    ...findings,
    ...(await look('encryption', () => checkPrevious(stage, others, { now, isOwn: false }), stage)),
    ...(await look('encryption', () => checkPrevious(stage, own, { now, isOwn: true }), stage)),
  ];
}

/** Whether these keys from before may go; if not, whether what is still encrypted with them can be read. */
async function checkPrevious(
  stage: Stage,
  keyArns: readonly string[],
  { now, isOwn }: { now: number; isOwn: boolean },
): Promise<Finding[]> {
  if (keyArns.length === 0) return [];
  const what = keyArns.join(', ');
  const { value: open, unread } = await readPart(
    ['encryption', `what still needs ${what}`],
    () => stillNeeded(stage, now, isOwn),
    stage,
  );
  if (open?.length !== 0) {
    const kind = { isCreatedByStack: isOwn, isPrevious: true };
    const faults = await Promise.all(keyArns.map((keyArn) => faultsOf(stage, keyArn, kind)));
    return [
      ...faults.flat(),
      ...(open
        ? [info('encryption', `${what} must stay in previousEncryptionKeys: ${open.join('; ')}`)]
        : unread),
    ];
  }
  const keep = isoTime(await neededUntil(stage));
  const text = `${what} may go from previousEncryptionKeys; do not delete the key before ${keep}: logs and point-in-time recovery need it until then, and your own backups for as long as you keep them`;
  return [info('encryption', text)];
}

async function checkKey(stage: Stage, keyArn: string, { Outputs = {} }: Template): Promise<Finding[]> {
  // CDK keeps the policy of the stack's own key complete.
  const isCreatedByStack = typeof Outputs.EncryptionKeyArn?.Value !== 'string';
  const faults = await faultsOf(stage, keyArn, { isCreatedByStack });
  if (faults.length > 0) return faults;
  const owner = ownerElsewhere(keyArn, accountOf(stage));
  const unread = owner === undefined ? '' : `; only account ${owner} can read its policy`;
  return [ok('encryption', `everything that is stored is encrypted with ${keyArn}${unread}`)];
}

/** A key that cannot be looked at is a finding as well, and hides no other. */
const faultsOf = (
  stage: Stage,
  keyArn: string,
  kind: { isCreatedByStack: boolean; isPrevious?: boolean },
): Promise<Finding[]> =>
  look(
    'encryption',
    async () => {
      const { stackName, clients } = stage;
      const faults = await keyFaults(clients, keyArn, { stackName, account: accountOf(stage), ...kind });
      return faults.map(({ problem: text, next }) => problem('encryption', text, next));
    },
    stage,
  );

const accountOf = ({ outputs }: Stage): string => outputs.installation.split('/')[0] ?? '';

/**
 * What may still be encrypted with an earlier key, and that the functions read.
 *
 * @param ofOwn Whether it is about the stack's own key, which CloudWatch Logs may need as well.
 */
export async function stillNeeded(stage: Stage, now: number, ofOwn: boolean): Promise<string[]> {
  const { clients, outputs } = stage;
  const [{ queue, dlq }, { Table: table }, changed, logs] = await Promise.all([
    queueDepths(stage),
    clients.dynamoDb.send(new DescribeTableCommand({ TableName: outputs.tableName })),
    lastChange(stage, 'AWS::SQS::Queue'),
    ofOwn ? logsNeedOwnUntil(stage) : 0,
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
    ...(now < logs
      ? [
          `CloudWatch Logs decrypts older lines with the stack's own key, and may do so only while it is listed, until ${isoTime(logs)}`,
        ]
      : []),
  ];
}

/**
 * Until when log lines need the stack's own key to be listed, epoch milliseconds: without its entry it loses the statement for
 * CloudWatch Logs, as a key of topics, or is deleted, beside another key in a stage that is not protected.
 */
async function logsNeedOwnUntil(stage: Stage): Promise<number> {
  const template = await readTemplate(stage);
  const keys = Object.values(template.Resources ?? {}).filter(({ Type }) => Type === 'AWS::KMS::Key');
  const isRetained = keys.some(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
  return isRetained && stage.outputs.encryptionKeyArn !== undefined ? 0 : logsUntil(stage, template);
}

/** Until when something that people may want to read is encrypted with an earlier key, epoch milliseconds. */
async function neededUntil(stage: Stage): Promise<number> {
  const [logs, table] = await Promise.all([
    logsUntil(stage, await readTemplate(stage)),
    lastChange(stage, 'AWS::DynamoDB::Table'),
  ]);
  return Math.max(logs, table + RECOVERY);
}

/** Until when log lines from before the last change of a log group are kept, epoch milliseconds. */
async function logsUntil(stage: Stage, { Resources = {} }: Template): Promise<number> {
  const days = Object.values(Resources).map(({ Properties }) => Number(Properties?.RetentionInDays ?? 0));
  return (await lastChange(stage, 'AWS::Logs::LogGroup')) + Math.max(0, ...days) * DAY;
}

/** When CloudFormation last changed a resource of this type: its key no later than that. Epoch milliseconds. */
const lastChange = async (stage: Stage, type: string): Promise<number> =>
  Math.max(
    0,
    ...(await stackResources(stage))
      .filter(({ ResourceType }) => ResourceType === type)
      .map(({ LastUpdatedTimestamp }) => LastUpdatedTimestamp?.getTime() ?? 0),
  );
