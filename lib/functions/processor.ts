import { Aws } from 'aws-cdk-lib';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { BATCH_SIZE, LEASE, PROCESSOR_TIMEOUT } from '../timing.ts';
import { installation, workflowVariables } from './environment.ts';
import type { Parts } from './parts.ts';
import { ServiceFunction } from './service-function.ts';

/** Carries out what the rules ask for. */
export class Processor extends ServiceFunction {
  /** What hands it the queue's messages. */
  readonly events: EventSourceMapping;

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id, {
      service: 'processor',
      description: 'Starts the follow-up runs that the rules ask for',
      timeout: PROCESSOR_TIMEOUT,
      memorySize: 512,
      logRetention: parts.settings.retention.logDays,
      rules: parts.settings.rules,
      environment: environment(parts),
      statements: statements(parts),
    });
    this.events = this.function.addEventSourceMapping('Events', {
      eventSourceArn: parts.queues.queue.queueArn,
      batchSize: BATCH_SIZE,
      maxConcurrency: parts.settings.processorConcurrency,
      reportBatchItemFailures: true,
    });
  }
}

const environment = ({ environment, settings, events, queues, topics, apiKeySecret }: Parts) => ({
  ...environment,
  TABLE_NAME: events.table.tableName,
  QUEUE_URL: queues.queue.queueUrl,
  DLQ_URL: queues.deadLetterQueue.queueUrl,
  API_KEY_SECRET_ARN: apiKeySecret.arn,
  CYBERDESK_API_URL: 'https://api.cyberdesk.io',
  NOTIFY_TOPIC_ARN: topics.notify.topicArn,
  PUBLISH_TOPIC_ARN: topics.publish.topicArn,
  MAX_FOLLOW_UP_DEPTH: String(settings.maxFollowUpDepth),
  FUNCTION_TIMEOUT_SECONDS: String(PROCESSOR_TIMEOUT.toSeconds()),
  LEASE_SECONDS: String(LEASE.toSeconds()),
  INSTALLATION: installation(),
  SENSITIVE_SECRET_ARNS: settings.sensitiveSecretArns.join(','),
  ...workflowVariables(settings.workflowIds),
});

const statements = ({ settings, events, queues, topics, apiKeySecret }: Parts) => ({
  ReadAndWriteEvents: {
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [events.table.tableArn],
  },
  ReceiveEvents: {
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
    ],
    resources: [queues.queue.queueArn],
  },
  GiveUpEvents: { actions: ['sqs:SendMessage'], resources: [queues.deadLetterQueue.queueArn] },
  Announce: { actions: ['sns:Publish'], resources: [topics.notify.topicArn, topics.publish.topicArn] },
  EncryptAnnouncements: {
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: [topics.key.keyArn],
  },
  ReadApiKey: { actions: ['secretsmanager:GetSecretValue'], resources: [apiKeySecret.arn] },
  ...(settings.sensitiveSecretArns.length > 0
    ? {
        ReadSensitiveInputs: {
          actions: ['secretsmanager:GetSecretValue'],
          resources: [...settings.sensitiveSecretArns],
        },
      }
    : {}),
  ...(settings.sensitiveSecretKeyArns.length > 0
    ? {
        DecryptSensitiveInputs: {
          actions: ['kms:Decrypt'],
          resources: [...settings.sensitiveSecretKeyArns],
          conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.amazonaws.com` } },
        },
      }
    : {}),
});
