import { type AttributeValue, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { BY_DAY_INDEX, type EventItem, OPEN_INDEX, OPEN_SHARDS } from '../../lambda/core/model/index.ts';
import type { Stage } from '../stage/stage.ts';
import { type EventFilter, indexedPart, matchesFilter } from './filter.ts';
import { readEvents } from './store.ts';
import { type EventSummary, summarize } from './summary.ts';

const DAY = 86_400_000;

/**
 * Events that match, newest first, read as far as the caller takes them. The by-day index finds them; their
 * state is read from the events themselves, as no index carries it.
 *
 * @param now epoch milliseconds
 * @param onDay called with each day (`YYYY-MM-DD`) that is looked through: what no index knows takes its time
 */
export async function* listEvents(
  stage: Stage,
  filter: EventFilter = {},
  now = Date.now(),
  onDay: (day: string) => void = () => undefined,
): AsyncGenerator<EventSummary> {
  for await (const event of listEventItems(stage, filter, now, onDay)) yield summarize(event);
}

/** The same, as the items that are stored, without bodies. */
export async function* listEventItems(
  stage: Stage,
  filter: EventFilter = {},
  now = Date.now(),
  onDay: (day: string) => void = () => undefined,
): AsyncGenerator<EventItem> {
  if (filter.state === 'received') {
    // Few, and perhaps old: the open index holds just these.
    const open = await openIds(stage, filter);
    yield* await load(stage, open, filter);
    return;
  }
  const oldest = Math.max(filter.since ?? 0, now - stage.outputs.eventRetentionDays * DAY - DAY);
  // A clock that is ahead elsewhere may have written tomorrow's day.
  const newest = Math.min(filter.until ?? Number.POSITIVE_INFINITY, now + DAY);
  for (let at = newest; dayOf(at) >= dayOf(oldest); at -= DAY) {
    onDay(dayOf(at));
    const query = { index: BY_DAY_INDEX, partition: 'day', value: dayOf(at), newestFirst: true };
    for await (const ids of pages(stage, query, filter)) yield* await load(stage, ids, filter);
  }
}

/** The first `limit` events that match, and whether there are more. */
export async function takeEvents(
  stage: Stage,
  filter: EventFilter,
  limit: number,
  now = Date.now(),
  onDay?: (day: string) => void,
): Promise<{ events: EventSummary[]; more: boolean }> {
  const events: EventSummary[] = [];
  for await (const event of listEvents(stage, filter, now, onDay)) {
    if (events.length === limit) return { events, more: true };
    events.push(event);
  }
  return { events, more: false };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Ids of unfinished events, in no order. */
export async function openIds(stage: Stage, filter: EventFilter = {}): Promise<string[]> {
  const shards = Array.from({ length: OPEN_SHARDS }, async (_, shard) => {
    const ids: string[] = [];
    const query = { index: OPEN_INDEX, partition: 'open', value: String(shard), newestFirst: true };
    for await (const page of pages(stage, query, filter)) ids.push(...page);
    return ids;
  });
  return (await Promise.all(shards)).flat();
}

async function load(stage: Stage, ids: string[], filter: EventFilter): Promise<EventItem[]> {
  const found = await readEvents(stage, ids);
  return [...found.values()]
    .filter((event) => matchesFilter(summarize(event), filter))
    .sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
}

interface IndexQuery {
  index: string;
  partition: string;
  value: string;
  newestFirst: boolean;
}

async function* pages(
  stage: Stage,
  { index, partition, value, newestFirst }: IndexQuery,
  filter: EventFilter,
): AsyncGenerator<string[]> {
  const conditions = Object.entries(indexedPart(filter));
  const names = Object.fromEntries(conditions.map(([name], i) => [`#f${i}`, name]));
  const values = Object.fromEntries(conditions.map(([, text], i) => [`:f${i}`, { S: text }]));
  let start: Record<string, AttributeValue> | undefined;
  do {
    const input: QueryCommandInput = {
      TableName: stage.outputs.tableName,
      IndexName: index,
      KeyConditionExpression: '#p = :p',
      ScanIndexForward: !newestFirst,
      ExpressionAttributeNames: { '#p': partition, ...names },
      ExpressionAttributeValues: { ':p': { S: value }, ...values },
      ...(conditions.length > 0 && {
        FilterExpression: conditions.map((_, i) => `#f${i} = :f${i}`).join(' AND '),
      }),
      ...(start && { ExclusiveStartKey: start }),
      // One page of ids is one batch of reads: who takes ten events does not read a day.
      Limit: 100,
    };
    const page = await stage.clients.dynamoDb.send(new QueryCommand(input));
    yield (page.Items ?? []).flatMap(({ event_id }) => (event_id?.S === undefined ? [] : [event_id.S]));
    start = page.LastEvaluatedKey;
  } while (start);
}
