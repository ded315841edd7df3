import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type Arrivals,
  type ArrivalsQuery,
  BY_DAY_INDEX,
  eventKey,
  OPEN_INDEX,
  type OpenEntry,
  type OpenIndex,
  type OpenQuery,
} from '../core/model/index.ts';

type Client = Pick<DynamoDBClient, 'send'>;
type Attributes = Record<string, AttributeValue>;

/** A partition of an index: the attribute that the index is partitioned by, and its value. */
interface Partition {
  client: Client;
  tableName: string;
  signal: AbortSignal | undefined;
  index: string;
  attribute: 'open' | 'day';
  value: string;
}

/** The open index in DynamoDB. */
export const openIndex = (client: Client, tableName: string, signal?: AbortSignal): OpenIndex => ({
  list: (shard, query) =>
    list({ client, tableName, signal, index: OPEN_INDEX, attribute: 'open', value: String(shard) }, query),
});

/** The index by day in DynamoDB. */
export const arrivals = (client: Client, tableName: string, signal?: AbortSignal): Arrivals => ({
  list: (day, query) =>
    list({ client, tableName, signal, index: BY_DAY_INDEX, attribute: 'day', value: day }, query),
});

async function list(partition: Partition, query: OpenQuery | ArrivalsQuery): Promise<OpenEntry[]> {
  const { client, signal } = partition;
  const entries: OpenEntry[] = [];
  // DynamoDB refuses to start after what the condition excludes.
  if (query.after && query.until !== undefined && query.after.received_at > query.until) return entries;
  let start = query.after && keyOf(partition, query.after);
  do {
    const command = pageOf(partition, { ...query, limit: query.limit - entries.length }, start);
    const page = await client.send(command, signal ? { abortSignal: signal } : {});
    entries.push(...(page.Items ?? []).map(toEntry));
    // A page may be short, or empty, before the end.
    start = page.LastEvaluatedKey;
  } while (start && entries.length < query.limit);
  return entries;
}

/** Where an entry is in the index. The entry itself may be gone by now. */
const keyOf = ({ attribute, value }: Partition, { event_id, received_at }: OpenEntry): Attributes =>
  marshall({ ...eventKey(event_id), [attribute]: value, received_at });

function toEntry(attributes: Attributes): OpenEntry {
  const { event_id, received_at } = unmarshall(attributes);
  return { event_id, received_at };
}

function pageOf(
  { tableName, index, attribute, value }: Partition,
  query: OpenQuery | ArrivalsQuery,
  start: Attributes | undefined,
): QueryCommand {
  const { until, limit } = query;
  const from = 'from' in query ? query.from : undefined;
  const span = from === undefined ? 'received_at <= :until' : 'received_at BETWEEN :from AND :until';
  return new QueryCommand({
    TableName: tableName,
    IndexName: index,
    KeyConditionExpression: `#${attribute} = :value${until === undefined ? '' : ` AND ${span}`}`,
    ExpressionAttributeNames: { [`#${attribute}`]: attribute },
    ExpressionAttributeValues: marshall({
      ':value': value,
      ...(from !== undefined && { ':from': from }),
      ...(until !== undefined && { ':until': until }),
    }),
    Limit: limit,
    ...(start && { ExclusiveStartKey: start }),
  });
}
