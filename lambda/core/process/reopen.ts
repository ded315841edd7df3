import type { EventMessage, System, Table } from '../model/index.ts';
import { type EventItem, OPEN_SHARDS } from '../model/index.ts';
import { save } from '../store/index.ts';

/**
 * May this message open its finished event again? A redrive names the failure that it reopens. A replan names the
 * round that it begins, so sending one message is all there is to it, and nothing can be done by half. A stray
 * copy names what is over.
 */
export const reopens = ({ reopen }: EventMessage, event: EventItem): boolean =>
  (event.state === 'failed' && reopen === event.failure) ||
  (event.state === 'processed' && event.duplicate_of === undefined && reopen === nextRound(event));

/** The `reopen` of a message that has the rules asked again about a processed event. */
export const nextRound = (event: EventItem): number => event.round + 1;

/**
 * Opens an event again, in a new round: its rules are asked once more. Of two messages that say so one loses its
 * race and finds the event open.
 *
 * @throws LostRaceError
 */
export async function reopen(
  { table, system }: { table: Table; system: System },
  event: EventItem,
  round: number,
): Promise<EventItem> {
  const { ttl: _ttl, finished_at: _end, reason: _reason, ...rest } = event;
  const open = String(round % OPEN_SHARDS);
  return save<EventItem>(
    table,
    { ...rest, state: 'received', round, open },
    { tag: event.tag },
    system.token(),
  );
}
