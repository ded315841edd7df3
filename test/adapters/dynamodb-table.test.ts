import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoDbTable, listOpen } from '../../lambda/adapters/dynamodb-table.ts';
import { OPEN_SHARDS } from '../../lambda/core/model/index.ts';
import { startAws } from './aws.ts';

describe('the table', () => {
  it('the table is read with strong consistency, because a claim just written must be visible', async () => {
    const { asked, config } = await startAws(() => ({}));
    const table = dynamoDbTable(new DynamoDBClient(config), 'table');

    expect(await table.get({ pk: 'p', sk: 's' })).toBeUndefined();

    expect(asked).toEqual([
      {
        operation: 'GetItem',
        input: { TableName: 'table', Key: { pk: { S: 'p' }, sk: { S: 's' } }, ConsistentRead: true },
      },
    ]);
  });

  it('the table returns the whole item', async () => {
    const attributes = { pk: { S: 'p' }, sk: { S: 's' }, v: { N: '1' }, tag: { S: 't' }, depth: { N: '2' } };
    const { config } = await startAws(() => ({ Item: attributes }));

    const item = await dynamoDbTable(new DynamoDBClient(config), 'table').get({ pk: 'p', sk: 's' });

    expect(item).toEqual({ pk: 'p', sk: 's', v: 1, tag: 't', depth: 2 });
  });

  it('the table returns the item that a conditional put found instead', async () => {
    const found = { pk: { S: 'p' }, sk: { S: 's' }, v: { N: '1' }, tag: { S: 'other' } };
    const error = new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item: found });
    const table = dynamoDbTable({ send: () => Promise.reject(error) }, 'table');

    const outcome = await table.put({ pk: 'p', sk: 's', v: 1, tag: 'new' }, { tag: 'old' });

    expect(outcome).toMatchObject({ found: { pk: 'p', sk: 's', v: 1, tag: 'other' } });
  });

  it('the table is not called after the signal is aborted', async () => {
    const { asked, config } = await startAws(() => ({}));
    const table = dynamoDbTable(new DynamoDBClient(config), 'table', AbortSignal.abort());

    await expect(table.get({ pk: 'p', sk: 's' })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(table.put({ pk: 'p', sk: 's', v: 1, tag: 't' }, 'absent')).rejects.toMatchObject({
      name: 'AbortError',
    });

    expect(asked).toEqual([]);
  });
});

async function all<T>(given: AsyncIterable<T>): Promise<T[]> {
  const them: T[] = [];
  for await (const one of given) them.push(one);
  return them;
}

describe('the list of unfinished events', () => {
  it('the list of unfinished events contains every page of every shard', async () => {
    const PAGES = 3;
    const { asked, config } = await startAws(({ input }) => {
      const values = input.ExpressionAttributeValues as { ':shard': { S: string } };
      const start = input.ExclusiveStartKey as { page: { N: string } } | undefined;
      const page = Number(start?.page.N ?? 0);
      const event_id = { S: `${values[':shard'].S}/${page}` };
      return {
        Items: [{ event_id, received_at: { S: '2026-11-25T10:00:00.000Z' }, pk: { S: 'p' } }],
        ...(page < PAGES - 1 && { LastEvaluatedKey: { page: { N: String(page + 1) } } }),
      };
    });

    const listed = await all(listOpen(new DynamoDBClient(config), 'table'));

    const shards = Array.from({ length: OPEN_SHARDS }, (_, shard) => shard);
    expect(listed.map(({ event_id }) => event_id)).toEqual(
      shards.flatMap((shard) => Array.from({ length: PAGES }, (_, page) => `${shard}/${page}`)),
    );
    expect(listed[0]).toEqual({ event_id: '0/0', received_at: '2026-11-25T10:00:00.000Z' });
    expect(asked[0]?.input).toMatchObject({ TableName: 'table', IndexName: 'open' });
  });

  it('the list of unfinished events continues after an empty page', async () => {
    const { config } = await startAws(({ input }) =>
      input.ExclusiveStartKey
        ? { Items: [{ event_id: { S: 'late' }, received_at: { S: 'then' } }] }
        : { Items: [], LastEvaluatedKey: { pk: { S: 'p' } } },
    );

    const listed = await all(listOpen(new DynamoDBClient(config), 'table'));

    expect(listed).toHaveLength(OPEN_SHARDS);
  });
});
