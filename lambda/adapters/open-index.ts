import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { eventKey, OPEN_INDEX, type OpenEntry, type OpenIndex, type OpenQuery } from '../core/model/index.ts';

type Client = Pick<DynamoDBClient, 'send'>;
type Attributes = Record<string, AttributeValue>;

/** The open index in DynamoDB. */
export function openIndex(client: Client, tableName: string, signal?: AbortSignal): OpenIndex {
  return {
    async list(shard: number, query: OpenQuery): Promise<OpenEntry[]> {
      const entries: OpenEntry[] = [];
      // DynamoDB refuses to start after what the condition excludes.
      if (query.after && query.until !== undefined && query.after.received_at > query.until) return entries;
      let start = query.after && keyOf(shard, query.after);
      do {
        const command = pageOf(tableName, shard, { ...query, limit: query.limit - entries.length }, start);
        const page = await client.send(command, signal ? { abortSignal: signal } : {});
        entries.push(...(page.Items ?? []).map(toEntry));
        // A page may be short, or empty, before the end.
        start = page.LastEvaluatedKey;
      } while (start && entries.length < query.limit);
      return entries;
    },
  };
}

/** Where an entry stands in the index. It need not be there any more. */
const keyOf = (shard: number, { event_id, received_at }: OpenEntry): Attributes =>
  marshall({ ...eventKey(event_id), open: String(shard), received_at });

function toEntry(attributes: Attributes): OpenEntry {
  const { event_id, received_at } = unmarshall(attributes);
  return { event_id, received_at };
}

const pageOf = (
  tableName: string,
  shard: number,
  { until, limit }: OpenQuery,
  start: Attributes | undefined,
): QueryCommand =>
  new QueryCommand({
    TableName: tableName,
    IndexName: OPEN_INDEX,
    KeyConditionExpression:
      until === undefined ? '#open = :shard' : '#open = :shard AND received_at <= :until',
    ExpressionAttributeNames: { '#open': 'open' },
    ExpressionAttributeValues: marshall({
      ':shard': String(shard),
      ...(until !== undefined && { ':until': until }),
    }),
    Limit: limit,
    ...(start && { ExclusiveStartKey: start }),
  });
