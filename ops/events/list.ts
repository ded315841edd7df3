import {
  BY_DAY_INDEX,
  CENSUS_KEY,
  type CensusItem,
  DAY,
  type EventItem,
  FIRST_LOOK_BACK,
  OPEN_INDEX,
  OPEN_SHARDS,
} from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import type { Stage } from '../stage/stage.ts';
import { query, readItem } from '../stage/table.ts';
import { type EventFilter, indexedPart, matchesFilter } from './filter.ts';
import { type ListedEvent, readEvents } from './store.ts';
import { type EventSummary, summarize } from './summary.ts';

export interface ListOptions {
  /** Epoch milliseconds. */
  now?: number;
  /** How many days are searched at most; by default those for which events are kept after they were finished. */
  days?: number;
  /** Called with each day (`YYYY-MM-DD`) that is searched: a filter that no index supports takes a while. */
  onDay?: (day: string) => void;
  /** Called with each page of an index that is read; may end the search by throwing. */
  onPage?: (() => void) | undefined;
}

/** Events that match, newest first, read only as they are consumed. No index has the state, so each event is read. */
export async function* listEvents(
  stage: Stage,
  filter: EventFilter = {},
  options?: ListOptions,
): AsyncGenerator<EventSummary> {
  for await (const event of listEventItems(stage, filter, options)) yield summarize(event);
}

/** Like {@link listEvents}, but the stored items, without their bodies. */
export async function* listEventItems(
  stage: Stage,
  filter: EventFilter = {},
  options: ListOptions = {},
): AsyncGenerator<ListedEvent> {
  if (filter.state === 'received') {
    // Few, and perhaps old.
    yield* await load(stage, await openIds(stage, filter, options.onPage), filter);
    return;
  }
  for await (const ids of idsByDay(stage, filter, options)) yield* await load(stage, ids, filter);
}

/** Ids of the events of a period, newest first, page by page, from the index alone: it does not have the state. */
export async function* idsByDay(
  stage: Stage,
  filter: EventFilter,
  {
    now = Date.now(),
    days = stage.outputs.eventRetentionDays,
    onDay = () => undefined,
    onPage,
  }: ListOptions = {},
): AsyncGenerator<string[]> {
  const oldest = Math.max(filter.since ?? 0, now - days * DAY - DAY);
  // A clock elsewhere may be ahead and have written tomorrow's day.
  const newest = Math.min(filter.until ?? Number.POSITIVE_INFINITY, now + DAY);
  for (let at = newest; dayOf(at) >= dayOf(oldest); at -= DAY) {
    onDay(dayOf(at));
    yield* idsOf(stage, { index: BY_DAY_INDEX, partition: 'day', value: dayOf(at) }, filter, onPage);
  }
}

/** The first `limit` events that match, and whether there are more. */
export async function takeEvents(
  stage: Stage,
  filter: EventFilter,
  limit: number,
  options?: ListOptions,
): Promise<{ events: EventSummary[]; more: boolean }> {
  const events: EventSummary[] = [];
  for await (const event of listEvents(stage, filter, options)) {
    if (events.length === limit) return { events, more: true };
    events.push(event);
  }
  return { events, more: false };
}

const dayOf = (at: number): string => isoTime(at).slice(0, 10);

/**
 * Ids of events that may be unfinished, in no order: those in the open index, and all that have arrived since the sweeper
 * last looked for some to put there.
 */
export async function openIds(
  stage: Stage,
  filter: EventFilter = {},
  onPage?: () => void,
): Promise<string[]> {
  const census = await readItem<CensusItem>(stage, CENSUS_KEY);
  const from = census ? Date.parse(census.from) : Date.now() - FIRST_LOOK_BACK;
  const since = Math.max(filter.since ?? 0, from);
  const recent = Array.fromAsync(idsByDay(stage, { ...filter, since }, { onPage }));
  return [...new Set((await Promise.all([listedIds(stage, filter, onPage), recent])).flat(2))];
}

/** Ids of the events in the open index, in no order. */
export async function listedIds(
  stage: Stage,
  filter: EventFilter = {},
  onPage?: () => void,
): Promise<string[]> {
  const shards = Array.from({ length: OPEN_SHARDS }, (_, shard) =>
    Array.fromAsync(
      idsOf(stage, { index: OPEN_INDEX, partition: 'open', value: String(shard) }, filter, onPage),
    ),
  );
  return (await Promise.all(shards)).flat(2);
}

async function load(stage: Stage, ids: string[], filter: EventFilter): Promise<ListedEvent[]> {
  const found = await readEvents(stage, ids);
  return [...found.values()]
    .filter((event) => matchesFilter(summarize(event), filter))
    .sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
}

/** Bounds of `received_at`, which are texts: every time is between "0" and "9". */
const spanOf = ({ since, until }: EventFilter) => ({
  ':from': { S: since === undefined ? '0' : isoTime(since) },
  ':to': { S: until === undefined ? '9' : isoTime(until) },
});

/** Event ids of an index, newest first, page by page. */
async function* idsOf(
  stage: Stage,
  { index, partition, value }: Record<'index' | 'partition' | 'value', string>,
  filter: EventFilter,
  onPage: ListOptions['onPage'],
): AsyncGenerator<string[]> {
  const conditions = Object.entries(indexedPart(filter));
  const names = Object.fromEntries(conditions.map(([name], i) => [`#f${i}`, name]));
  const values = Object.fromEntries(conditions.map(([, text], i) => [`:f${i}`, { S: text }]));
  const search = {
    IndexName: index,
    KeyConditionExpression: '#p = :p AND #r BETWEEN :from AND :to',
    ScanIndexForward: false,
    ExpressionAttributeNames: { '#p': partition, '#r': 'received_at', ...names },
    ExpressionAttributeValues: { ':p': { S: value }, ...spanOf(filter), ...values },
    ...(conditions.length > 0 && {
      FilterExpression: conditions.map((_, i) => `#f${i} = :f${i}`).join(' AND '),
    }),
    // One page of ids is one batch of reads: taking ten events does not read a whole day.
    Limit: 100,
  };
  const pages = query<Pick<EventItem, 'event_id'>>(stage, search, onPage);
  for await (const items of pages) yield items.map(({ event_id }) => event_id);
}
