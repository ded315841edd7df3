import {
  type BatchReader,
  type CompletionItem,
  completionKeyOf,
  type EventItem,
  eventKey,
  ITEM_VERSION,
  type OpenEntry,
} from '../model/index.ts';
import { lostAt } from './silence.ts';

/** The unfinished events among these entries whose messages are lost, in the same order. */
export async function findLost(
  reader: BatchReader,
  entries: readonly OpenEntry[],
  { now, quietUntil }: { now: number; quietUntil: number },
): Promise<EventItem[]> {
  const events = await readUnfinished(reader, entries);
  const completions = await readCompletions(reader, events);
  return events.filter((event) => lostAt({ event, completion: completions.get(event), quietUntil }) <= now);
}

/** The index lags, so the items themselves decide. */
async function readUnfinished(reader: BatchReader, entries: readonly OpenEntry[]): Promise<EventItem[]> {
  const items = await reader.getAll(entries.map(({ event_id }) => eventKey(event_id)));
  // Under an event's key there is an event.
  const events = items as (EventItem | undefined)[];
  return events.flatMap((event) => (event?.state === 'received' && event.v <= ITEM_VERSION ? [event] : []));
}

async function readCompletions(
  reader: BatchReader,
  events: readonly EventItem[],
): Promise<Map<EventItem, CompletionItem | undefined>> {
  const keyed = events.flatMap((event) => {
    const key = completionKeyOf(event);
    return key ? [{ event, key }] : [];
  });
  const items = keyed.length > 0 ? await reader.getAll(keyed.map(({ key }) => key)) : [];
  // Under a completion's key there is a completion.
  return new Map(keyed.map(({ event }, index) => [event, items[index] as CompletionItem | undefined]));
}
