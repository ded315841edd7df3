import { batchReader } from '../../lambda/adapters/batch-reader.ts';
import {
  BY_DAY_INDEX,
  type CompletionItem,
  completionKeyOf,
  DAY,
  EVENT_VERSION,
  type EventItem,
  eventKey,
  isActionable,
  type Key,
  LARGEST_READ,
} from '../../lambda/core/model/index.ts';
import { BodyLostError, known, LaterReleaseError, readBody } from '../../lambda/core/store/index.ts';
import { isoTime } from '../cli/time.ts';
import type { Stage } from '../stage/stage.ts';
import { query, readsOf } from '../stage/table.ts';

/** An event about which the rules were asked, or would be today. */
export interface StoredEvent {
  event: EventItem;
  body: string;
  /** Counted when the rules were asked; 0 where they were not. */
  depth: number;
  retries: number;
}

export interface Batch {
  events: StoredEvent[];
  /** Events that cannot be read: of a later release, or with a body that is gone. */
  unreadable: number;
}

/** Ids of the events received in a span of time (epoch milliseconds), newest first, in batches. */
export async function* idsBetween(stage: Stage, since: number, until: number): AsyncGenerator<string[]> {
  const oldest = Math.max(since, until - stage.outputs.eventRetentionDays * DAY - DAY);
  for (let day = isoTime(until).slice(0, 10); day >= isoTime(oldest).slice(0, 10); day = dayBefore(day)) {
    const pages = query<Pick<EventItem, 'event_id'>>(stage, {
      IndexName: BY_DAY_INDEX,
      ScanIndexForward: false,
      KeyConditionExpression: '#day = :day AND received_at BETWEEN :since AND :until',
      ProjectionExpression: 'event_id',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: {
        ':day': { S: day },
        ':since': { S: isoTime(since) },
        ':until': { S: isoTime(until) },
      },
    });
    for await (const page of pages) {
      for (let start = 0; start < page.length; start += LARGEST_READ)
        yield page.slice(start, start + LARGEST_READ).map(({ event_id }) => event_id);
    }
  }
}

const dayBefore = (day: string): string => isoTime(Date.parse(day) - DAY).slice(0, 10);

/** Events with their bodies, as far as rules were asked about them or may be. It only reads. */
export async function readStored(stage: Stage, ids: readonly string[]): Promise<Batch> {
  const reader = batchReader(stage.clients.dynamoDb, stage.outputs.tableName);
  const found = (await reader.getAll(ids.map(eventKey))) as (EventItem | undefined)[];
  const asked = found.filter((event) => event !== undefined && isAsked(event)) as EventItem[];
  const keys = asked.flatMap((event) => completionKeyOf(event) ?? []);
  const completions = new Map(
    (await reader.getAll(keys)).flatMap((item) => (item ? [[nameOf(item), item as CompletionItem]] : [])),
  );
  const read = await Promise.all(
    asked.map(async (event): Promise<StoredEvent | undefined> => {
      const key = completionKeyOf(event);
      const { depth = 0, retries = 0 } = (key && completions.get(nameOf(key))) ?? {};
      const body = await bodyOf(stage, event);
      return body === undefined ? undefined : { event, body, depth, retries };
    }),
  );
  const events = read.filter((one) => one !== undefined);
  return { events, unreadable: asked.length - events.length };
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** Copies act through their original. Of those that start nothing, new rules may be about a type that none was about. */
const isAsked = (event: EventItem): boolean =>
  event.duplicate_of === undefined &&
  isActionable(event) &&
  (event.state !== 'ignored' || event.reason === 'unknown_event_type') &&
  event.state !== 'unprocessable';

async function bodyOf(stage: Stage, event: EventItem): Promise<string | undefined> {
  try {
    known(event, EVENT_VERSION);
    return Buffer.from(await readBody(readsOf(stage), event)).toString();
  } catch (error) {
    if (error instanceof BodyLostError || error instanceof LaterReleaseError) return undefined;
    throw error;
  }
}
