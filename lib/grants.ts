import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { BY_DAY_INDEX, KEY_PREFIXES, OPEN_INDEX } from '../lambda/core/model/index.ts';
import { grantKeys } from './encryption/encryption.ts';
import { underKeys } from './functions/under-keys.ts';
import type { Installation } from './installation.ts';

/** What the grants are about. */
type Stores = Pick<Installation, 'eventsTable' | 'eventQueue' | 'topics' | 'signingSecret' | 'apiKeySecret'>;

/**
 * Grants permission to put what its holder does on record, but not to change or delete any of it: the operator's command
 * does nothing that it cannot record. Part of each grant for operators.
 */
const grantRecord = (grantee: IGrantable, { eventsTable, topics }: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:PutItem'],
    resourceArns: [eventsTable.table.tableArn],
    conditions: underKeys(`${KEY_PREFIXES.audit}*`),
  }).combine(grantKeys(grantee, topics.encryption, 'dynamodb'));

/** Grants permission to read events, their payloads and the results of their follow-ups, on record. */
export const grantReadEvents = (grantee: IGrantable, stores: Stores): Grant => {
  const { tableArn } = stores.eventsTable.table;
  return Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
    resourceArns: [OPEN_INDEX, BY_DAY_INDEX].map((index) => `${tableArn}/index/${index}`).concat(tableArn),
  }).combine(grantRecord(grantee, stores));
};

/** Grants permission to read single events and their payloads, but nothing of their follow-ups. */
export const grantReadEvent = (grantee: IGrantable, { eventsTable, topics }: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:GetItem'],
    resourceArns: [eventsTable.table.tableArn],
    conditions: underKeys(`${KEY_PREFIXES.event}*`, `${KEY_PREFIXES.eventBody}*`),
  }).combine(grantKeys(grantee, topics.encryption, 'dynamodb'));

/** Grants permission to move messages from the dead-letter queue back to the queue. */
export const grantRedrive = (grantee: IGrantable, stores: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    resourceArns: [stores.eventQueue.deadLetterQueue.queueArn],
  })
    .combine(grantSend(grantee, stores))
    .combine(grantRecord(grantee, stores));

/** Grants permission to replay events. */
export const grantReplay = (grantee: IGrantable, stores: Stores): Grant =>
  grantReadEvents(grantee, stores)
    .combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:PutItem'],
        resourceArns: [stores.eventsTable.table.tableArn],
      }),
    )
    .combine(grantSend(grantee, stores));

/**
 * Grants permission to set secrets and to withdraw an old value, but not to read any. The operator's command compares
 * a new value with the current one and so also needs `secretsmanager:GetSecretValue`.
 */
export const grantSetSecrets = (grantee: IGrantable, stores: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    resourceArns: [stores.signingSecret.arn, stores.apiKeySecret.arn],
  })
    .combine(grantKeys(grantee, stores.topics.encryption, 'secretsmanager'))
    .combine(grantRecord(grantee, stores));

const grantSend = (grantee: IGrantable, { eventQueue, topics }: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    resourceArns: [eventQueue.queue.queueArn],
  }).combine(grantKeys(grantee, topics.encryption, 'sqs'));
