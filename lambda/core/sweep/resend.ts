import { type EventItem, type EventMessage, LARGEST_SEND } from '../model/index.ts';
import { update } from '../store/index.ts';
import { allOf } from './all-of.ts';
import type { SweepPorts } from './ports.ts';

/**
 * Sends the messages of these events again. The message first, then the note of it: a note about a message that was
 * never sent would silence the next sweeps.
 *
 * @returns Those whose message the queue took.
 */
export async function resend(ports: SweepPorts, events: readonly EventItem[]): Promise<EventItem[]> {
  const resent: EventItem[] = [];
  for (let start = 0; start < events.length; start += LARGEST_SEND) {
    const batch = events.slice(start, start + LARGEST_SEND);
    const messages = batch.map(({ event_id }): EventMessage => ({ v: 1, event: event_id }));
    const refused = new Set((await ports.queue.sendAll(messages)).map(({ event }) => event));
    const taken = batch.filter(({ event_id }) => !refused.has(event_id));
    resent.push(...taken);
    if (taken.length > 0) ports.reportResent(taken);
    await allOf(taken.map((event) => note(ports, event)));
  }
  return resent;
}

const note = (ports: SweepPorts, event: EventItem) =>
  update(ports, event, (found) =>
    // Any other write since then is the best sign of life.
    found?.tag === event.tag
      ? { ...event, resent_at: new Date(ports.system.now()).toISOString() }
      : undefined,
  );
