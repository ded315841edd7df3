import { Duration } from 'aws-cdk-lib';
import { Alias, type IVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { KEY_PREFIXES } from '../../lambda/core/model/index.ts';
import { writeEnvironment } from '../../lambda/environment/fields.ts';
import { verifierEnvironment } from '../../lambda/environment/verifier.ts';
import { VERIFIER_TIMEOUT } from '../timing.ts';
import { commonEnvironment } from './environment.ts';
import type { Parts } from './parts.ts';
import { ServiceFunction } from './service-function.ts';
import { underKeys } from './under-keys.ts';

/** Authenticates a webhook, stores the event and queues it. */
export class Verifier extends ServiceFunction {
  /** Alias that the gateway invokes. It always exists, so that provisioned concurrency can be added and removed. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, parts: Parts) {
    const { settings, encryption, eventsTable, eventQueue, signingSecret, originSecret } = parts;
    super(scope, id, {
      service: 'verifier',
      description: 'Verifies, stores and queues Cyberdesk webhooks',
      timeout: VERIFIER_TIMEOUT,
      memorySize: settings.verifierMemory,
      settings,
      encryption,
      environment: environmentOf(scope, parts),
      statements: {
        // It faces the internet. If it were taken over, it could neither forge a plan nor erase what has been done.
        StoreEvents: {
          actions: ['dynamodb:PutItem'],
          resources: [eventsTable.table.tableArn],
          conditions: underKeys(`${KEY_PREFIXES.event}*`, `${KEY_PREFIXES.eventBody}*`),
        },
        // Of a webhook whose body is stored apart, to know whether it was delivered before.
        FindEvents: {
          actions: ['dynamodb:GetItem'],
          resources: [eventsTable.table.tableArn],
          conditions: underKeys(`${KEY_PREFIXES.event}*`),
        },
        QueueEvents: { actions: ['sqs:SendMessage'], resources: [eventQueue.queue.queueArn] },
        ReadSigningSecret: { actions: ['secretsmanager:GetSecretValue'], resources: [signingSecret.arn] },
        ...(originSecret && {
          ReadOriginSecret: { actions: ['secretsmanager:GetSecretValue'], resources: [originSecret.arn] },
        }),
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

const environmentOf = (scope: Construct, parts: Parts) =>
  writeEnvironment(verifierEnvironment, {
    ...commonEnvironment(scope, parts),
    signingSecretArn: parts.signingSecret.arn,
    previousSecretGracePeriod: parts.settings.previousSecretGracePeriod.toMilliseconds(),
    bodyRetention: parts.settings.retention.bodies.toMilliseconds(),
    secretCache: Duration.minutes(5).toMilliseconds(),
    sourceIpAllowList: parts.settings.sourceIpAllowList,
    origin: parts.originSecret && {
      secretArn: parts.originSecret.arn,
      isRequired: parts.settings.originHeader === 'required',
    },
  });
