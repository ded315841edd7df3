import { resolve } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startLocal } from '../../local/run.ts';

/** Runs a stage of what stands at the root, and writes to the table and the queue of its `infrastructure.ts`. */
const run = await startLocal({ app: resolve('bin/app.ts'), stage: 'trial' });
try {
  const options = {
    region: run.stack.region,
    endpoint: run.awsUrl,
    // Those of a function: what it may do there is what was granted there.
    credentials: run.credentialsOf('claims'),
  };
  const { INVOICES_TABLE: TableName, BOOKINGS_QUEUE_URL: QueueUrl } = run.fn('claims').environment;
  const Item = { invoice: { S: '1' } };
  await new DynamoDBClient(options).send(new PutItemCommand({ TableName, Item }));
  await new SQSClient(options).send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  console.log(`${TableName} and ${QueueUrl} exist in the local run`);
} finally {
  await run.stop();
}
