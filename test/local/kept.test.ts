import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsCaller } from '../../local/emulators/caller.ts';
import { Emulators } from '../../local/emulators/emulators.ts';
import { ignoreMissing } from '../../local/emulators/provision.ts';
import { StateInUseError } from '../../local/errors.ts';
import { openState, type State } from '../../local/state/state.ts';
import { waitFor } from '../e2e/kit/wait.ts';

const TABLE = {
  TableName: 'events',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'open', AttributeType: 'S' },
  ],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [
    {
      IndexName: 'open',
      KeySchema: [{ AttributeName: 'open', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};
const NO_DATA = { tables: [], queues: [], topics: [], keys: [] };
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:key-AbCdEf';
const SECRET = { logicalId: 'Key', label: 'key', name: 'key', arn };
const secrets = [{ ...SECRET, description: undefined, keyId: undefined, policy: undefined }];
const QueueUrl = 'http://127.0.0.1:1/000000000000/queue';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cyberdesk-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Does something with the emulators of one process. */
async function asProcess<T>(
  work: (aws: AwsCaller, state: State) => Promise<T>,
  { fresh = false } = {},
): Promise<T> {
  const state = openState(folder, fresh);
  const emulators = new Emulators({ ...NO_DATA, secrets }, 'http://127.0.0.1:1', 'us-east-1', { state });
  const aws = new AwsCaller(emulators, 'us-east-1');
  try {
    await aws.call('dynamodb', 'CreateTable', TABLE).catch(() => 'it is there');
    const { TableName } = TABLE;
    await waitFor('the table', async () => {
      const call = aws.call<{ Table: { TableStatus: string } }>('dynamodb', 'DescribeTable', { TableName });
      return (await call).Table.TableStatus === 'ACTIVE';
    });
    await aws.call('sqs', 'CreateQueue', { QueueName: 'queue' });
    await emulators.queues.restore?.((message) =>
      aws.call('sqs', 'SendMessage', message).catch(ignoreMissing),
    );
    return await work(aws, state);
  } finally {
    await emulators.close();
    state.kept.close();
  }
}

const item = (pk: string) => ({ TableName: 'events', Item: { pk: { S: pk }, open: { S: 'yes' } } });
const itemsIn = async (aws: AwsCaller, IndexName?: string) => {
  const { Items } = await aws.call<{ Items: { pk: { S: string } }[] }>('dynamodb', 'Scan', {
    TableName: 'events',
    ...(IndexName && { IndexName }),
  });
  return Items.map(({ pk }) => pk.S).sort();
};
const receive = async (aws: AwsCaller) => {
  type Received = { Messages?: { Body: string; ReceiptHandle: string }[] };
  const { Messages = [] } = await aws.call<Received>('sqs', 'ReceiveMessage', {
    QueueUrl,
    MaxNumberOfMessages: 10,
  });
  return Messages;
};

describe('what a local run keeps', () => {
  it('items, messages and secrets are there for the next process, and gone after a fresh start', async () => {
    await asProcess(async (aws) => {
      await aws.call('dynamodb', 'PutItem', item('a'));
      await aws.call('secretsmanager', 'PutSecretValue', { SecretId: arn, SecretString: 'first' });
      await aws.call('secretsmanager', 'PutSecretValue', { SecretId: arn, SecretString: 'second' });
      for (const MessageBody of ['one', 'two'])
        await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody });
    });
    const found = (aws: AwsCaller) =>
      Promise.all([
        itemsIn(aws),
        receive(aws).then((messages) => messages.map(({ Body }) => Body).sort()),
        aws
          .call('secretsmanager', 'GetSecretValue', { SecretId: arn, VersionStage: 'AWSPREVIOUS' })
          .then(({ SecretString }) => SecretString)
          .catch(({ code }) => code),
      ]);

    expect(await asProcess(found)).toEqual([['a'], ['one', 'two'], 'first']);
    expect(await asProcess(found, { fresh: true })).toEqual([[], [], 'ResourceNotFoundException']);
  });

  it('messages of a queue that no longer exists are gone, and the others are there', async () => {
    await asProcess(async (aws) => {
      const gone = await aws.call<{ QueueUrl: string }>('sqs', 'CreateQueue', { QueueName: 'gone' });
      await aws.call('sqs', 'SendMessage', { QueueUrl: gone.QueueUrl, MessageBody: 'lost' });
      await aws.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'kept' });
    });

    expect(await asProcess(receive)).toMatchObject([{ Body: 'kept' }]);
  });

  it('a message that was received is there again, one that was deleted is not', async () => {
    await asProcess(async (aws) => {
      const Entries = ['one', 'two', 'three'].map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
      await aws.call('sqs', 'SendMessageBatch', { QueueUrl, Entries });
      const messages = await receive(aws);
      const handleOf = (body: string) => messages.find(({ Body }) => Body === body)?.ReceiptHandle;
      await aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: handleOf('one') });
      const Deleted = [{ Id: '0', ReceiptHandle: handleOf('three') }];
      await aws.call('sqs', 'DeleteMessageBatch', { QueueUrl, Entries: Deleted });
    });

    const bodies = await asProcess(async (aws) => (await receive(aws)).map(({ Body }) => Body));
    expect(bodies).toEqual(['two']);
    await asProcess((aws) => aws.call('sqs', 'PurgeQueue', { QueueUrl }));
    expect(await asProcess(receive)).toEqual([]);
  });

  it('a write that was under way is repeated, so that no index has what its table lacks', async () => {
    await asProcess(async (_aws, { kept }) => {
      const body = JSON.stringify({ ...item('b'), ConditionExpression: 'attribute_not_exists(pk)' });
      kept.put('write', '1', JSON.stringify({ operation: 'PutItem', body }));
    });

    expect(await asProcess((aws) => Promise.all([itemsIn(aws), itemsIn(aws, 'open')]))).toEqual([
      ['b'],
      ['b'],
    ]);
    expect(await asProcess(async (_aws, { kept }) => kept.all('write'))).toEqual([]);
  });

  it('a folder is used by one process at a time', async () => {
    await asProcess(async () => {
      expect(() => openState(folder, true)).toThrow(StateInUseError);
    });

    await asProcess(async () => 'free again');
  });
});
