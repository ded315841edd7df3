import { expect, it } from 'vitest';
import { toOperatorError } from '../../ops/stage/explain.ts';
import { readBatch } from '../../ops/stage/table.ts';
import { stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();
type Keys = { pk: { S: string } }[];

/** Reads items from a table that leaves what `readable` says unread, and notes each wait. */
async function read(ids: string[], readable: (asked: Keys, request: number) => Keys) {
  const { tableName } = here.stage.outputs;
  let requests = 0;
  const { clients } = stubAws({
    BatchGetItem: ({ RequestItems }: Record<string, unknown>) => {
      const { Keys: asked = [] } = (RequestItems as Record<string, { Keys: Keys }>)[tableName] ?? {};
      requests += 1;
      if (requests > 100) throw new Error('this would never have ended');
      const items = readable(asked, requests);
      const left = asked.filter((key) => !items.includes(key));
      return {
        Responses: { [tableName]: items },
        UnprocessedKeys: left.length > 0 ? { [tableName]: { Keys: left } } : {},
      };
    },
  });
  const stage = { ...here.stage, clients: { ...here.stage.clients, dynamoDb: clients.dynamoDb } };
  const waits: number[] = [];
  const found = await readBatch<{ pk: string }>(
    stage,
    ids.map((pk) => ({ pk, sk: 'event' })),
    ['pk'],
    async (ms) => void waits.push(ms),
  ).catch((error: unknown) => toOperatorError(error).message);
  return { found, waits, requests };
}

it('a batch of the command is given up after three seconds in which DynamoDB has read nothing', async () => {
  expect(await read(['a'], () => [])).toEqual({
    found:
      'DynamoDB is throttling the table, and left items unread for three seconds: wait a minute, then repeat the command',
    waits: [100, 200, 400, 800, 1600],
    requests: 6,
  });
});

it('a batch of the command is read to its end as long as each request reads something, with a wait before the next', async () => {
  const found = ['a', 'b', 'c'].map((pk) => ({ pk, sk: 'event' }));

  expect(await read(['a', 'b', 'c'], (asked) => asked.slice(0, 1))).toEqual({
    found,
    waits: [100, 100],
    requests: 3,
  });
});

it('a batch of the command that is read at once is not waited for', async () => {
  expect(await read(['a'], (asked) => asked)).toMatchObject({ waits: [], requests: 1 });
});
