import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { useWhole, type Whole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

const whole = useWhole();
const denied = { name: 'AccessDeniedException' };

/** What someone can do who has stolen the credentials of one function. */
function thief({ run }: Whole, label: string) {
  const config = { region: 'us-east-1', endpoint: run.awsUrl, credentials: run.credentialsOf(label) };
  const TableName = String(run.fn(label).environment.TABLE_NAME);
  const client = new DynamoDBClient(config);
  return {
    TableName,
    client,
    sqs: new SQSClient(config),
    secrets: new SecretsManagerClient(config),
    put: (pk: string, sk: string, more: object = {}) =>
      client.send(
        new PutItemCommand({ TableName, Item: marshall({ pk, sk, v: 1, tag: 'forged', ...more }) }),
      ),
    /** Reads an item without a grant to read: by a condition that fails. */
    readBack: async (pk: string, sk: string) => {
      const command = new PutItemCommand({
        TableName,
        Item: marshall({ pk, sk }),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return client.send(command).catch((error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error;
        return unmarshall(error.Item);
      });
    },
  };
}

/** A processed event with its completion and the lineage of its follow-up. */
let webhook: ReturnType<typeof runComplete>;
let completion: [pk: string, sk: string];
let lineage: [pk: string, sk: string];
beforeAll(async () => {
  webhook = runComplete();
  await whole().deliver(webhook);
  const shown = await whole().finished(webhook.event_id);
  completion = [`run#${webhook.run.id}`, `completion#${Date.parse(webhook.run.ended_at)}`];
  lineage = [`run#${shown.actions.flatMap(({ run_ids }) => run_ids)[0]}`, 'lineage'];
  // They are there, so a denial is not for want of them.
  const operator = whole().run;
  for (const [pk, sk] of [completion, lineage]) {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const TableName = operator.fn('verifier').environment.TABLE_NAME;
    expect(await operator.aws.call('dynamodb', 'GetItem', { TableName, Key })).toHaveProperty('Item');
  }
});

const forgedPlan = {
  owner: 'x',
  crashes: 0,
  round: 0,
  planned: 0,
  done: false,
  depth: 0,
  retries: 0,
  updated_at: 0,
  actions: [
    { rule: 'r', position: 0, kind: 'startRun', generation: 0, key: 'k', body: '{}', tries: 0, delayed: 0 },
  ],
};

describe('with the role of the verifier', () => {
  it('no one can forge a plan, or a body of one', async () => {
    const { put } = thief(whole(), 'verifier');
    await expect(put('run#mine', 'completion#1', forgedPlan)).rejects.toMatchObject(denied);
    await expect(put(...completion, forgedPlan)).rejects.toMatchObject(denied);
    const own = ['occurrence#mine', 'completion#event:mine'] as const;
    await expect(put(...own, forgedPlan)).rejects.toMatchObject(denied);
    await expect(put('plan#0/0', 'body')).rejects.toMatchObject(denied);
  });

  it('no one can erase what was done', async () => {
    const { put, client, TableName } = thief(whole(), 'verifier');
    const [pk, sk] = completion;
    const Key = marshall({ pk, sk });
    await expect(put(pk, sk)).rejects.toMatchObject(denied);
    await expect(put(...lineage)).rejects.toMatchObject(denied);
    await expect(client.send(new DeleteItemCommand({ TableName, Key }))).rejects.toMatchObject(denied);
    await expect(client.send(new UpdateItemCommand({ TableName, Key }))).rejects.toMatchObject(denied);
    const forged = { Put: { TableName, Item: Key } };
    await expect(
      client.send(new TransactWriteItemsCommand({ TransactItems: [forged] })),
    ).rejects.toMatchObject(denied);
  });

  it('no one can pause the calls, or lead the sweeper astray', async () => {
    const { put } = thief(whole(), 'verifier');
    const until = Date.parse('3000-01-01T00:00:00Z');
    await expect(put('control#pause', 'pause', { until, streak: 1 })).rejects.toMatchObject(denied);
    await expect(put('control#sweep', 'sweep', { cursors: {} })).rejects.toMatchObject(denied);
  });

  it('no one can read what the processor stores, nor list anything', async () => {
    const { client, TableName, readBack } = thief(whole(), 'verifier');
    await expect(readBack(...completion)).rejects.toMatchObject(denied);
    await expect(readBack(...lineage)).rejects.toMatchObject(denied);
    const Key = marshall({ pk: `event#${webhook.event_id}`, sk: 'event' });
    await expect(client.send(new GetItemCommand({ TableName, Key }))).rejects.toMatchObject(denied);
    await expect(client.send(new ScanCommand({ TableName }))).rejects.toMatchObject(denied);
    const query = {
      TableName,
      IndexName: 'open',
      KeyConditionExpression: '#open = :shard',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':shard': { S: '0' } },
    };
    await expect(client.send(new QueryCommand(query))).rejects.toMatchObject(denied);
  });

  it('no one can receive messages, or read the API key', async () => {
    const { sqs, secrets } = thief(whole(), 'verifier');
    const { environment } = whole().run.fn('processor');
    const QueueUrl = environment.QUEUE_URL;
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: /AccessDenied/,
    });
    await expect(
      sqs.send(new SendMessageCommand({ QueueUrl: environment.DLQ_URL, MessageBody: '{}' })),
    ).rejects.toMatchObject({ name: /AccessDenied/ });
    await expect(
      secrets.send(new GetSecretValueCommand({ SecretId: environment.API_KEY_SECRET_ARN })),
    ).rejects.toMatchObject(denied);
  });

  // As docs/security.md says. Should one of these fail, the page has become too modest.
  it('whoever has the role of the verifier can read back and overwrite an event whose id is known', async () => {
    const { put, readBack } = thief(whole(), 'verifier');
    const key = [`event#${webhook.event_id}`, 'event'] as const;
    expect(await readBack(...key)).toMatchObject({ event_id: webhook.event_id, state: 'processed' });
    await put(...key, { state: 'ignored' });
    expect(await readBack(...key)).toMatchObject({ tag: 'forged' });
  });
});

describe('with the role of the sweeper', () => {
  it('no one can change or invent what the processor has stored', async () => {
    const { put } = thief(whole(), 'sweeper');
    await expect(put(...completion, forgedPlan)).rejects.toMatchObject(denied);
    await expect(put(...lineage)).rejects.toMatchObject(denied);
    await expect(put('control#pause', 'pause')).rejects.toMatchObject(denied);
    await expect(put('body#0/0', 'body')).rejects.toMatchObject(denied);
    await expect(put('plan#0/0', 'body')).rejects.toMatchObject(denied);
  });

  it('no one can read the pieces of bodies, not even beside what it may read', async () => {
    const { client, TableName } = thief(whole(), 'sweeper');
    const read = (...pks: string[]) =>
      client.send(
        new BatchGetItemCommand({
          RequestItems: { [TableName]: { Keys: pks.map((pk) => marshall({ pk, sk: 'body' })) } },
        }),
      );
    await expect(read('event#1', 'run#1', 'control#pause', 'control#sweep')).resolves.toBeDefined();
    await expect(read('event#1', 'body#0/0')).rejects.toMatchObject(denied);
    await expect(read('plan#0/0')).rejects.toMatchObject(denied);
    await expect(read('control#other')).rejects.toMatchObject(denied);
  });
});
