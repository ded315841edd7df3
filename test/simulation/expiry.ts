import { type EventItem, endedAtCompletion, type Item } from '../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { isCompletion, isEvent } from './model/items.ts';
import { EVENT_RETENTION } from './rules.ts';

/**
 * Describes what is wrong with an item that has just been written, if anything: TTL never removes what is unfinished, and no
 * payload is kept for longer than the settings say.
 */
export function wronglyExpires(item: Item, now: number): string | undefined {
  if (item.ttl === undefined) return undefined;
  const isPayload = item.sk === 'body' && !('erased_at' in item);
  if (isPayload && item.ttl * SECOND > now + EVENT_RETENTION + MINUTE)
    return `${item.pk} is kept for longer than bodies are`;
  const isOpen = isEvent(item)
    ? item.state === 'received'
    : isCompletion(item) && (item.lease !== undefined || item.not_before !== undefined);
  return isOpen ? `unfinished ${item.pk} ${item.sk} was written with an expiry` : undefined;
}

/** Describes what is wrong with items that have just expired, if anything: nothing may expire that is still needed. */
export function wronglyExpired(items: readonly Item[], events: readonly EventItem[]): string | undefined {
  const open = events.filter(({ state }) => state === 'received');
  for (const item of items) {
    if (isEvent(item) && item.state === 'received') return `unfinished ${item.pk} has expired`;
    if (item.sk === 'body' && open.some(({ body_sha256 }) => item.pk.includes(body_sha256)))
      return `the body of an unfinished event has expired: ${item.pk}`;
    const isNeeded = open.some(
      ({ event_id, run_id, ended_at }) =>
        item.pk === `occurrence#${event_id}` ||
        (item.pk === `run#${run_id}` && ended_at !== undefined && item.sk === endedAtCompletion(ended_at)),
    );
    if (isNeeded) return `the completion of an unfinished event has expired: ${item.pk} ${item.sk}`;
  }
  return undefined;
}
