import { type EventItem, type EventMessage, OPEN_SHARDS } from '../model/index.ts';
import { type Store, save } from '../store/index.ts';

/** The `reopen` of a message that makes the rules be asked again about a processed event. */
export const nextRound = ({ round }: Pick<EventItem, 'round'>): number => round + 1;

/**
 * Whether a replan may ask the rules about a finished event: it was processed, or no rule was about its type, perhaps
 * because this or an earlier release knew no better.
 */
export const canBeReplanned = ({
  state,
  reason,
  duplicate_of,
}: Pick<EventItem, 'state' | 'reason' | 'duplicate_of'>): boolean =>
  (state === 'processed' && duplicate_of === undefined) ||
  (state === 'ignored' && reason === 'unknown_event_type');

/**
 * The round that a message begins, if it may reopen its finished event. A redrive names the failure that it reopens.
 * A replan names the round that it begins, so sending one message is all it takes, and nothing can be left half done.
 * A stray copy names a failure or a round that is over.
 */
export function reopenedRound({ reopen }: EventMessage, event: EventItem): number | undefined {
  const redrives = event.state === 'failed' && reopen === event.failure;
  const replans = canBeReplanned(event) && reopen === nextRound(event);
  return redrives || replans ? reopen : undefined;
}

/**
 * Reopens an event in a new round: its rules are asked once more. Of two messages that ask for it, one loses its race
 * and finds the event open.
 *
 * @throws LostRaceError
 */
export async function reopen(store: Store, event: EventItem, round: number): Promise<EventItem> {
  const { ttl: _ttl, finished_at: _end, reason: _reason, unidentified: _tries, ...rest } = event;
  const open = String(round % OPEN_SHARDS);
  return save<EventItem>(store, { ...rest, state: 'received', round, open }, { tag: event.tag });
}
