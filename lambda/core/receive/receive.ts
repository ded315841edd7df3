import {
  DAY,
  EVENT_VERSION,
  type EventItem,
  eventKey,
  ITEM_VERSION,
  printable,
  type Queue,
  type Reason,
  sha256,
  ttlAfter,
} from '../model/index.ts';
import { type PackedBody, packBody, peek, type Store, trySave, writePieces } from '../store/index.ts';
import { digestOf, type EventDraft, isSame } from './occurrence.ts';
import { parseJson, type Reading, readWebhook } from './read-webhook.ts';

/** How often an event is put under one id if the item that was there has expired by the time it is read. */
const PUTS = 3;

export interface ReceivePorts extends Store {
  queue: Queue;
}

/** An authentic webhook, as it was delivered. */
export interface Delivery {
  svixId: string;
  body: Uint8Array;
  /** For the log: filled in on the way, so that it is there if receiving throws. */
  facts?: DeliveryFacts;
}

/** What is known of a delivery: ids only, never payload. */
export interface DeliveryFacts {
  /** From when the event is stored: before, it is not certain under which id that will be. */
  event_id?: string;
  run_id?: string | undefined;
}

export type Receipt = {
  event: string;
  /** Id of the run, if the webhook names one. */
  run?: string;
  outcome: 'accepted' | 'duplicate' | 'ignored' | 'unprocessable';
  /** Why it was ignored or is unprocessable. */
  reason?: Reason;
};

/**
 * Makes an authentic webhook durable, then queues it, in this order; only then may the sender get a 2xx.
 *
 * Each step answers a crash after the one before it: pieces without an item are garbage that expires; an item
 * without a message is sent by the sender's retry (which got no 2xx), or by the sweeper.
 */
export async function receive(
  ports: ReceivePorts,
  delivery: Delivery,
  eventDays: number,
  bodyDays = eventDays,
): Promise<Receipt> {
  const { facts = {} } = delivery;
  const reading = readWebhook(parseJson(delivery.body));
  facts.run_id = reading.facts.run_id;
  // A body that expires before its event has an item of its own.
  const body = packBody(delivery.body, bodyDays < eventDays ? 0 : undefined);
  const now = ports.system.now();
  const candidate: Candidate = {
    ids: candidateIds(reading, delivery, body.sha256),
    draft: {
      ...reading.facts,
      ...lifeOf(reading, now, now + eventDays * DAY),
      ...bodyOf(body),
      svix_id: delivery.svixId,
      received_at: new Date(now).toISOString(),
      failure: 0,
      round: 0,
      day: new Date(now).toISOString().slice(0, 10),
    },
  };
  const { event, isNew } =
    (await findOther(ports.table, candidate)) ?? (await store(ports, candidate, body, now + bodyDays * DAY));
  const { event_id, run_id } = event;
  facts.event_id = event_id;
  // An event that never acts is stored but not sent. One that is still `received` is sent, also by its duplicates:
  // the first delivery may have died between the item and the message. An extra message is harmless, a missing one
  // is not.
  if (event.state === 'received') await ports.queue.send({ v: 1, event: event_id });
  const about = { event: event_id, ...(run_id !== undefined && { run: run_id }) };
  if (!isNew) return { ...about, outcome: 'duplicate' };
  if (reading.kind === 'actionable') return { ...about, outcome: 'accepted' };
  return { ...about, outcome: reading.kind, reason: reading.reason };
}

/** An event to be stored, and the ids under which it may be, best first. */
interface Candidate {
  draft: EventDraft;
  ids: string[];
}

const bodyOf = ({ inline, pieces, sha256, bytes }: PackedBody) => ({
  v: inline ? EVENT_VERSION : ITEM_VERSION,
  ...(inline ? { body: inline } : { body_pieces: pieces.length }),
  body_sha256: sha256,
  body_bytes: bytes,
});

/**
 * State and expiry. TTL must never remove what is unfinished: such an event gets its expiry when it finishes. It is not in
 * the open index: most events finish within seconds, and the sweeper lists what does not.
 */
const lifeOf = (reading: Reading, now: number, until: number) =>
  reading.kind === 'actionable'
    ? { state: 'received' as const }
    : {
        state: reading.kind,
        reason: reading.reason,
        finished_at: new Date(now).toISOString(),
        ttl: ttlAfter(until, 0),
      };

/**
 * The ids under which an event may be stored, best first. A transformation or a portal sample may send one constant
 * `event_id` for every message, so the same id with other facts is another event, stored under its delivery's id;
 * and if that is taken too, under that id and a digest. Where the event that has the digest was unprocessable, what can be
 * acted on has one id more. Nothing is ever truncated: truncated ids collide.
 */
function candidateIds({ kind, eventId, facts }: Reading, delivery: Delivery, bodySha256: string): string[] {
  const svixId = printable(delivery.svixId) ?? `svix:${sha256(delivery.svixId)}`;
  const digested = `${svixId}~${digestOf(facts, bodySha256)}`;
  const ids = [eventId, svixId, digested, kind === 'actionable' ? `${digested}~repaired` : undefined];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

interface Stored {
  event: EventItem;
  isNew: boolean;
}

/**
 * The event of a delivery whose pieces it would not name: it was delivered before with other bytes, as a transformation
 * was edited meanwhile, or it was erased. Pieces that no event names would outlive every erasure, so none are written.
 * (Two such deliveries at one time find nothing here; the pieces of one of them then stay until they expire.)
 */
async function findOther(
  table: ReceivePorts['table'],
  { draft, ids }: Candidate,
): Promise<Stored | undefined> {
  if (draft.body_pieces === undefined) return undefined;
  for (const id of ids) {
    const event = await peek<EventItem>(table, eventKey(id));
    if (event === undefined) return undefined;
    if (!isSame(draft, event)) continue;
    const isNamed = event.erased_at === undefined && event.body_sha256 === draft.body_sha256;
    return isNamed ? undefined : { event, isNew: false };
  }
  return undefined;
}

/** Pieces first: an event never names what is not there. */
async function store(
  ports: ReceivePorts,
  candidate: Candidate,
  body: PackedBody,
  bodyUntil: number,
): Promise<Stored> {
  await writePieces(ports, body, bodyUntil);
  return putFirst(ports, candidate);
}

async function putFirst(ports: ReceivePorts, { draft, ids }: Candidate): Promise<Stored> {
  for (const id of ids) {
    const item = { ...draft, ...eventKey(id), event_id: id };
    for (let tries = 0; tries < PUTS; tries += 1) {
      const swap = await trySave<EventItem>(ports, item, 'absent');
      if (swap.kind === 'written') return { event: swap.item, isNew: true };
      // It expired between the condition and the response (TTL): there is room now, and a message needs its event.
      if (swap.found === undefined) continue;
      if (isSame(draft, swap.found)) return { event: swap.found, isNew: false };
      break;
    }
  }
  throw new EventNotStoredError(
    'every id that this delivery could be stored under is taken; the sender will try again',
  );
}

/** Another event has every id of a delivery (a collision of SHA-256), or the table does not show what is there. */
export class EventNotStoredError extends Error {
  override name = 'EventNotStoredError';
}
