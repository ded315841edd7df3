import type { EventFilter } from '../../events/filter.ts';
import type { ListedEvent } from '../../events/store.ts';

/** What the page can choose by, beside the text and the period. */
const FACETS = ['state', 'reason', 'type', 'status'] as const;

type Facet = (typeof FACETS)[number];

export interface Wanted extends Pick<EventFilter, Facet | 'since' | 'until'> {
  /** An id of the event, its run, its workflow or its message, or the beginning of one; or part of a workflow's name. */
  text?: string | undefined;
}

/** How many events each value of a facet would leave. */
export type Counts = Record<Facet, Record<string, number>>;

export interface Matches {
  events: ListedEvent[];
  counts: Counts;
}

/** Names of workflows by id, as far as they are known. */
export type Names = ReadonlyMap<string, string>;

/** The events that match, and for each facet how many would if only that one were chosen otherwise. */
export function search(events: Iterable<ListedEvent>, wanted: Wanted, names: Names): Matches {
  const found: ListedEvent[] = [];
  const counts: Counts = { state: {}, reason: {}, type: {}, status: {} };
  const count = (event: ListedEvent, facet: Facet) => {
    const value = event[facet];
    if (value !== undefined) counts[facet][value] = (counts[facet][value] ?? 0) + 1;
  };
  const isMeant = mentions(wanted.text, names);
  for (const event of events) {
    if (!isWithin(event, wanted) || !isMeant(event)) continue;
    const misses = FACETS.filter((facet) => wanted[facet] !== undefined && wanted[facet] !== event[facet]);
    if (misses.length === 0) found.push(event);
    for (const facet of FACETS) if (misses.every((miss) => miss === facet)) count(event, facet);
  }
  return { events: found, counts };
}

function isWithin({ received_at }: ListedEvent, { since, until }: Wanted): boolean {
  const at = Date.parse(received_at);
  return (since === undefined || at >= since) && (until === undefined || at < until);
}

/** Ids match from their beginning, with or without a prefix such as `test:`; names match anywhere. */
function mentions(text: string | undefined, names: Names): (event: ListedEvent) => boolean {
  if (text === undefined) return () => true;
  const part = text.toLowerCase();
  const named = new Set([...names].filter(([, name]) => name.toLowerCase().includes(part)).map(([id]) => id));
  return ({ event_id, run_id, workflow_id, svix_id }) =>
    (workflow_id !== undefined && named.has(workflow_id)) ||
    [event_id, run_id, workflow_id, svix_id].some((id) => id !== undefined && begins(id.toLowerCase(), part));
}

const begins = (id: string, part: string): boolean =>
  id.startsWith(part) || id.slice(id.lastIndexOf(':') + 1).startsWith(part);
