import { Aws } from 'aws-cdk-lib';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { KEY_PREFIXES, PAUSE_KEY } from '../../lambda/core/model/index.ts';
import { writeEnvironment } from '../../lambda/environment/fields.ts';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { BATCH_SIZE, LEASE, PROCESSOR_TIMEOUT } from '../timing.ts';
import { commonEnvironment } from './environment.ts';
import type { Parts } from './parts.ts';
import { ServiceFunction } from './service-function.ts';
import { underKeys } from './under-keys.ts';

/** Starts the follow-ups that the rules ask for. */
export class Processor extends ServiceFunction {
  /** Mapping that invokes the function with messages of the queue. */
  readonly eventSource: EventSourceMapping;

  constructor(scope: Construct, id: string, parts: Parts) {
    const { settings, encryption } = parts;
    super(scope, id, {
      service: 'processor',
      description: 'Starts the follow-up runs that the rules ask for',
      timeout: PROCESSOR_TIMEOUT,
      // It mostly waits for Cyberdesk, so that less memory costs less: 90 MiB at rest, and up to 36 MiB for each of the five
      // events of a batch, if they are as large as they may be.
      memorySize: 320,
      settings,
      encryption,
      rules: settings.rules,
      environment: environmentOf(scope, parts),
      statements: statementsOf(parts),
    });
    this.eventSource = this.function.addEventSourceMapping('Events', {
      eventSourceArn: parts.eventQueue.queue.queueArn,
      batchSize: BATCH_SIZE,
      ...(settings.batchingWindow.toSeconds() > 0 && { maxBatchingWindow: settings.batchingWindow }),
      maxConcurrency: settings.processorConcurrency,
      reportBatchItemFailures: true,
    });
  }
}

const secretArnsOf = ({ settings }: Parts): string[] =>
  settings.sensitiveSecrets.map(({ secretArn, secretFullArn }) => secretFullArn ?? secretArn);

const environmentOf = (scope: Construct, parts: Parts): Record<string, string> => {
  const { settings, eventQueue, topics } = parts;
  return writeEnvironment(processorEnvironment, {
    ...commonEnvironment(scope, parts),
    bodyRetention: settings.retention.bodies.toMilliseconds(),
    deadLetterQueueUrl: eventQueue.deadLetterQueue.queueUrl,
    apiKeySecretArn: parts.apiKeySecret.arn,
    apiUrl: 'https://api.cyberdesk.io',
    notifyTopicArn: topics.notify.topicArn,
    publishTopicArn: topics.publish.topicArn,
    maxFollowUpDepth: settings.maxFollowUpDepth,
    functionTimeout: PROCESSOR_TIMEOUT.toMilliseconds(),
    lease: LEASE.toMilliseconds(),
    idempotencyKeyLifetime: settings.idempotencyKeyLifetime.toMilliseconds(),
    repeatUnanswered: settings.repeatUnanswered,
    installation: parts.installationId,
    sensitiveSecretArns: secretArnsOf(parts),
    workflowIds: settings.workflowIds,
    destinations: parts.destinations.arns,
    handlers: Object.keys(parts.destinations.handlers),
  });
};

const statementsOf = (parts: Parts) => {
  const { encryption, eventsTable, eventQueue, topics, apiKeySecret } = parts;
  return {
    // Not what people have done, on record (audit#), nor how far the sweeper has got.
    ReadAndWriteEvents: {
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      resources: [eventsTable.table.tableArn],
      conditions: underKeys(
        ...[KEY_PREFIXES.event, KEY_PREFIXES.eventBody, KEY_PREFIXES.planBody].map((prefix) => `${prefix}*`),
        ...[KEY_PREFIXES.run, KEY_PREFIXES.occurrence].map((prefix) => `${prefix}*`),
        PAUSE_KEY.pk,
      ),
    },
    ReceiveEvents: {
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ChangeMessageVisibility',
      ],
      resources: [eventQueue.queue.queueArn],
    },
    GiveUpEvents: { actions: ['sqs:SendMessage'], resources: [eventQueue.deadLetterQueue.queueArn] },
    Announce: { actions: ['sns:Publish'], resources: [topics.notify.topicArn, topics.publish.topicArn] },
    ...(!encryption.key && {
      EncryptAnnouncements: {
        actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
        resources: [topics.key.keyArn],
      },
    }),
    ReadApiKey: { actions: ['secretsmanager:GetSecretValue'], resources: [apiKeySecret.arn] },
    ...sensitiveInputStatements(parts),
    ...deliveryStatements(parts),
  };
};

/** Outside the public partition, AWS names a service by the one suffix or the other. */
const viaService = (service: string) => ({
  StringEquals: {
    'kms:ViaService': ['amazonaws.com', Aws.URL_SUFFIX].map((suffix) => `${service}.${Aws.REGION}.${suffix}`),
  },
});

function sensitiveInputStatements(parts: Parts) {
  const secretArns = secretArnsOf(parts);
  const keyArns = parts.settings.sensitiveSecretKeys.map(({ keyArn }) => keyArn);
  return {
    ...(secretArns.length > 0 && {
      ReadSensitiveInputs: { actions: ['secretsmanager:GetSecretValue'], resources: secretArns },
    }),
    ...(keyArns.length > 0 && {
      DecryptSensitiveInputs: {
        actions: ['kms:Decrypt'],
        resources: keyArns,
        conditions: viaService('secretsmanager'),
      },
    }),
  };
}

/** Exactly the destinations of the stage settings; a kind of destination that is not used gets no statement. */
function deliveryStatements({ destinations }: Parts) {
  const { queues, functions, eventBuses, queueKeys } = destinations;
  const keys = queueKeys.map(({ keyArn }) => keyArn);
  const encrypt = {
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: keys,
    conditions: viaService('sqs'),
  };
  return {
    ...(queues.length > 0 && { DeliverToQueues: { actions: ['sqs:SendMessage'], resources: [...queues] } }),
    ...(keys.length > 0 && { EncryptDeliveries: encrypt }),
    ...(functions.length > 0 && {
      DeliverToFunctions: { actions: ['lambda:InvokeFunction'], resources: [...functions] },
    }),
    ...(eventBuses.length > 0 && {
      DeliverToEventBuses: { actions: ['events:PutEvents'], resources: [...eventBuses] },
    }),
  };
}
