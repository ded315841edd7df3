import { randomUUID } from 'node:crypto';
import { type AuditedStage, Trail } from '../../../ops/stage/audited-stage.ts';
import type { Stage } from '../../../ops/stage/stage.ts';
import type { Emulators } from './emulators.ts';
import { fakeSecrets } from './secrets.ts';

const absent = (what: string) => ({
  send: () => Promise.reject(new Error(`this test has no ${what}`)),
});

/** A stage that tests change directly: what they call themselves is not on record. */
export const directly = (stage: Stage): AuditedStage => ({
  ...stage,
  trail: new Trail('test', async () => undefined),
});

export type TestStage = AuditedStage & { secrets: ReturnType<typeof fakeSecrets> };

/** Who acts, by the answer of STS. */
export const CALLER = 'arn:aws:sts::123456789012:assumed-role/Operator/alice';

export interface StageChanges {
  name?: string;
  /** Of the local run: its API is the fake one. */
  hasFakeApi?: boolean;
  outputs?: Partial<Stage['outputs']>;
  clients?: Partial<Stage['clients']>;
  target?: Partial<Stage['target']>;
  processor?: Stage['processor'];
}

/** A new stage on the emulators. */
export async function createStage(emulators: Emulators, given: StageChanges = {}): Promise<TestStage> {
  const [tableName, queueUrl, deadLetterQueueUrl] = await Promise.all([
    emulators.createTable(),
    emulators.createQueue(),
    emulators.createQueue(),
  ]);
  const secrets = fakeSecrets(['signing', 'api-key']);
  return {
    name: given.name ?? 'dev',
    isLocal: given.name === 'local',
    ...(given.hasFakeApi && { hasFakeApi: true }),
    trail: new Trail('test', async () => undefined),
    stackName: 'CyberdeskWebhooks-test',
    since: 0,
    region: 'us-east-1',
    secrets,
    ...(given.processor && { processor: given.processor }),
    outputs: {
      webhookUrl: 'http://127.0.0.1:9/webhooks/cyberdesk',
      signingSecret: 'signing',
      apiKeySecret: 'api-key',
      tableName,
      queueUrl,
      deadLetterQueueUrl,
      installation: `000000000000/us-east-1/${randomUUID()}`,
      cyberdeskApiUrl: 'http://127.0.0.1:9',
      idempotencyKeySeconds: 70,
      repeatUnanswered: true,
      previousEncryptionKeyArns: [],
      previousSecretGraceDays: 7,
      eventRetentionDays: 90,
      bodyRetentionDays: 90,
      completionRetentionDays: 180,
      ...given.outputs,
    },
    target: { stage: given.name ?? 'dev', ...given.target },
    clients: {
      dynamoDb: emulators.dynamoDb,
      sqs: emulators.sqs,
      sns: absent('SNS') as Stage['clients']['sns'],
      secrets: secrets.client,
      cloudFormation: absent('CloudFormation') as unknown as Stage['clients']['cloudFormation'],
      cloudWatch: absent('CloudWatch') as unknown as Stage['clients']['cloudWatch'],
      logs: absent('CloudWatch Logs') as unknown as Stage['clients']['logs'],
      sts: { send: async () => ({ Arn: CALLER }) } as unknown as Stage['clients']['sts'],
      lambda: absent('Lambda') as unknown as Stage['clients']['lambda'],
      kms: absent('KMS') as unknown as Stage['clients']['kms'],
      ...given.clients,
    },
  };
}
