import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { batchReader } from '../../lambda/adapters/batch-reader.ts';
import { type Asked, startAws } from './aws.ts';

const key = (pk: string) => ({ pk, sk: 'event' });
type Keys = { pk: { S: string } }[];
const keysOf = ({ input }: Asked) =>
  (input.RequestItems as { table: { Keys: Keys } }).table.Keys.map(({ pk }) => pk.S);

/** A table that reads `perRequest` items of a batch, and has every item but `none`. */
async function tableReading(perRequest: number) {
  const { asked, config } = await startAws((call) => {
    const { Keys } = (call.input.RequestItems as { table: { Keys: Keys } }).table;
    const read = Keys.slice(0, perRequest).filter(({ pk }) => pk.S !== 'none');
    const rest = Keys.slice(perRequest);
    return {
      // In another order than asked for, as DynamoDB may.
      Responses: { table: read.reverse().map((one) => ({ ...one, v: { N: '1' }, tag: { S: 't' } })) },
      UnprocessedKeys: rest.length > 0 ? { table: { Keys: rest, ConsistentRead: true } } : {},
    };
  });
  return { asked, reader: batchReader(new DynamoDBClient(config), 'table', { sleep: async () => {} }) };
}

it('a batch is read with strong consistency, each key once, and answered in the order of the keys', async () => {
  const { asked, reader } = await tableReading(100);
  const items = await reader.getAll([key('a'), key('none'), key('b'), key('a')]);
  expect(items.map((item) => item?.pk)).toEqual(['a', undefined, 'b', 'a']);
  expect(asked.map(keysOf)).toEqual([['a', 'none', 'b']]);
  expect(asked[0]?.input).toMatchObject({ RequestItems: { table: { ConsistentRead: true } } });
});

it('what DynamoDB leaves unread is asked for again', async () => {
  const { asked, reader } = await tableReading(2);
  const items = await reader.getAll([key('a'), key('b'), key('c')]);
  expect(items.map((item) => item?.pk)).toEqual(['a', 'b', 'c']);
  expect(asked.map(keysOf)).toEqual([['a', 'b', 'c'], ['c']]);
});

it('a batch may take any number of requests, as long as each of them reads something', async () => {
  const { asked, reader } = await tableReading(1);
  const keys = Array.from('abcdefgh', key);
  expect(await reader.getAll(keys)).toHaveLength(8);
  expect(asked).toHaveLength(8);
});

it('nothing is asked for without keys', async () => {
  const { asked, reader } = await tableReading(100);
  expect(await reader.getAll([])).toEqual([]);
  expect(asked).toEqual([]);
});
