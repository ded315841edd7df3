import {
  type BatchReader,
  type CompletionItem,
  completionKeyOf,
  EVENT_VERSION,
  type EventItem,
  eventKey,
  type OpenEntry,
} from '../model/index.ts';
import { lostAt } from './silence.ts';

/** The unfinished events among these entries whose messages are lost, in the same order. */
export async function findLost(
  reader: BatchReader,
  entries: readonly OpenEntry[],
  { now, quietUntil }: { now: number; quietUntil: number },
): Promise<EventItem[]> {
  const events = (await readReceived(reader, entries)).filter(isOurs);
  const completions = await readCompletions(reader, events);
  return events.filter((event) => lostAt({ event, completion: completions.get(event), quietUntil }) <= now);
}

/** The events among these entries that have not ended, also those of a later release. The index lags; the items decide. */
export async function readReceived(
  reader: BatchReader,
  entries: readonly OpenEntry[],
  options?: { mayLag?: boolean },
): Promise<EventItem[]> {
  const keys = entries.map(({ event_id }) => eventKey(event_id));
  const items = await reader.getAll(keys, options);
  // Under an event's key there is an event.
  const events = items as (EventItem | undefined)[];
  return events.filter((event) => event !== undefined).filter(({ state }) => state === 'received');
}

/** What a later release has written is that release's to sweep. */
export const isOurs = ({ v }: Pick<EventItem, 'v'>): boolean => v <= EVENT_VERSION;

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
