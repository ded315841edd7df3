import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { Alias, type IVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { OPEN_INDEX } from '../../lambda/core/items.ts';
import { followUpsPath } from '../paths.ts';
import type { CyberdeskWebhooksOptions } from '../settings/options.ts';
import type { EmptySecret } from '../storage/empty-secret.ts';
import type { EventQueue } from '../storage/event-queue.ts';
import type { EventsTable } from '../storage/events-table.ts';
import {
  BATCH_SIZE,
  LEASE,
  PROCESSOR_TIMEOUT,
  SWEEPER_INTERVAL,
  SWEEPER_TIMEOUT,
  VERIFIER_TIMEOUT,
} from '../timing.ts';
import type { Topics } from '../topics/topics.ts';
import { installation, workflowVariables } from './environment.ts';
import { ServiceFunction } from './service-function.ts';

/** What the functions work on. */
export interface Parts {
  readonly environment: Record<string, string>;
  readonly options: CyberdeskWebhooksOptions;
  readonly events: EventsTable;
  readonly queues: EventQueue;
  readonly topics: Topics;
  readonly signingSecret: EmptySecret;
  readonly apiKeySecret: EmptySecret;
}

/** Checks the signature, stores the event, queues it. */
export class Verifier extends ServiceFunction {
  /** What the gateway calls; it always exists, so that provisioned concurrency can be added without a change of URL. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { environment, options, events, queues, signingSecret }: Parts) {
    const { table } = events;
    const { queue } = queues;
    super(scope, id, {
      service: 'verifier',
      description: 'Verifies, stores and queues Cyberdesk webhooks',
      timeout: VERIFIER_TIMEOUT,
      memorySize: 1024,
      environment: {
        ...environment,
        TABLE_NAME: table.tableName,
        QUEUE_URL: queue.queueUrl,
        SIGNING_SECRET_ARN: signingSecret.arn,
        PREVIOUS_SECRET_GRACE_DAYS: '7',
        SECRET_CACHE_SECONDS: '300',
        ...(options.sourceIpAllowList?.length
          ? { SOURCE_IP_ALLOW_LIST: options.sourceIpAllowList.join(',') }
          : {}),
      },
      statements: {
        StoreEvents: { actions: ['dynamodb:PutItem'], resources: [table.tableArn] },
        QueueEvents: { actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
        ReadSigningSecret: { actions: ['secretsmanager:GetSecretValue'], resources: [signingSecret.arn] },
      },
    });
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live', // The cast: CDK's classes are not compiled with exact optional properties.
      version: this.function.currentVersion as IVersion,
    });
  }
}

/** Carries out what the rules ask for. */
export class Processor extends ServiceFunction {
  constructor(
    scope: Construct,
    id: string,
    { environment, options, events, queues, topics, apiKeySecret }: Parts,
  ) {
    const { table } = events;
    const { queue, deadLetterQueue } = queues;
    const sensitiveSecretArns = [...(options.sensitiveSecretArns ?? [])];
    super(scope, id, {
      service: 'processor',
      rules: options.rules ?? followUpsPath,
      description: 'Starts the follow-up runs that the rules ask for',
      timeout: PROCESSOR_TIMEOUT,
      memorySize: 512,
      environment: {
        ...environment,
        TABLE_NAME: table.tableName,
        QUEUE_URL: queue.queueUrl,
        DLQ_URL: deadLetterQueue.queueUrl,
        API_KEY_SECRET_ARN: apiKeySecret.arn,
        CYBERDESK_API_URL: 'https://api.cyberdesk.io',
        NOTIFY_TOPIC_ARN: topics.notify.topicArn,
        PUBLISH_TOPIC_ARN: topics.publish.topicArn,
        MAX_FOLLOW_UP_DEPTH: String(options.maxFollowUpDepth ?? 5),
        FUNCTION_TIMEOUT_SECONDS: String(PROCESSOR_TIMEOUT.toSeconds()),
        LEASE_SECONDS: String(LEASE.toSeconds()),
        INSTALLATION: installation(),
        SENSITIVE_SECRET_ARNS: sensitiveSecretArns.join(','),
        ...workflowVariables(options.workflowIds ?? {}),
      },
      statements: {
        ReadAndWriteEvents: {
          actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
          resources: [table.tableArn],
        },
        ReceiveEvents: {
          actions: [
            'sqs:ReceiveMessage',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
            'sqs:ChangeMessageVisibility',
          ],
          resources: [queue.queueArn],
        },
        GiveUpEvents: { actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] },
        Announce: {
          actions: ['sns:Publish'],
          resources: [topics.notify.topicArn, topics.publish.topicArn],
        },
        EncryptAnnouncements: {
          actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
          resources: [topics.key.keyArn],
        },
        ReadApiKey: {
          actions: ['secretsmanager:GetSecretValue'],
          resources: [apiKeySecret.arn, ...sensitiveSecretArns],
        },
      },
    });
    this.function.addEventSourceMapping('Events', {
      eventSourceArn: queue.queueArn,
      batchSize: BATCH_SIZE,
      maxConcurrency: options.processorConcurrency ?? 2,
      reportBatchItemFailures: true,
    });
  }
}

/** Sends again what nobody has worked on for an hour, and measures the oldest. */
export class Sweeper extends ServiceFunction {
  constructor(scope: Construct, id: string, { environment, events, queues }: Parts) {
    const { table } = events;
    const { queue } = queues;
    super(scope, id, {
      service: 'sweeper',
      description: 'Sends unfinished Cyberdesk webhooks to the processor again',
      timeout: SWEEPER_TIMEOUT,
      memorySize: 256,
      environment: { ...environment, TABLE_NAME: table.tableName, QUEUE_URL: queue.queueUrl },
      statements: {
        FindUnfinished: { actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${OPEN_INDEX}`] },
        RecordResent: { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [table.tableArn] },
        ResendEvents: { actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
      },
    });
    new Rule(this, 'Schedule', {
      description: 'Looks for unfinished Cyberdesk webhooks',
      schedule: Schedule.rate(SWEEPER_INTERVAL),
      targets: [
        new FunctionTarget(this.function, {
          event: RuleTargetInput.fromObject({}),
          // A sweep that is late is useless: the next one does its work.
          retryAttempts: 0,
          maxEventAge: Duration.minutes(5),
        }),
      ],
    });
  }
}
