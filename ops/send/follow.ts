import { setTimeout as wait } from 'node:timers/promises';
import { type EventItem, eventKey } from '../../lambda/core/model/index.ts';
import { tableOf } from '../events/store.ts';
import type { Stage } from '../stage/stage.ts';

/** Between two looks, milliseconds. */
const INTERVAL = 250;

/**
 * Where a delivery ended up: its own `event_id`, or its `svix-id` where that id was taken by another event.
 * Undefined when it is in neither.
 */
export async function findDelivered(
  stage: Stage,
  { eventId, svixId }: { eventId?: string | undefined; svixId: string },
): Promise<EventItem | undefined> {
  const table = tableOf(stage);
  const ids = [eventId, svixId].filter((id) => id !== undefined);
  const found = await Promise.all(ids.map((id) => table.get(eventKey(id)) as Promise<EventItem | undefined>));
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
  const table = tableOf(stage);
  const end = Date.now() + timeoutMs;
  let shown: string | undefined;
  for (;;) {
    const event = (await table.get(eventKey(eventId))) as EventItem | undefined;
    if (event && event.state !== shown) {
      shown = event.state;
      onState?.(event.state);
    }
    if ((event && event.state !== 'received') || Date.now() >= end) return event;
    await wait(INTERVAL);
  }
}

/** Is this how a test event should end? One that was not waited for may be unfinished. */
export const isFine = (state: EventItem['state'], waited: boolean): boolean =>
  state !== 'failed' && state !== 'unprocessable' && (state !== 'received' || !waited);
