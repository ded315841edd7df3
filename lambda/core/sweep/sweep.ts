import {
  type CompletionItem,
  completionKeyOf,
  type EventItem,
  eventKey,
  HOUR,
  ITEM_VERSION,
  PAUSE_KEY,
  type PauseItem,
  type Queue,
  type Table,
} from '../model/index.ts';
import { peek, type Store, update } from '../store/index.ts';

/** An unfinished event without a sign of life for this long has lost its message. */
const SILENCE = HOUR;

export interface SweepPorts extends Store {
  queue: Queue;
  /** Ids and times of unfinished events, from the open index, which may lag a little. */
  listOpen(): AsyncIterable<{ event_id: string; received_at: string }>;
}

export interface Swept {
  /** Age of the oldest unfinished event in milliseconds; 0 if there is none. */
  oldest: number;
  resent: number;
}

/**
 * The safety net under the queue: sends a message again that was lost (expired after seven days, deleted by hand, or
 * never sent because verifier and sender both gave up). An extra message is harmless.
 */
export async function sweep(ports: SweepPorts): Promise<Swept> {
  const { system, table } = ports;
  const now = system.now();
  const pause = await peek<PauseItem>(table, PAUSE_KEY);
  // Paused events wait without a sign of life, but their messages are all there.
  const quietSince = Math.max(0, pause?.until ?? 0);
  let oldest = 0;
  let resent = 0;
  for await (const { event_id, received_at } of ports.listOpen()) {
    const age = now - Date.parse(received_at);
    if (age < SILENCE && age <= oldest) continue;
    const event = await peek<EventItem>(table, eventKey(event_id));
    if (event?.state !== 'received' || event.v > ITEM_VERSION) continue;
    oldest = Math.max(oldest, age);
    if (now - Math.max(quietSince, await lastSign(table, event)) < SILENCE) continue;
    await resend(ports, event);
    resent += 1;
  }
  return { oldest, resent };
}

async function lastSign(table: Table, event: EventItem): Promise<number> {
  const signs = [Date.parse(event.received_at), event.resent_at ? Date.parse(event.resent_at) : 0];
  const key = completionKeyOf(event);
  if (key !== undefined) {
    const found = await peek<CompletionItem>(table, key);
    signs.push(found?.updated_at ?? 0, found?.lease?.until ?? 0, found?.not_before ?? 0);
  }
  return Math.max(...signs);
}

/** The message first: a note about a message that was never sent would silence the next sweep. */
async function resend(ports: SweepPorts, event: EventItem): Promise<void> {
  await ports.queue.send({ v: 1, event: event.event_id });
  await update(ports, event, (found) =>
    // Any other write since then is the best sign of life.
    found?.tag === event.tag
      ? { ...event, resent_at: new Date(ports.system.now()).toISOString() }
      : undefined,
  );
}
