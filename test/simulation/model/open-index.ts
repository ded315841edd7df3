import type { ArrivalsQuery, EventItem, OpenEntry, OpenQuery } from '../../../lambda/core/model/index.ts';
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
  return page(
    table.events().filter((event) => isListed(event) && Number(event.open ?? 0) === shard),
    { after, until, limit },
  );
}

/** The entries of one day of the index of arrivals. */
export const arrivedOn = (
  table: TableModel,
  day: string,
  { from, ...query }: ArrivalsQuery,
  isListed: Listed = () => true,
): OpenEntry[] =>
  page(
    table.events().filter((event) => event.day === day && event.received_at >= from && isListed(event)),
    query,
  );

function page(events: readonly EventItem[], { after, until, limit }: OpenQuery): OpenEntry[] {
  const place = ({ received_at, event_id }: OpenEntry) => `${received_at} ${event_id}`;
  return events
    .map(({ event_id, received_at }) => ({ event_id, received_at }))
    .filter((entry) => after === undefined || place(entry) > place(after))
    .filter(({ received_at }) => until === undefined || received_at <= until)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .slice(0, limit);
}
