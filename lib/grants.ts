import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { BY_DAY_INDEX, KEY_PREFIXES, OPEN_INDEX } from '../lambda/core/model/index.ts';
import { grantKeys } from './encryption/encryption.ts';
import { underKeys } from './functions/under-keys.ts';
import type { Installation } from './installation.ts';

/** What the grants are about. */
export type Stores = Pick<
  Installation,
  'eventsTable' | 'eventQueue' | 'topics' | 'signingSecret' | 'apiKeySecret'
>;

/**
 * Grants permission to put what its holder does on record, but not to change or delete any of it: the operator's command
 * does nothing that it cannot record. Part of each grant for operators.
 */
export const grantRecord = (grantee: IGrantable, { eventsTable, topics }: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:PutItem'],
    resourceArns: [eventsTable.table.tableArn],
    conditions: underKeys(`${KEY_PREFIXES.audit}*`),
  }).combine(grantKeys(grantee, topics.encryption, 'dynamodb'));

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

/**
 * Grants permission to list dead letters, and to move them back to the queue or delete them. Of the table it can read
 * single events, which say what each dead letter is about.
 */
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
    .combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:BatchGetItem'],
        resourceArns: [stores.eventsTable.table.tableArn],
        conditions: underKeys(`${KEY_PREFIXES.event}*`),
      }),
    )
    .combine(grantSend(grantee, stores))
    .combine(grantRecord(grantee, stores));

/** Grants permission to replay events. */
export const grantReplay = (grantee: IGrantable, stores: Stores): Grant =>
  grantReadEvents(grantee, stores).combine(grantSend(grantee, stores));

/** Grants permission to set secrets and to withdraw an old value, but not to read any. */
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

/**
 * Grants permission to settle actions with an unknown outcome, and so to change the records of follow-ups: whoever has
 * it can make the processor start any run. To name a run, the operator's command also needs
 * `secretsmanager:GetSecretValue` for the API key.
 */
export const grantSettle = (grantee: IGrantable, stores: Stores): Grant =>
  grantReplay(grantee, stores).combine(
    Grant.addToPrincipal({
      grantee,
      actions: ['dynamodb:PutItem'],
      resourceArns: [stores.eventsTable.table.tableArn],
      conditions: underKeys(...SETTLED.map((prefix) => `${prefix}*`)),
    }),
  );

/** What a decision writes: completions, lineages, and the bodies of large plans. */
const SETTLED = [KEY_PREFIXES.run, KEY_PREFIXES.occurrence, KEY_PREFIXES.planBody];
