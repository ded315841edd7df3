import type { ActionRecord, EventItem } from '../model/index.ts';
import { DAY, SECOND } from '../model/index.ts';
import { packBody, readPieces, renewPieces, writePieces } from '../store/index.ts';
import type { Hold } from './claim.ts';
import { type Draft, isApiCall } from './transitions.ts';
import type { Worker } from './worker.ts';

/** A plan above this many bytes of bodies is kept in pieces beside its item. */
const LARGE_PLAN_BYTES = 64 * 1024;
/** What is unfinished keeps its pieces for at least this long; a dead-letter message lives 14 days. */
const KEEP_AHEAD = 30 * DAY;

const seconds = (ms: number): number => Math.floor(ms / SECOND);

/** Puts the bodies of a large plan aside, before the item that names them. */
export async function storeLargePlan(worker: Worker, draft: Draft): Promise<Draft> {
  const { table, system, settings } = worker;
  const bytes = draft.actions?.reduce((sum, { body }) => sum + Buffer.byteLength(body ?? ''), 0) ?? 0;
  if (bytes <= LARGE_PLAN_BYTES) return draft;
  const until = system.now() + Math.max(settings.eventRetention, 2 * KEEP_AHEAD);
  const actions: ActionRecord[] = [];
  for (const action of draft.actions ?? []) {
    const { body, ...rest } = action;
    // An announcement is small, and read where it stands.
    if (body === undefined || !isApiCall(action)) actions.push(action);
    else {
      const packed = packBody(Buffer.from(body), 0);
      await writePieces(table, system, packed, seconds(until));
      actions.push({ ...rest, body_ref: { sha256: packed.sha256, pieces: packed.pieces.length, until } });
    }
  }
  return { ...draft, actions };
}

/** The body of an action, from wherever it is kept. */
export async function actionBody({ table, system }: Worker, hold: Hold, index: number): Promise<string> {
  const { body, body_ref } = hold.action(index);
  if (!body_ref) return body ?? '{}';
  const now = system.now();
  if (body_ref.until < now + KEEP_AHEAD) {
    const until = now + 2 * KEEP_AHEAD;
    await renewPieces(table, system, body_ref, seconds(now + KEEP_AHEAD), seconds(until));
    hold.change(index, { ...hold.action(index), body_ref: { ...body_ref, until } });
  }
  return Buffer.from(await readPieces(table, body_ref.sha256, body_ref.pieces)).toString('utf8');
}

/**
 * Keeps the body of an unfinished event. Its pieces were written with an expiry, as a crash may leave them without
 * an event; an event that is still unfinished near that time gets more.
 */
export async function keepEventBody({ table, system, settings }: Worker, event: EventItem): Promise<void> {
  const pieces = event.body_pieces;
  const now = system.now();
  if (!pieces || now + KEEP_AHEAD < Date.parse(event.received_at) + settings.eventRetention) return;
  const body = { sha256: event.body_sha256, pieces };
  await renewPieces(table, system, body, seconds(now + KEEP_AHEAD), seconds(now + 2 * KEEP_AHEAD));
}
