import { fileURLToPath } from 'node:url';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalRun, startLocal } from '../../local/run.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const APP = fileURLToPath(new URL('infrastructure/app.ts', import.meta.url));

let run: LocalRun;
beforeAll(async () => {
  run = await startLocal({ app: APP });
});
afterAll(() => run?.stop());

/** Clients with the credentials of a function, or of whoever started the run. */
const clientsOf = (label?: string) => {
  const credentials = label === undefined ? run.credentials : run.credentialsOf(label);
  const options = { region: run.stack.region, endpoint: run.awsUrl, credentials, maxAttempts: 1 };
  return { dynamo: new DynamoDBClient(options), sqs: new SQSClient(options), sns: new SNSClient(options) };
};
const named = <T extends { label: string }>(all: readonly T[], label: string): T => {
  const found = all.find((one) => one.label === label);
  if (!found) throw new Error(`no ${label} among ${all.map((one) => one.label).join(', ')}`);
  return found;
};

describe('infrastructure of a customer in the local run', () => {
  it("a customer's table is created, and the local run enforces what was granted on it", async () => {
    const { dynamo } = clientsOf('claims');
    const { name: TableName } = named(run.stack.data.tables, 'invoices');
    const item = { invoice: { S: '1' } };

    await dynamo.send(new PutItemCommand({ TableName, Item: item }));
    const read = dynamo.send(new GetItemCommand({ TableName, Key: item }));

    await expect(read).rejects.toThrow(/not authorized to perform: dynamodb:GetItem on resource: .*Invoices/);
    expect(run.fn('claims').environment.INVOICES_TABLE).toBe(TableName);
  });

  it("a customer's queue is created, and the local run enforces what was granted on it", async () => {
    const { sqs } = clientsOf('claims');
    const { url: QueueUrl } = named(run.stack.data.queues, 'bookings');

    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const received = sqs.send(new ReceiveMessageCommand({ QueueUrl }));

    await expect(received).rejects.toThrow(/not authorized to perform: sqs:ReceiveMessage/i);
    expect(run.fn('claims').environment.BOOKINGS_QUEUE_URL).toBe(QueueUrl);
  });

  it("a customer's function gets the messages that a subscription of its queue lets through", async () => {
    const { dynamo, sns } = clientsOf();
    const { arn: TopicArn } = named(run.stack.data.topics, 'publish');
    const publish = (team: string) =>
      sns.send(
        new PublishCommand({
          TopicArn,
          Message: `for ${team}`,
          MessageAttributes: { team: { DataType: 'String', StringValue: team } },
        }),
      );

    await publish('sales');
    await publish('claims');

    const { name: TableName } = named(run.stack.data.tables, 'log');
    const texts = await waitFor('the message in the table', async () => {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName }));
      return Items.length > 0 && Items.map(({ text }) => text?.S);
    });
    expect(texts).toEqual(['for claims']);
  });

  it('a queue that keeps the order has a name that says so, as in AWS', () => {
    expect(named(run.stack.data.queues, 'ordered').name).toMatch(/\.fifo$/);
  });

  it('what a local run cannot emulate is left out and named, and webhooks are processed as ever', async () => {
    expect(run.stack.leftOut.map((feature) => feature.replace(/\((\w+?)[0-9A-F]{8}\w*\)/, '($1)'))).toEqual([
      'the resource type AWS::S3::Bucket (Reports)',
      'the runtime python3.13 (Nightly)',
      'the schedule cron(0 3 * * ? *) (AtNight)',
    ]);

    const event = runComplete();
    const answer = await deliver(run.webhookUrl, run.secret ?? '', event);

    expect(answer.status).toBe(200);
    await waitFor('the follow-up', async () => {
      const shown = await fetch(`${run.url}/_local/events/${event.event_id}`);
      return ((await shown.json()) as { state: string }).state === 'processed';
    });
  });

  it("a variable of a customer's function gives its secret no key of Cyberdesk's", async () => {
    const SecretId = named(run.stack.functions, 'consumer').environment.API_KEY_SECRET_ARN;
    const read = (id: string | undefined) =>
      run.aws.call('secretsmanager', 'GetSecretValue', { SecretId: id ?? '' });

    expect(SecretId).toBe(named(run.stack.data.secrets, 'chat').arn);
    // Its value is generated, as in AWS.
    await expect(read(SecretId)).resolves.not.toMatchObject({ SecretString: run.apiKey });
    await expect(read(run.stack.outputs.ApiKeySecretName)).resolves.toMatchObject({
      SecretString: run.apiKey,
    });
  });
});
