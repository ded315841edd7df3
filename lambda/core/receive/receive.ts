import type { Queue, System, Table } from '../model/index.ts';
import { type EventItem, eventKey, ITEM_VERSION, OPEN_SHARDS, sha256 } from '../model/index.ts';
import { LostRaceError, packBody, save, writePieces } from '../store/index.ts';
import { type Facts, parseJson, readWebhook } from './read-webhook.ts';

const DAY_SECONDS = 86_400;
/** Tries to put an event under one id, where the item in its way is gone when it is looked at. */
const PUTS = 3;

export interface ReceivePorts {
  table: Table;
  queue: Queue;
  system: System;
}

/** An authentic webhook, before anybody has looked into it. */
export interface Delivery {
  svixId: string;
  body: Uint8Array;
}

export type Receipt = {
  event: string;
  outcome: 'accepted' | 'duplicate' | 'ignored' | 'unprocessable';
};

/**
 * Makes an authentic webhook durable, then queued, in this order; only then may the sender hear 2xx.
 *
 * Each step answers a crash after the one before it: pieces without an item are garbage that expires; an item
 * without a message is sent again by the sender's retry (it got no 2xx), and by the sweeper.
 */
export async function receive(
  ports: ReceivePorts,
  delivery: Delivery,
  retentionDays: number,
): Promise<Receipt> {
  const { table, queue, system } = ports;
  const reading = readWebhook(parseJson(delivery.body));
  const body = packBody(delivery.body);
  const now = system.now();
  const expiry = Math.floor(now / 1000) + retentionDays * DAY_SECONDS;
  await writePieces(table, system, body, expiry);

  const state = reading.verdict === 'act' ? 'received' : reading.verdict;
  const draft = {
    ...eventFacts(reading.facts),
    v: ITEM_VERSION,
    svix_id: delivery.svixId,
    received_at: new Date(now).toISOString(),
    state,
    failure: 0,
    round: 0,
    ...(body.inline ? { body: body.inline } : { body_pieces: body.pieces.length }),
    body_sha256: body.sha256,
    body_bytes: body.bytes,
    day: new Date(now).toISOString().slice(0, 10),
    // TTL never removes what is unfinished: such an event gets its expiry when it finishes.
    ...(reading.verdict === 'act'
      ? { open: String(Math.floor(system.random() * OPEN_SHARDS)) }
      : { ttl: expiry, reason: reading.reason, finished_at: new Date(now).toISOString() }),
  } satisfies Partial<EventItem>;

  const { event, isNew } = await putFirst(ports, draft, candidateIds(reading.facts, delivery, body.sha256));
  // An event that never acts is stored and not sent. One that is still `received` is sent, and sent again by
  // its duplicates: the first delivery may have died between the item and the message. An extra message is
  // harmless, a missing one is not.
  if (event.state === 'received') await queue.send({ v: 1, event: event.event_id });
  if (!isNew) return { event: event.event_id, outcome: 'duplicate' };
  return { event: event.event_id, outcome: state === 'received' ? 'accepted' : state };
}

const eventFacts = (facts: Facts) => ({
  type: facts.type,
  ...(facts.runId !== undefined && { run_id: facts.runId }),
  ...(facts.workflowId !== undefined && { workflow_id: facts.workflowId }),
  ...(facts.status !== undefined && { status: facts.status }),
  ...(facts.endedAt !== undefined && { ended_at: facts.endedAt }),
});

/**
 * The ids under which an event may be kept, best first. A transformation or a portal sample may send one
 * constant `event_id` for every message, so the same id with other facts is another event, kept under its
 * delivery's id; and should that differ too, under that and a digest. Nothing is ever truncated: cut ids collide.
 */
function candidateIds(facts: Facts, delivery: Delivery, bodySha256: string): string[] {
  const svixId = /^[\x21-\x7e]{1,128}$/.test(delivery.svixId)
    ? delivery.svixId
    : `svix:${sha256(delivery.svixId)}`;
  const about =
    facts.runId === undefined
      ? bodySha256
      : sha256(JSON.stringify([facts.runId, facts.status, facts.endedAt ?? null]));
  const ids = [facts.eventId, svixId, `${svixId}~${about}`];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Is this the same webhook again? Same run, status and end; without a run, the same bytes. */
const isSame = (a: Omit<EventItem, keyof ReturnType<typeof eventKey> | 'tag' | 'event_id'>, b: EventItem) =>
  a.type === b.type &&
  a.run_id === b.run_id &&
  a.status === b.status &&
  a.ended_at === b.ended_at &&
  (a.run_id !== undefined || a.body_sha256 === b.body_sha256);

async function putFirst(
  { table, system }: ReceivePorts,
  draft: Omit<EventItem, 'pk' | 'sk' | 'tag' | 'event_id'>,
  ids: string[],
): Promise<{ event: EventItem; isNew: boolean }> {
  for (const id of ids) {
    const item = { ...draft, ...eventKey(id), event_id: id };
    for (let tries = 0; tries < PUTS; tries += 1) {
      try {
        return { event: await save<EventItem>(table, item, 'absent', system.token()), isNew: true };
      } catch (error) {
        if (!(error instanceof LostRaceError)) throw error;
        const found = error.found as EventItem | undefined;
        // Gone between the condition and its answer (TTL): there is room now, and a message needs its event.
        if (found === undefined) continue;
        if (isSame(draft, found)) return { event: found, isNew: false };
        break;
      }
    }
  }
  throw new EventNotStoredError('no id of this delivery could be taken; the sender will try again');
}

/** Another event has every id (a collision of SHA-256), or the table would not say what is there. */
export class EventNotStoredError extends Error {
  override name = 'EventNotStoredError';
}
