import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { FENCE_KEY, KEY_PREFIXES } from '../lambda/core/model/index.ts';
import { grantKeys, grantKeyToTables } from './encryption/encryption.ts';
import { underKeys } from './functions/under-keys.ts';
import { grantReadEvents, grantRecord, type Stores } from './grants.ts';

/** What an erasure writes: events, and the pieces of their bodies and of the bodies of their calls. */
const ERASED = [KEY_PREFIXES.event, KEY_PREFIXES.eventBody, KEY_PREFIXES.planBody];

/** Grants permission to erase payloads, and so to write over events and to forge some, for which the rules start runs. */
export const grantErase = (grantee: IGrantable, stores: Stores): Grant =>
  grantReadEvents(grantee, stores)
    .combine(grantPut(grantee, stores, ...ERASED.map((prefix) => `${prefix}*`)))
    .combine(grantSeeBackups(grantee, stores));

/** All that a table holds, except for what is about one table alone. */
const COPIED = Object.values(KEY_PREFIXES).map((prefix) => `${prefix}*`);

/**
 * Grants permission to make tables of earlier times, and to copy from them into the table of the stage. Its holder can write
 * any item, so this is as much as the processor's role may, and more.
 */
export const grantRestore = (grantee: IGrantable, stores: Stores): Grant => {
  const { encryption } = stores.topics;
  return grantMakeTables(grantee, stores)
    .combine(grantSeeBackups(grantee, stores))
    .combine(grantPut(grantee, stores, ...COPIED, FENCE_KEY.pk))
    .combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:GetItem'],
        resourceArns: [stores.eventsTable.table.tableArn],
        conditions: underKeys(FENCE_KEY.pk),
      }),
    )
    .combine(grantReadRecord(grantee, stores))
    .combine(grantRecord(grantee, stores))
    .combine(grantKeyToTables(grantee, encryption));
};

const grantPut = (grantee: IGrantable, { eventsTable, topics }: Stores, ...keys: string[]): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:PutItem'],
    resourceArns: [eventsTable.table.tableArn],
    conditions: underKeys(...keys),
  }).combine(grantKeys(grantee, topics.encryption, 'dynamodb'));

/** Whose erasures are on record: a mark without one may be forged. */
const grantReadRecord = (grantee: IGrantable, { eventsTable }: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:BatchGetItem', 'dynamodb:Query'],
    resourceArns: [eventsTable.table.tableArn],
    conditions: underKeys(`${KEY_PREFIXES.audit}*`),
  });

/** Which times point-in-time recovery still has. */
const grantSeeBackups = (grantee: IGrantable, { eventsTable }: Stores): Grant =>
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:DescribeContinuousBackups'],
    resourceArns: [eventsTable.table.tableArn],
  });

/** What DynamoDB asks of whoever restores: its own action on the source, reading and writing on the new table. */
const grantMakeTables = (grantee: IGrantable, { eventsTable }: Stores): Grant => {
  const { tableArn } = eventsTable.table;
  // A table that the verb makes has the name of the stage's table and the time.
  const made = `${tableArn}-*`;
  return Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:RestoreTableToPointInTime'],
    resourceArns: [tableArn, made],
  }).combine(
    Grant.addToPrincipal({
      grantee,
      actions: [
        ...['dynamodb:BatchWriteItem', 'dynamodb:DeleteItem', 'dynamodb:DescribeTable', 'dynamodb:GetItem'],
        ...['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
      ],
      resourceArns: [made],
    }),
  );
};
