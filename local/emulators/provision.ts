import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorError, StateOutdatedError } from '../errors.ts';
import type { DataModel, TableModel } from '../template/model.ts';
import type { StackReader } from '../template/stack-reader.ts';
import type { AwsCaller } from './caller.ts';
import { AwsServiceError } from './messages.ts';

/**
 * Creates tables, queues, topics and subscriptions as in the template; Secrets Manager creates the secrets itself.
 * Dead-letter queues come first, because redrive policies refer to them.
 */
export async function provision(data: DataModel, aws: AwsCaller): Promise<void> {
  const tables = data.tables.map((table) =>
    aws.call('dynamodb', 'CreateTable', table.create).catch(ignoreExisting),
  );
  const sorted = data.queues.toSorted(
    (a, b) => Number('RedrivePolicy' in a.attributes) - Number('RedrivePolicy' in b.attributes),
  );
  for (const queue of sorted) {
    const there = aws.inRegionOf(queue.arn);
    await there.call('sqs', 'CreateQueue', { QueueName: queue.name, Attributes: queue.attributes });
  }
  for (const topic of data.topics) {
    await aws.call('sns', 'CreateTopic', { Name: topic.name, ...entries(topic.attributes) });
    for (const { protocol: Protocol, endpoint: Endpoint, attributes } of topic.subscriptions) {
      const subscription = { TopicArn: topic.arn, Protocol, Endpoint };
      await aws.call('sns', 'Subscribe', { ...subscription, ...entries(attributes) });
    }
  }
  await Promise.all(tables);
  for (const table of data.tables) await tableIsActive(aws, table);
}

/** Attributes in the flat fields of SNS: `Attributes.entry.1.key`. */
const entries = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value], index) => [
      [`Attributes.entry.${index + 1}.key`, key],
      [`Attributes.entry.${index + 1}.value`, value],
    ]),
  );

/**
 * Creates the stack's data resources in an external emulator, or reuses those of an earlier run. Secrets get an ARN of
 * the emulator's own, which is passed to the reader.
 * @throws EmulatorError naming the error of the call that was rejected
 */
export async function provisionExternal(data: DataModel, reader: StackReader, aws: AwsCaller): Promise<void> {
  try {
    await provision(data, aws);
    for (const { name: TableName, ttlAttribute } of data.tables) {
      if (ttlAttribute === undefined) continue;
      const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
      await aws
        .call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification })
        .catch(ignoreExisting);
    }
    for (const { name, logicalId } of data.secrets) {
      await aws.call('secretsmanager', 'CreateSecret', { Name: name }).catch(ignoreExisting);
      const { ARN } = await aws.call('secretsmanager', 'DescribeSecret', { SecretId: name });
      reader.override(logicalId, { Ref: ARN, Id: ARN });
    }
  } catch (error) {
    if (!(error instanceof AwsServiceError)) throw error;
    throw new EmulatorError(
      `the AWS emulator at CYBERDESK_WEBHOOKS_AWS_ENDPOINT cannot create the stack's resources (${error.code}: ${error.message})`,
      { next: 'restart it empty, or use another one', cause: error },
    );
  }
}

/** @throws StateOutdatedError when the table was there and is another */
async function tableIsActive(aws: AwsCaller, { name: TableName, create }: TableModel): Promise<void> {
  type Description = { Table: TableShape & { TableStatus: string } };
  for (;;) {
    const { Table } = await aws.call<Description>('dynamodb', 'DescribeTable', { TableName });
    if (shapeOf(Table) !== shapeOf(create)) throw new StateOutdatedError(TableName);
    if (Table.TableStatus === 'ACTIVE') return;
    await sleep(5);
  }
}

interface TableShape {
  readonly KeySchema?: unknown;
  readonly GlobalSecondaryIndexes?: readonly TableShape[];
  readonly IndexName?: string;
}

/** Keys of a table and of its indexes. */
const shapeOf = ({ KeySchema, GlobalSecondaryIndexes = [] }: TableShape): string =>
  JSON.stringify([
    KeySchema,
    GlobalSecondaryIndexes.map((index) => [index.IndexName, index.KeySchema]).sort(),
  ]);

/** In an external emulator, an earlier run may have created a resource, or switched time to live on. */
function ignoreExisting(error: unknown): void {
  if (error instanceof AwsServiceError && /Exists|InUse|already/i.test(`${error.code} ${error.message}`))
    return;
  throw error;
}

/** A queue, or a hidden message, that there is no more. */
export function ignoreMissing(error: unknown): void {
  if (error instanceof AwsServiceError && /NonExistent|DoesNotExist|NotInflight/.test(error.code)) return;
  throw error;
}
