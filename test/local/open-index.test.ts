import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, expect, it } from 'vitest';
import { batchReader } from '../../lambda/adapters/batch-reader.ts';
import { openIndex } from '../../lambda/adapters/open-index.ts';
import type { OpenEntry } from '../../lambda/core/model/index.ts';
import { AwsCaller } from '../../local/emulators/caller.ts';
import { Dynalite } from '../../local/emulators/dynamodb.ts';
import { provision } from '../../local/emulators/provision.ts';
import type { DataModel } from '../../local/template/model.ts';
import { openEvent } from '../core/sweep/kit.ts';

const TABLE = 'events';
const aws = new AwsCaller(new Dynalite(), 'us-east-1');
/** The adapters over the emulator itself. */
const client = {
  send: (command: { input: object }) =>
    aws.call('dynamodb', command.constructor.name.replace(/Command$/, ''), command.input),
} as unknown as DynamoDBClient;
const index = openIndex(client, TABLE);
const reader = batchReader(client, TABLE);

const entry = (minute: number): OpenEntry => ({
  event_id: `e${minute}`,
  received_at: `2026-11-25T10:0${minute}:00.000Z`,
});
const put = (minute: number, shard: number) =>
  aws.call('dynamodb', 'PutItem', { TableName: TABLE, Item: marshall(openEvent(entry(minute), shard)) });

beforeAll(async () => {
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
  const create = {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'open', 'received_at'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [key('open', 'HASH'), key('received_at', 'RANGE')],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
  const data = { tables: [{ name: TABLE, create }], queues: [], topics: [] } as unknown as DataModel;
  await provision(data, aws);
  for (const minute of [3, 1, 2, 5, 4]) await put(minute, 0);
  await put(6, 1);
});

it('the open index lists one shard, oldest first, from after an entry up to a time', async () => {
  expect(await index.list(0, { limit: 1 })).toEqual([entry(1)]);
  expect(await index.list(0, { limit: 100 })).toEqual([1, 2, 3, 4, 5].map(entry));
  const middle = { after: entry(2), until: entry(4).received_at, limit: 100 };
  expect(await index.list(0, middle)).toEqual([3, 4].map(entry));
  expect(await index.list(1, { limit: 100 })).toEqual([entry(6)]);
  expect(await index.list(2, { limit: 100 })).toEqual([]);
});

it('the open index is listed from after an entry that is gone', async () => {
  const gone = { event_id: 'gone', received_at: '2026-11-25T10:03:30.000Z' };
  expect(await index.list(0, { after: gone, limit: 100 })).toEqual([4, 5].map(entry));
});

it('a batch is read from the emulator in the order of its keys', async () => {
  const keys = ['event#e2', 'event#none', 'event#e1', 'event#e2'].map((pk) => ({ pk, sk: 'event' }));
  expect((await reader.getAll(keys)).map((item) => item?.pk)).toEqual([
    'event#e2',
    undefined,
    'event#e1',
    'event#e2',
  ]);
});
