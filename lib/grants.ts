import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { BY_DAY_INDEX, KEY_PREFIXES, OPEN_INDEX } from '../lambda/core/model/index.ts';
import { underKeys } from './functions/under-keys.ts';
import type { EmptySecret } from './storage/empty-secret.ts';
import type { EventQueue } from './storage/event-queue.ts';
import type { EventsTable } from './storage/events-table.ts';

/**
 * Grants permission to put what its holder does on record, but not to change or delete any of it: the operator's command
 * does nothing that it cannot record. Part of each grant for operators.
 */
const grantRecord = (grantee: IGrantable, { table }: EventsTable): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:PutItem'],
    resourceArns: [table.tableArn],
    conditions: underKeys(`${KEY_PREFIXES.audit}*`),
  });

/** Grants permission to read events, their payloads and the results of their follow-ups, on record. */
export const grantReadEvents = (grantee: IGrantable, events: EventsTable): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
    resourceArns: [OPEN_INDEX, BY_DAY_INDEX]
      .map((index) => `${events.table.tableArn}/index/${index}`)
      .concat(events.table.tableArn),
  }).combine(grantRecord(grantee, events));

/** Grants permission to read single events and their payloads, but nothing of their follow-ups. */
export const grantReadEvent = (grantee: IGrantable, { table }: EventsTable): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:GetItem'],
    resourceArns: [table.tableArn],
    conditions: underKeys(`${KEY_PREFIXES.event}*`, `${KEY_PREFIXES.eventBody}*`),
  });

/** Grants permission to move messages from the dead-letter queue back to the queue. */
export const grantRedrive = (
  grantee: IGrantable,
  events: EventsTable,
  { queue, deadLetterQueue }: EventQueue,
): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ],
    resourceArns: [deadLetterQueue.queueArn],
  })
    .combine(grantSend(grantee, queue.queueArn))
    .combine(grantRecord(grantee, events));

/** Grants permission to replay events. */
export const grantReplay = (grantee: IGrantable, events: EventsTable, { queue }: EventQueue): Grant =>
  grantReadEvents(grantee, events)
    .combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:PutItem'],
        resourceArns: [events.table.tableArn],
      }),
    )
    .combine(grantSend(grantee, queue.queueArn));

/**
 * Grants permission to set secrets and to withdraw an old value, but not to read any. The operator's command compares
 * a new value with the current one and so also needs `secretsmanager:GetSecretValue`.
 */
export const grantSetSecrets = (
  grantee: IGrantable,
  events: EventsTable,
  secrets: readonly EmptySecret[],
): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    resourceArns: secrets.map(({ arn }) => arn),
  }).combine(grantRecord(grantee, events));

const grantSend = (grantee: IGrantable, queueArn: string): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    resourceArns: [queueArn],
  });
