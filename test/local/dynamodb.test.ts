import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { AwsCaller, awsRequest } from '../../local/emulators/caller.ts';
import { Dynalite } from '../../local/emulators/dynamodb.ts';
import type { AwsBackend } from '../../local/emulators/messages.ts';
import { provision } from '../../local/emulators/provision.ts';
import { ReturnedItems } from '../../local/emulators/returned-item.ts';
import { expireItems } from '../../local/emulators/time-to-live.ts';
import type { TableModel } from '../../local/template/model.ts';

const table: TableModel = {
  logicalId: 'Table',
  label: 'events',
  name: 'events',
  arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/events',
  create: {
    TableName: 'events',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  },
  keyNames: ['pk', 'sk'],
  ttlAttribute: 'ttl',
};

const dynalite = new Dynalite();
/** Reads are slow, so that a write in between would be noticed. */
const slowToRead: AwsBackend = {
  close: () => dynalite.close(),
  async handle(request) {
    for (let turn = 0; request.operation === 'GetItem' && turn < 10; turn += 1) await setImmediate();
    return dynalite.handle(request);
  },
};
const db = new ReturnedItems(slowToRead, [table]);
const aws = new AwsCaller(db, 'us-east-1');
beforeAll(() => provision({ tables: [table], queues: [], topics: [], secrets: [], keys: [] }, aws));

const item = (pk: string, more: object = {}) => ({ pk: { S: pk }, sk: { S: 'event' }, ...more });

/** A put on the condition that there is no item; resolves to status and body. */
async function putIfNew(pk: string, more: object = {}, options: object = {}) {
  const response = await db.handle(
    awsRequest('dynamodb', 'PutItem', {
      TableName: 'events',
      Item: item(pk, more),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ...options,
    }),
  );
  return { status: response.status, body: JSON.parse(response.body.toString()) };
}

describe('ReturnedItems', () => {
  it('a failed condition returns the existing item', async () => {
    expect((await putIfNew('one', { n: { N: '1' } })).status).toBe(200);
    const { status, body } = await putIfNew('one', { n: { N: '2' } });
    expect(status).toBe(400);
    expect(body.__type).toMatch(/#ConditionalCheckFailedException$/);
    expect(body.Item).toEqual(item('one', { n: { N: '1' } }));
  });

  it('a failed condition returns no item unless the request asks for it', async () => {
    await putIfNew('two');
    const { body } = await putIfNew('two', {}, { ReturnValuesOnConditionCheckFailure: 'NONE' });
    expect(body).not.toHaveProperty('Item');
  });

  it('a failed condition returns nothing when there is no item', async () => {
    const { body } = await putIfNew('absent', {}, { ConditionExpression: 'attribute_exists(pk)' });
    expect(body.__type).toMatch(/#ConditionalCheckFailedException$/);
    expect(body).not.toHaveProperty('Item');
  });

  it('one of several concurrent puts succeeds, and the others get its item', async () => {
    const writers = Array.from({ length: 20 }, (_, index) => putIfNew('race', { n: { N: String(index) } }));
    const answers = await Promise.all(writers);
    const winner = answers.findIndex((answer) => answer.status === 200);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    for (const { status, body } of answers) if (status === 400) expect(body.Item.n.N).toBe(String(winner));
  });

  it('a failed condition returns the item that failed it, not one that was written afterwards', async () => {
    const written = (n: number) => ({ TableName: 'events', Item: item('after', { n: { N: String(n) } }) });
    await aws.call('dynamodb', 'PutItem', written(0));
    const failing: ReturnType<typeof putIfNew>[] = [];
    const writes: Promise<unknown>[] = [];
    for (let n = 1; n <= 30; n += 1) {
      failing.push(putIfNew('after'));
      writes.push(aws.call('dynamodb', 'PutItem', written(n)));
    }
    await Promise.all(writes);
    const shown = (await Promise.all(failing)).map(({ body }) => Number(body.Item.n.N));
    expect(shown).toEqual(Array.from({ length: 30 }, (_, n) => n));
  });
});

describe('expireItems', () => {
  it('time to live deletes expired items and no others', async () => {
    const Item = [item('old', { ttl: { N: '100' } }), item('new', { ttl: { N: '300' } }), item('for-ever')];
    for (const one of Item) await aws.call('dynamodb', 'PutItem', { TableName: 'events', Item: one });
    expect(await expireItems(aws, table, 200)).toBe(1);
    const left = await aws.call<{ Items: { pk: { S: string } }[] }>('dynamodb', 'Scan', {
      TableName: 'events',
    });
    const keys = left.Items.map(({ pk }) => pk.S);
    expect(keys).toEqual(expect.arrayContaining(['new', 'for-ever']));
    expect(keys).not.toContain('old');
  });

  it('time to live deletes nothing from a table without the setting', async () => {
    expect(await expireItems(aws, { ...table, ttlAttribute: undefined }, 1e12)).toBe(0);
  });
});
