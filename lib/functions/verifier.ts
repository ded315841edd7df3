import { Alias, type IVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { KEY_PREFIXES } from '../../lambda/core/model/index.ts';
import { VERIFIER_TIMEOUT } from '../timing.ts';
import type { Parts } from './parts.ts';
import { ServiceFunction } from './service-function.ts';
import { underKeys } from './under-keys.ts';

/** Checks the signature, stores the event, queues it. */
export class Verifier extends ServiceFunction {
  /** What the gateway calls. It always exists, so that provisioned concurrency can come and go. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { environment, settings, events, queues, signingSecret }: Parts) {
    const { table } = events;
    const { queue } = queues;
    super(scope, id, {
      service: 'verifier',
      description: 'Verifies, stores and queues Cyberdesk webhooks',
      timeout: VERIFIER_TIMEOUT,
      memorySize: 1024,
      logRetention: settings.retention.logDays,
      environment: {
        ...environment,
        TABLE_NAME: table.tableName,
        QUEUE_URL: queue.queueUrl,
        SIGNING_SECRET_ARN: signingSecret.arn,
        PREVIOUS_SECRET_GRACE_DAYS: String(settings.previousSecretGraceDays),
        SECRET_CACHE_SECONDS: '300',
        ...(settings.sourceIpAllowList.length > 0
          ? { SOURCE_IP_ALLOW_LIST: settings.sourceIpAllowList.join(',') }
          : {}),
      },
      statements: {
        // It faces the internet. Were it taken over, it could neither forge a plan nor erase what has been done.
        StoreEvents: {
          actions: ['dynamodb:PutItem'],
          resources: [table.tableArn],
          conditions: underKeys(`${KEY_PREFIXES.event}*`, `${KEY_PREFIXES.eventBody}*`),
        },
        QueueEvents: { actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
        ReadSigningSecret: { actions: ['secretsmanager:GetSecretValue'], resources: [signingSecret.arn] },
      },
    });
    const { provisionedConcurrency } = settings;
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live',
      // The cast: CDK is not compiled with exact optional properties.
      version: this.function.currentVersion as IVersion,
      ...(provisionedConcurrency ? { provisionedConcurrentExecutions: provisionedConcurrency } : {}),
    });
  }
}
