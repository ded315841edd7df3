import type { Queue, System, Table } from '../model/index.ts';
import {
  type CompletionItem,
  completionKey,
  type EventItem,
  endedAtCompletion,
  eventKey,
  HOUR,
  ITEM_VERSION,
  PAUSE_KEY,
  type PauseItem,
} from '../model/index.ts';
import { LostRaceError, save } from '../store/index.ts';

/** An unfinished event without a sign of life for this long has lost its message. */
const SILENCE = HOUR;

export interface SweepPorts {
  table: Table;
  queue: Queue;
  system: System;
  /** Ids and times of unfinished events, from the open index; may be a little late. */
  listOpen(): AsyncIterable<{ event_id: string; received_at: string }>;
}

export interface Swept {
  /** Age of the oldest unfinished event in milliseconds; 0 when there is none. */
  oldest: number;
  resent: number;
}

/**
 * The safety net under the queue: a message that was lost (expired after seven days, deleted by hand, never sent
 * because verifier and sender both gave up) is sent again. A message too many is harmless.
 */
export async function sweep(ports: SweepPorts): Promise<Swept> {
  const { system, table } = ports;
  const now = system.now();
  const pause = (await table.get(PAUSE_KEY)) as PauseItem | undefined;
  // Paused events wait without a sign of life; their messages are all there.
  const quietSince = Math.max(0, pause?.until ?? 0);
  let oldest = 0;
  let resent = 0;
  for await (const { event_id, received_at } of ports.listOpen()) {
    const age = now - Date.parse(received_at);
    if (age < SILENCE && age <= oldest) continue;
    const event = (await table.get(eventKey(event_id))) as EventItem | undefined;
    if (event?.state !== 'received' || event.v > ITEM_VERSION) continue;
    oldest = Math.max(oldest, age);
    if (now - Math.max(quietSince, await lastSign(table, event)) < SILENCE) continue;
    if (await resend(ports, event)) resent += 1;
  }
  return { oldest, resent };
}

async function lastSign(table: Table, event: EventItem): Promise<number> {
  const signs = [Date.parse(event.received_at), event.resent_at ? Date.parse(event.resent_at) : 0];
  const completion = event.ended_at === undefined ? event.completion : endedAtCompletion(event.ended_at);
  if (completion !== undefined) {
    const key = completionKey(event.run_id as string, completion);
    const found = (await table.get(key)) as CompletionItem | undefined;
    signs.push(found?.updated_at ?? 0, found?.lease?.until ?? 0, found?.not_before ?? 0);
  }
  return Math.max(...signs);
}

/** The message first: a note of a message that was never sent would silence the next sweep. */
async function resend({ queue, table, system }: SweepPorts, event: EventItem): Promise<boolean> {
  await queue.send({ v: 1, event: event.event_id });
  const next = { ...event, resent_at: new Date(system.now()).toISOString() };
  try {
    await save<EventItem>(table, next, { tag: event.tag }, system.token());
  } catch (error) {
    // Somebody has just worked on it: the best sign of life.
    if (!(error instanceof LostRaceError)) throw error;
  }
  return true;
}
