import { type EventItem, endedAtCompletion, type Item } from '../../lambda/core/model/index.ts';
import { isCompletion, isEvent } from './model/items.ts';

/** Describes what is wrong with an item that has just been written, if anything: TTL never removes what is unfinished. */
export function wronglyExpires(item: Item): string | undefined {
  if (item.ttl === undefined) return undefined;
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
      ({ run_id, ended_at }) =>
        item.pk === `run#${run_id}` && ended_at !== undefined && item.sk === endedAtCompletion(ended_at),
    );
    if (isNeeded) return `the completion of an unfinished event has expired: ${item.pk} ${item.sk}`;
  }
  return undefined;
}
