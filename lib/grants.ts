import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
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

/**
 * Grants permission to find the stage: the operator's command reads the outputs of its stack. Part of each grant for
 * operators.
 */
export const grantFind = (grantee: IGrantable, scope: IConstruct): Grant => {
  const stack = Stack.of(scope);
  const resourceName = `${stack.stackName}/*`;
  return Grant.addToPrincipal({
    grantee,
    actions: ['cloudformation:DescribeStacks'],
    // The command names the stack by its name alone, so the id at the end of its ARN is unknown.
    resourceArns: [stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName })],
  });
};

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

/**
 * Grants permission to list dead letters, and to move them back to the queue or delete them. Of the table it can read
 * single events, which say what each dead letter is about.
 */
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
    .combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:BatchGetItem'],
        resourceArns: [events.table.tableArn],
        conditions: underKeys(`${KEY_PREFIXES.event}*`),
      }),
    )
    .combine(grantSend(grantee, queue.queueArn))
    .combine(grantRecord(grantee, events));

/** Grants permission to replay events. */
export const grantReplay = (grantee: IGrantable, events: EventsTable, { queue }: EventQueue): Grant =>
  grantReadEvents(grantee, events).combine(grantSend(grantee, queue.queueArn));

/** Grants permission to set secrets and to withdraw an old value, but not to read any. */
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

/**
 * Grants permission to settle actions with an unknown outcome, and so to change the records of follow-ups: whoever has
 * it can make the processor start any run. To name a run, the operator's command also needs
 * `secretsmanager:GetSecretValue` for the API key.
 */
export const grantSettle = (grantee: IGrantable, events: EventsTable, queue: EventQueue): Grant =>
  grantReplay(grantee, events, queue).combine(
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:PutItem'],
      resourceArns: [events.table.tableArn],
      conditions: underKeys(...SETTLED.map((prefix) => `${prefix}*`)),
    }),
  );

/** What a decision writes: completions, lineages, and the bodies of large plans. */
const SETTLED = [KEY_PREFIXES.run, KEY_PREFIXES.occurrence, KEY_PREFIXES.planBody];
