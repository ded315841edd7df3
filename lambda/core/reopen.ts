import { type EventItem, OPEN_SHARDS } from './items.ts';
import type { Chance, Table } from './ports.ts';
import { save } from './save.ts';

/**
 * Opens a finished event again, in a new round, for a redrive or a replan: its rules are asked once more. A round
 * is named by the failures before it, so doing it twice is doing it once: the second write loses its race.
 *
 * @throws LostRaceError
 */
export async function reopen(
  { table, chance }: { table: Table; chance: Chance },
  event: EventItem,
): Promise<EventItem> {
  const { ttl: _ttl, finished_at: _end, reason: _reason, ...rest } = event;
  const round = Math.max(event.failure, event.round + 1);
  const open = String(round % OPEN_SHARDS);
  return save<EventItem>(
    table,
    { ...rest, state: 'received', round, open },
    { tag: event.tag },
    chance.token(),
  );
}
