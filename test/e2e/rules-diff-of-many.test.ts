import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { run } from '../ops/support/command.ts';
import { ownFolder } from '../ops/support/own-folder.ts';
import { bundleOf, processorVariables, rulesFile } from '../ops/support/rules.ts';
import type { TestStage } from '../ops/support/stage.ts';
import { useStage } from '../ops/support/use-stage.ts';

const FEW = 1_000;
const MANY = 10_000;
const READ_AT_ONCE = 100;
const WRITTEN_AT_ONCE = 25;

/** In the ids of the event that is stored again. */
const NAME = 'to-be-copied';

type Item = Record<string, AttributeValue>;

const here = useStage();

/** dynalite loses an event at the end of a page where several were received in the same millisecond. */
function receivedEarlier({ received_at }: Item, by: number): Item {
  const received = new Date(Date.parse(`${received_at?.S}`) - by).toISOString();
  return { received_at: { S: received }, day: { S: received.slice(0, 10) } };
}

/** Stores what the table holds of one event again, under other ids. */
async function multiply(
  { clients: { dynamoDb }, outputs: { tableName } }: TestStage,
  from: number,
  to: number,
) {
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: tableName }));
  const originals = Items.filter(({ pk }) => pk?.S?.includes(NAME));
  const copy = (item: Item, index: number): Item => {
    const named = Object.entries(item).map(([name, value]): [string, AttributeValue] =>
      value.S === undefined ? [name, value] : [name, { S: value.S.replaceAll(NAME, `copy-${index}`) }],
    );
    return { ...Object.fromEntries(named), ...(item.day && receivedEarlier(item, index)) };
  };
  const copies = Array.from({ length: to - from }, (_, index) =>
    originals.map((item) => copy(item, from + index)),
  ).flat();
  for (let start = 0; start < copies.length; start += WRITTEN_AT_ONCE) {
    const requests = copies.slice(start, start + WRITTEN_AT_ONCE).map((Item) => ({ PutRequest: { Item } }));
    await dynamoDb.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
  }
}

it('rules diff over ten thousand events reads them by the hundred, in time that grows with their number', async () => {
  await here.service.deliver({ event_id: `event-${NAME}`, run: { id: `run-${NAME}` } });
  await here.service.work();
  const folder = ownFolder({
    'stages.ts': 'export const stages = { dev: {} };',
    'old.ts': rulesFile("{ name: 'a', actions: () => notify() }"),
    'follow-ups.ts': rulesFile("{ name: 'a', actions: ({ run }) => notify(run.id) }"),
  });
  const processor = { bundle: await bundleOf(folder.path('old.ts')), environment: processorVariables({}) };
  let reads = 0;
  const { dynamoDb } = here.stage.clients;
  const counted = {
    send(command: object) {
      if (command instanceof BatchGetItemCommand) reads += 1;
      return dynamoDb.send(command as never);
    },
  } as typeof dynamoDb;
  const stage = { ...here.stage, clients: { ...here.stage.clients, dynamoDb: counted }, processor };
  const diff = async () => {
    reads = 0;
    const rules = folder.path('follow-ups.ts');
    const { err, json } = await run(['rules', 'diff', '--since', '1h', '--rules', rules, '--json'], {
      connect: async () => stage,
    });
    expect(err).toBe('');
    return json() as { events: number; rules: { changed: number }[]; duration_ms: number };
  };

  await multiply(here.stage, 1, FEW);
  const few = await diff();
  await multiply(here.stage, FEW, MANY);
  const many = await diff();

  console.info(`rules diff: ${FEW} events in ${few.duration_ms} ms, ${MANY} in ${many.duration_ms} ms`);
  expect([few.events, many.events]).toEqual([FEW, MANY]);
  expect(many.rules).toMatchObject([{ changed: MANY }]);
  // The events themselves, and what is remembered of their runs; a page of the list may end within a hundred.
  expect(reads).toBeLessThan((3 * MANY) / READ_AT_ONCE);
  expect(many.duration_ms / few.duration_ms).toBeLessThan((2 * MANY) / FEW);
});
