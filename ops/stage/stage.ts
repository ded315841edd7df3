import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Target } from './command-line.ts';

export const STAGE_NAMES = ['local', 'dev', 'prod'] as const;
/** Stages that the app ships with, and the local run; an app of one's own may name others. */
export type StageName = (typeof STAGE_NAMES)[number] | (string & {});

/** Values of the stack's outputs, by their keys in `lib/outputs.ts`. */
export interface StageOutputs {
  webhookUrl: string;
  signingSecret: string;
  apiKeySecret: string;
  tableName: string;
  queueUrl: string;
  deadLetterQueueUrl: string;
  notifyTopicArn?: string;
  publishTopicArn?: string;
  alarmTopicArn?: string;
  /** Part of every idempotency key. */
  installation: string;
  /** Where calls to Cyberdesk go. */
  cyberdeskApiUrl: string;
  /** Days that a finished event is kept. */
  eventRetentionDays: number;
  /** Days that the memory of what was done is kept. */
  completionRetentionDays: number;
}

/** AWS as the verbs use it: bare clients, made when first asked for. */
export interface Clients {
  readonly dynamoDb: Pick<DynamoDBClient, 'send'>;
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly sns: Pick<SNSClient, 'send'>;
  readonly secrets: Pick<SecretsManagerClient, 'send'>;
  /** Not in the local run. */
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  /** Not in the local run. */
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
  /** Not in the local run. */
  readonly sts: Pick<STSClient, 'send'>;
}

/** One stage, connected: what every verb and the page work on. The same for the local run and a deployed stack. */
export interface Stage {
  readonly name: StageName;
  readonly isLocal: boolean;
  /** Its template, where it is a file on this machine. */
  readonly templateFile?: string;
  readonly stackName: string;
  readonly region: string;
  readonly outputs: StageOutputs;
  readonly clients: Clients;
  /** How the caller has named it, for the calls that messages suggest. */
  readonly target: Target;
}

/** A stage of which its stack is known, but not what it has put out: one that never came up has no outputs. */
export type FoundStage = Omit<Stage, 'outputs'>;

/** Stages where a slip costs something: all but the local run and `dev`. */
export const asksFirst = ({ isLocal, name }: Pick<Stage, 'isLocal' | 'name'>): boolean =>
  !isLocal && name !== 'dev';

/** `CyberdeskWebhooks-dev`, or `CyberdeskWebhooks-<name>-dev`; the same as `lib/add-stages.ts` says. */
export const stackNameOf = (stage: string, name?: string): string =>
  ['CyberdeskWebhooks', name, stage].filter(Boolean).join('-');
