import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Target } from './command-line.ts';

export const STAGE_NAMES = ['local', 'dev', 'prod'] as const;
/** The local run and the stages that the app ships with; an app may define others. */
export type StageName = (typeof STAGE_NAMES)[number] | (string & {});

/** Values of the stack's outputs, which `lib/outputs.ts` names. */
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
  /** Days that the record of what was done for a completion is kept. */
  completionRetentionDays: number;
}

/** AWS as the verbs use it: bare clients, made when they are first used. */
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

/** A connected stage: what every verb and the page work on. The local run and a deployed stack look the same. */
export interface Stage {
  readonly name: StageName;
  readonly isLocal: boolean;
  /** Its template, if that is a file on this machine. */
  readonly templateFile?: string;
  readonly stackName: string;
  readonly region: string;
  readonly outputs: StageOutputs;
  readonly clients: Clients;
  /** How the caller named it, for the calls that messages suggest. */
  readonly target: Target;
}

/** A stage whose stack is known, but not its outputs: a stack that was never created in full has none. */
export type FoundStage = Omit<Stage, 'outputs'>;

/** Stages where a mistake costs something: all but the local run and `dev`. */
export const asksFirst = ({ isLocal, name }: Pick<Stage, 'isLocal' | 'name'>): boolean =>
  !isLocal && name !== 'dev';

/** `CyberdeskWebhooks-dev`, or `CyberdeskWebhooks-<name>-dev`; `lib/add-stages.ts` says the same. */
export const stackNameOf = (stage: string, name?: string): string =>
  ['CyberdeskWebhooks', name, stage].filter(Boolean).join('-');
