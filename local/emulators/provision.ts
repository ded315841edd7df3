import type { DataModel } from '../template/model.ts';
import { AwsServiceError } from './aws-service-error.ts';
import type { AwsCaller } from './caller.ts';

/**
 * Makes tables, queues, topics and subscriptions as the template says; secrets are made by Secrets Manager itself.
 * Dead-letter queues come first: a redrive policy names them.
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

/** Another emulator may still have the table of an earlier run. */
function ignoreExisting(error: unknown): void {
  if (!(error instanceof AwsServiceError) || error.code !== 'ResourceInUseException') throw error;
}

async function tableIsActive(aws: AwsCaller, name: string): Promise<void> {
  for (;;) {
    const { Table } = await aws.call<{ Table: { TableStatus: string } }>('dynamodb', 'DescribeTable', {
      TableName: name,
    });
    if (Table.TableStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
