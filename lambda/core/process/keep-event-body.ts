import { keptFor, type Worker } from '../completion/index.ts';
import { DAY, type EventItem } from '../model/index.ts';
import { renewPieces } from '../store/index.ts';

/** A dead-letter message lives for 14 days, and its redrive needs the body. */
const KEEP_AHEAD = 16 * DAY;

/**
 * Keeps the body of an unfinished event. Its pieces were written with an expiry, because a crash may leave them
 * without an event; an event that is still unfinished shortly before has them renewed. Never for longer than bodies are
 * kept, so that the event outlives its body and `events erase` finds it.
 */
export const keepEventBody = (worker: Worker, event: EventItem): Promise<void> => keep(worker, event, false);

/** The same for an event that ends as failed: its body is there for as long as its dead letter can be redriven. */
export const keepFailedBody = (worker: Worker, event: EventItem): Promise<void> => keep(worker, event, true);

async function keep(worker: Worker, event: EventItem, isLastTime: boolean): Promise<void> {
  const pieces = event.body_pieces;
  const now = worker.system.now();
  const { ahead, length } = keptFor(worker.settings, KEEP_AHEAD, isLastTime);
  const expiry = Date.parse(event.received_at) + worker.settings.bodyRetention;
  if (!pieces || now + ahead < expiry) return;
  const body = { sha256: event.body_sha256, pieces };
  await renewPieces(worker, body, { needed: now + ahead, until: now + length });
}
