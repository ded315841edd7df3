import { setTimeout as sleep } from 'node:timers/promises';
import type { DataModel } from '../template/model.ts';
import { AwsServiceError } from './aws-service-error.ts';
import type { AwsCaller } from './caller.ts';

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
    await aws.call('sqs', 'CreateQueue', { QueueName: queue.name, Attributes: queue.attributes });
  }
  for (const topic of data.topics) {
    await aws.call('sns', 'CreateTopic', { Name: topic.name });
    for (const { protocol, endpoint } of topic.subscriptions) {
      await aws.call('sns', 'Subscribe', { TopicArn: topic.arn, Protocol: protocol, Endpoint: endpoint });
    }
  }
  await Promise.all(tables);
  for (const table of data.tables) await tableIsActive(aws, table.name);
}

/** An external emulator may still have the table of an earlier run. */
function ignoreExisting(error: unknown): void {
  if (!(error instanceof AwsServiceError) || error.code !== 'ResourceInUseException') throw error;
}

async function tableIsActive(aws: AwsCaller, TableName: string): Promise<void> {
  type Description = { Table: { TableStatus: string } };
  for (;;) {
    const { Table } = await aws.call<Description>('dynamodb', 'DescribeTable', { TableName });
    if (Table.TableStatus === 'ACTIVE') return;
    await sleep(5);
  }
}
