import { endOf } from './completion.ts';
import type { EventItem } from './event.ts';
import type { Item, Key } from './table.ts';
import { CLOCK_SKEW } from './time.ts';

/**
 * The table was restored: what was done between these two times may be on no record. All restores share one item, from
 * the earliest point to the latest restore. Epoch milliseconds.
 */
export interface FenceItem extends Item {
  /** The point to which the table was restored. */
  from: number;
  /** When it was restored. */
  until: number;
}

export const FENCE_KEY: Key = { pk: 'control#fence', sk: 'fence' };

/**
 * Whether a completion may have been acted on before the restore. One that ended later cannot have been. That an event
 * comes again, long after the restore, shows nothing: only an event that names no end is judged by when it came.
 */
export const isBehindFence = (
  { until }: Pick<FenceItem, 'until'>,
  { received_at }: Pick<EventItem, 'received_at'>,
  completion: string,
): boolean => (endOf(completion) ?? Date.parse(received_at)) <= until + CLOCK_SKEW;
