import {
  type AttributeValue,
  BatchGetItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { untilRead } from '../../lambda/adapters/batch-reader.ts';
import { dynamoDbTable } from '../../lambda/adapters/dynamodb-table.ts';
import { sqsQueue } from '../../lambda/adapters/sqs-queues.ts';
import {
  type Item,
  type Key,
  PAUSE_KEY,
  type PauseItem,
  type Queue,
  type Table,
} from '../../lambda/core/model/index.ts';
import { peek } from '../../lambda/core/store/index.ts';
import type { AuditedStage } from './audited-stage.ts';
import { pagesOf } from './pages.ts';
import type { Stage } from './stage.ts';

const BATCH = 100;

/** The stage's table, for the protocol's own reads. */
export const readsOf = ({ clients, outputs }: Stage): Pick<Table, 'get'> =>
  dynamoDbTable(clients.dynamoDb, outputs.tableName);

/** The same with its compare-and-swap writes. */
export const tableOf = ({ clients, outputs }: AuditedStage): Table =>
  dynamoDbTable(clients.dynamoDb, outputs.tableName);

export const queueOf = ({ clients, outputs }: AuditedStage): Queue => sqsQueue(clients.sqs, outputs.queueUrl);

/** One item, read with strong consistency. Its key says which kind of item it is. */
export const readItem = <T extends Item>(stage: Stage, key: Key): Promise<T | undefined> =>
  peek<T>(readsOf(stage), key);

/** The latest pause of all calls to Cyberdesk, which may be over. */
export const readPause = (stage: Stage): Promise<PauseItem | undefined> => readItem(stage, PAUSE_KEY);

/** @param onPage called after each page that was read, unless there was nothing in it; may end the query by throwing */
export async function* query<T>(
  { clients, outputs }: Stage,
  input: Omit<QueryCommandInput, 'TableName'>,
  onPage: () => void = () => undefined,
): AsyncGenerator<T[]> {
  const pages = pagesOf<Record<string, AttributeValue>, Record<string, AttributeValue>>(async (start) => {
    const {
      Items: items,
      LastEvaluatedKey: next,
      ScannedCount = 0,
    } = await clients.dynamoDb.send(
      new QueryCommand({
        TableName: outputs.tableName,
        ...input,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    if (ScannedCount > 0) onPage();
    return { items, next };
  });
  for await (const items of pages) yield items.map((item) => unmarshall(item) as T);
}

/** Asks for these attributes alone, whatever they are called. */
export const projectionOf = (attributes: readonly string[]) => ({
  ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name])),
});

/**
 * Attributes of many items, read with strong consistency, in no order; items that do not exist are left out.
 *
 * @param sleep waits before what DynamoDB has left unread is asked for again
 * @throws BatchNotReadError if it goes on to leave the same unread
 */
export async function readBatch<T>(
  { clients, outputs: { tableName } }: Stage,
  keys: readonly Key[],
  attributes: readonly string[],
  sleep?: (ms: number) => Promise<void>,
): Promise<T[]> {
  const found: T[] = [];
  const shape = { ConsistentRead: true, ...projectionOf(attributes) };
  const ask = async (open: Record<string, AttributeValue>[]) => {
    const { Responses, UnprocessedKeys } = await clients.dynamoDb.send(
      new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: open, ...shape } } }),
    );
    found.push(...(Responses?.[tableName] ?? []).map((item) => unmarshall(item) as T));
    return UnprocessedKeys?.[tableName]?.Keys ?? [];
  };
  for (let start = 0; start < keys.length; start += BATCH) {
    const batch = keys.slice(start, start + BATCH).map(({ pk, sk }) => marshall({ pk, sk }));
    await untilRead(batch, ask, sleep);
  }
  return found;
}
