import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorError, ResourceRefusedError, StateOutdatedError } from '../errors.ts';
import type { DataModel, Named, TableModel } from '../template/model.ts';
import type { StackReader } from '../template/stack-reader.ts';
import type { AwsCaller } from './caller.ts';
import { AwsServiceError } from './messages.ts';
import { generatedValue } from './secrets.ts';

/**
 * Creates tables, queues, topics and subscriptions as in the template; Secrets Manager creates the secrets itself.
 *
 * @throws ResourceRefusedError
 */
export async function provision(data: DataModel, aws: AwsCaller): Promise<void> {
  const tables = data.tables.map((table) =>
    withResource('table', table, aws.call('dynamodb', 'CreateTable', table.create).catch(ignoreExisting)),
  );
  // Waits for all of them, so that none is still being created when the first failure is thrown.
  const ended = await Promise.allSettled([
    ...tables,
    createQueues(data, aws).then(() => createTopics(data, aws)),
  ]);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  for (const table of data.tables) await tableIsActive(aws, table);
}

/** Dead-letter queues come first, because redrive policies refer to them. */
async function createQueues({ queues }: DataModel, aws: AwsCaller): Promise<void> {
  const sorted = queues.toSorted(
    (a, b) => Number('RedrivePolicy' in a.attributes) - Number('RedrivePolicy' in b.attributes),
  );
  for (const queue of sorted) {
    const there = aws.inRegionOf(queue.arn);
    const create = { QueueName: queue.name, Attributes: queue.attributes };
    await withResource('queue', queue, there.call('sqs', 'CreateQueue', create));
  }
}

async function createTopics({ topics }: DataModel, aws: AwsCaller): Promise<void> {
  for (const topic of topics) {
    const create = { Name: topic.name, ...entries(topic.attributes) };
    await withResource('topic', topic, aws.call('sns', 'CreateTopic', create));
    for (const { protocol: Protocol, endpoint: Endpoint, attributes } of topic.subscriptions) {
      const subscribe = { TopicArn: topic.arn, Protocol, Endpoint, ...entries(attributes) };
      await withResource('subscription of the topic', topic, aws.call('sns', 'Subscribe', subscribe));
    }
  }
}

/** @throws ResourceRefusedError if the service refuses the call that creates a resource */
async function withResource(kind: string, resource: Named, creating: Promise<unknown>): Promise<void> {
  try {
    await creating;
  } catch (cause) {
    if (!(cause instanceof AwsServiceError)) throw cause;
    throw new ResourceRefusedError(kind, resource, { code: cause.code, message: cause.message, cause });
  }
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
    for (const { name, logicalId, isGenerated } of data.secrets) {
      const secret = { Name: name, ...(isGenerated && { SecretString: generatedValue() }) };
      await aws.call('secretsmanager', 'CreateSecret', secret).catch(ignoreExisting);
      const { ARN } = await aws.call('secretsmanager', 'DescribeSecret', { SecretId: name });
      reader.override(logicalId, { Ref: ARN, Id: ARN });
    }
  } catch (error) {
    const [what, reason] = whatIsRefused(error);
    throw new EmulatorError(
      `the AWS emulator at CYBERDESK_WEBHOOKS_AWS_ENDPOINT cannot create ${what} (${reason})`,
      { next: 'restart it empty, or use another one', cause: error },
    );
  }
}

/** What an emulator cannot create, and why. @throws any other error */
function whatIsRefused(error: unknown): [what: string, reason: string] {
  if (error instanceof ResourceRefusedError) return [error.resource, error.reason];
  if (!(error instanceof AwsServiceError)) throw error;
  return ["the stack's resources", `${error.code}: ${error.message}`];
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
