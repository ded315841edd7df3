import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { arrivals, openIndex } from '../../lambda/adapters/open-index.ts';
import { startAws } from './aws.ts';

const RECEIVED = '2026-11-25T10:00:00.000Z';
const item = (id: string) => ({
  event_id: { S: id },
  received_at: { S: RECEIVED },
  pk: { S: `event#${id}` },
});

/** An index of pages; `start` of a query is the number of its page. */
async function indexOf(...pages: string[][]) {
  const { asked, config } = await startAws(({ input }) => {
    const start = input.ExclusiveStartKey as { page?: { N: string } } | undefined;
    const page = Number(start?.page?.N ?? 0);
    return {
      Items: pages[page]?.map(item) ?? [],
      ...(page < pages.length - 1 && { LastEvaluatedKey: { page: { N: String(page + 1) } } }),
    };
  });
  return { asked, index: openIndex(new DynamoDBClient(config), 'table') };
}

it('the open index is asked for one shard, after an entry and up to a time', async () => {
  const { asked, index } = await indexOf(['a']);
  const after = { event_id: 'b', received_at: RECEIVED };
  expect(await index.list(3, { after, until: '2027', limit: 100 })).toEqual([
    { event_id: 'a', received_at: RECEIVED },
  ]);
  expect(asked).toEqual([
    {
      operation: 'Query',
      input: {
        TableName: 'table',
        IndexName: 'open',
        KeyConditionExpression: '#open = :value AND received_at <= :until',
        ExpressionAttributeNames: { '#open': 'open' },
        ExpressionAttributeValues: { ':value': { S: '3' }, ':until': { S: '2027' } },
        Limit: 100,
        ExclusiveStartKey: {
          pk: { S: 'event#b' },
          sk: { S: 'event' },
          open: { S: '3' },
          received_at: { S: RECEIVED },
        },
      },
    },
  ]);
});

it('a list of the open index continues after short and empty pages', async () => {
  const { asked, index } = await indexOf(['a', 'b'], [], ['c']);
  const listed = await index.list(0, { limit: 4 });
  expect(listed.map(({ event_id }) => event_id)).toEqual(['a', 'b', 'c']);
  expect(asked.map(({ input }) => input.Limit)).toEqual([4, 2, 2]);
});

it('a list of the open index ends at its limit', async () => {
  const { asked, index } = await indexOf(['a'], ['b']);
  expect(await index.list(0, { limit: 1 })).toHaveLength(1);
  expect(asked).toHaveLength(1);
});

it('the index by day is asked for one day, within a span of time', async () => {
  const { asked, config } = await startAws(() => ({ Items: [item('a')] }));
  const after = { event_id: 'b', received_at: RECEIVED };

  const listed = await arrivals(new DynamoDBClient(config), 'table').list('2026-11-25', {
    after,
    from: '2026-11-25',
    until: '2027',
    limit: 1,
  });

  expect(listed).toEqual([{ event_id: 'a', received_at: RECEIVED }]);
  expect(asked).toMatchObject([
    {
      input: {
        IndexName: 'by-day',
        KeyConditionExpression: '#day = :value AND received_at BETWEEN :from AND :until',
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: {
          ':value': { S: '2026-11-25' },
          ':from': { S: '2026-11-25' },
          ':until': { S: '2027' },
        },
        ExclusiveStartKey: { pk: { S: 'event#b' }, day: { S: '2026-11-25' }, received_at: { S: RECEIVED } },
      },
    },
  ]);
});
