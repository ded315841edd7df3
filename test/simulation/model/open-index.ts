import type { EventItem, OpenEntry, OpenQuery } from '../../../lambda/core/model/index.ts';
import type { TableModel } from './table.ts';

/** Which events the index shows, as it sees them. */
export type Listed = (event: EventItem) => boolean;

const isOpen: Listed = ({ open }) => open !== undefined;

/** The entries of one shard of the open index; an event that is finished has lost its shard, and is in the first. */
export function openEntries(
  table: TableModel,
  shard: number,
  { after, until, limit }: OpenQuery,
  isListed: Listed = isOpen,
): OpenEntry[] {
  const place = ({ received_at, event_id }: OpenEntry) => `${received_at} ${event_id}`;
  return table
    .events()
    .filter((event) => isListed(event) && Number(event.open ?? 0) === shard)
    .map(({ event_id, received_at }) => ({ event_id, received_at }))
    .filter((entry) => after === undefined || place(entry) > place(after))
    .filter(({ received_at }) => until === undefined || received_at <= until)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .slice(0, limit);
}
