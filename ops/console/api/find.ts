import type { EventFilter } from '../../events/filter.ts';
import { listEvents } from '../../events/list.ts';
import type { EventSummary } from '../../events/summary.ts';
import type { Stage } from '../../stage/stage.ts';

/** The page polls every few seconds, so one search reads at most this many index pages (of 100 events). */
const PAGES = 20;

class PageLimitError extends Error {
  override name = 'PageLimitError';
}

export interface Found {
  events: EventSummary[];
  /** More than `limit` events match. */
  more: boolean;
  /** The search stopped before the oldest event: rare matches may be further back. */
  partial: boolean;
}

/** The newest `limit` events that match, at a bounded cost. */
export async function find(stage: Stage, filter: EventFilter, limit: number, pages = PAGES): Promise<Found> {
  const events: EventSummary[] = [];
  let left = pages;
  const onPage = () => {
    if (left === 0) throw new PageLimitError();
    left -= 1;
  };
  try {
    for await (const event of listEvents(stage, filter, { onPage })) {
      if (events.length === limit) return { events, more: true, partial: false };
      events.push(event);
    }
  } catch (error) {
    if (!(error instanceof PageLimitError)) throw error;
    return { events, more: false, partial: true };
  }
  return { events, more: false, partial: false };
}
