import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoDbTable } from '../../lambda/adapters/dynamodb-table.ts';
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
