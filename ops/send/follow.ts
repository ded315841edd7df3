import { setTimeout as wait } from 'node:timers/promises';
import type { EventItem } from '../../lambda/core/model/index.ts';
import { findEvent } from '../events/store.ts';
import type { Stage } from '../stage/stage.ts';

/** Between two reads, milliseconds. */
const INTERVAL = 250;

/**
 * The event that a delivery was stored as: under its own `event_id`, or under its `svix-id` if that id belongs to
 * another event. Undefined if it was not stored.
 */
export async function findDelivered(
  stage: Stage,
  { eventId, svixId }: { eventId?: string | undefined; svixId: string },
): Promise<EventItem | undefined> {
  const ids = [eventId, svixId].filter((id) => id !== undefined);
  const found = await Promise.all(ids.map((id) => findEvent(stage, id)));
  return found.find((event) => event?.svix_id === svixId) ?? found.find((event) => event !== undefined);
}

/**
 * Waits until an event is finished.
 *
 * @param timeoutMs longest time to wait
 * @param onState called at each new state
 * @returns the event as it was last seen, finished or not
 */
export async function followEvent(
  stage: Stage,
  eventId: string,
  { timeoutMs, onState }: { timeoutMs: number; onState?: (state: string) => void },
): Promise<EventItem | undefined> {
  const end = Date.now() + timeoutMs;
  let last: string | undefined;
  for (;;) {
    const event = await findEvent(stage, eventId);
    if (event && event.state !== last) {
      last = event.state;
      onState?.(event.state);
    }
    if ((event && event.state !== 'received') || Date.now() >= end) return event;
    await wait(INTERVAL);
  }
}

/** Is this how a test event should end? If it was not waited for, it may be unfinished. */
export const isFine = (state: EventItem['state'], waited: boolean): boolean =>
  state !== 'failed' && state !== 'unprocessable' && (state !== 'received' || !waited);
