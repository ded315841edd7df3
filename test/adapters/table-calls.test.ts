import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { BatchNotReadError, batchReader } from '../../lambda/adapters/batch-reader.ts';
import { dynamoDbTable } from '../../lambda/adapters/dynamodb-table.ts';
import { openIndex } from '../../lambda/adapters/open-index.ts';
import { capture, signal } from './capture.ts';

const KEY = { pk: 'p', sk: 's' };
const ITEM = { ...KEY, v: 1, tag: 'new' };

it.each([
  ['absent', { ConditionExpression: 'attribute_not_exists(pk)' }],
  [
    { tag: 'old' },
    { ConditionExpression: 'tag = :tag', ExpressionAttributeValues: { ':tag': { S: 'old' } } },
  ],
] as const)(
  'a put on condition of %j says so to DynamoDB, and asks what it finds instead',
  async (expected, is) => {
    const { client, sent } = capture();

    expect(await dynamoDbTable(client, 'table', signal).put(ITEM, expected)).toEqual({ kind: 'written' });
    const input = {
      TableName: 'table',
      Item: { pk: { S: 'p' }, sk: { S: 's' }, v: { N: '1' }, tag: { S: 'new' } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...is,
    };
    expect(sent).toEqual([{ command: 'PutItemCommand', input, signal }]);
  },
);

it('the table leaves out attributes without a value', async () => {
  const { client, sent } = capture();

  await dynamoDbTable(client, 'table').put({ ...ITEM, ttl: undefined } as typeof ITEM, 'absent');

  expect(Object.keys(sent[0]?.input.Item ?? {})).toEqual(['pk', 'sk', 'v', 'tag']);
});

it.each([
  [undefined, { kind: 'conflict' }],
  [
    { pk: { S: 'p' }, sk: { S: 's' }, v: { N: '1' }, tag: { S: 'other' } },
    { kind: 'conflict', found: { ...ITEM, tag: 'other' } },
  ],
])('a put whose condition fails is a conflict with what was found', async (Item, outcome) => {
  const error = new ConditionalCheckFailedException({ message: 'no', $metadata: {}, ...(Item && { Item }) });

  expect(await dynamoDbTable(capture(error).client, 'table').put(ITEM, { tag: 'old' })).toEqual(outcome);
});

it('any other error of a put is thrown', async () => {
  const table = dynamoDbTable(capture(new Error('throttled')).client, 'table');

  await expect(table.put(ITEM, 'absent')).rejects.toThrow('throttled');
});

it('what DynamoDB leaves unread is asked for after 0.1, 0.2, 0.4, 0.8 and 1.6 seconds, then given up', async () => {
  const { client, sent } = capture({
    UnprocessedKeys: { table: { Keys: [{ pk: { S: 'p' }, sk: { S: 's' } }] } },
  });
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);

  await expect(batchReader(client, 'table', { signal, sleep }).getAll([KEY])).rejects.toThrow(
    new BatchNotReadError('DynamoDB left parts of a batch unread; is it throttling this table?'),
  );
  expect(waits).toEqual([100, 200, 400, 800, 1600]);
  expect(sent.map((call) => call.signal)).toEqual(Array(6).fill(signal));
});

it('BatchNotReadError has its own name', () =>
  expect(new BatchNotReadError().name).toBe('BatchNotReadError'));

const after = (received_at: string) => ({ event_id: 'e', received_at });

it.each([
  ['earlier than', '2026-11-25T09', 1],
  ['equal to', '2026-11-25T10', 1],
  ['later than', '2026-11-25T11', 0],
])('the open index is asked unless it would begin %s its end', async (_, received_at, calls) => {
  const { client, sent } = capture();

  await openIndex(client, 'table', signal).list(0, {
    after: after(received_at),
    until: '2026-11-25T10',
    limit: 9,
  });

  expect(sent.map((call) => call.signal)).toEqual(Array(calls).fill(signal));
});

it('the open index without an end is asked for the whole shard', async () => {
  const { client, sent } = capture();

  await openIndex(client, 'table').list(0, { after: after('2026-11-25T10'), limit: 9 });

  expect(sent).toMatchObject([
    {
      input: {
        KeyConditionExpression: '#open = :value',
        ExpressionAttributeValues: { ':value': { S: '0' } },
      },
    },
  ]);
});
