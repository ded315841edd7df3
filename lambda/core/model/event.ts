import type { LastFailure } from './action.ts';
import { endedAtCompletion, isCompletionKey } from './completion.ts';
import type { Reason } from './reasons.ts';
import { type Item, KEY_PREFIXES, type Key } from './table.ts';

export type EventState = 'received' | 'processed' | 'failed' | 'ignored' | 'unprocessable';

/** One authentic webhook. */
export interface EventItem extends Item {
  event_id: string;
  svix_id: string;
  /** ISO 8601, UTC. */
  received_at: string;
  finished_at?: string;
  type: string;
  run_id?: string;
  workflow_id?: string;
  status?: string;
  /** `run.ended_at` as epoch milliseconds. */
  ended_at?: number;
  /** Of an event about machines: the ids of the first hundred. Earlier releases carry it along unread. */
  machine_ids?: string[];
  /** Sort key of the completion, from the API's answer, when the event itself names no `ended_at`. */
  completion?: string;
  /**
   * What has come of asking the API which completion it reports, while that has not answered. Earlier releases carry it
   * along unread.
   */
  unidentified?: Unidentified;
  state: EventState;
  reason?: Reason;
  /** How often this event has failed; a redrive names this number to reopen it. */
  failure: number;
  /** Incremented by a redrive or a replan: the rules are asked again about whatever has no record. */
  round: number;
  duplicate_of?: string;
  /**
   * Neither this event nor the one that it duplicates names an `ended_at`: the API named one end for both, so two
   * endings of the run may have been taken for one.
   */
  merged_without_end?: true;
  /** When the sweeper last sent a message for it, ISO 8601. */
  resent_at?: string;
  /**
   * When a person had its payload erased, ISO 8601. The event stays, so that the same webhook is not stored again; an
   * earlier release takes its body for lost.
   */
  erased_at?: string;
  /** Body, packed by a dictionary, while small; a gzip where an earlier release has stored it. */
  body?: Uint8Array;
  /** Number of `body#` items that hold the gzip of a large body. */
  body_pieces?: number;
  body_sha256: string;
  /** Size of the raw body in bytes. */
  body_bytes: number;
  /** Partition of the open index: set by the sweeper if the event is not finished within minutes, removed when it is. */
  open?: string;
  /** Partition of the by-day index, `YYYY-MM-DD`. */
  day: string;
}

/** Tries to identify a completion that have failed; charged to the same budget as the tries of an action. */
export interface Unidentified {
  tries: number;
  /** Sum of the delays charged to it, in milliseconds. */
  delayed: number;
  not_before?: number;
  last_failure: LastFailure;
  /** Of the event when it was asked: each round has a budget of its own. */
  round: number;
}

/** The failed tries of this round, while none has succeeded: an earlier release, after a rollback, leaves old ones in place. */
export const unidentifiedOf = ({
  unidentified,
  completion,
  round,
}: Pick<EventItem, 'unidentified' | 'completion' | 'round'>): Unidentified | undefined =>
  completion === undefined && unidentified?.round === round ? unidentified : undefined;

export const eventKey = (eventId: string): Key => ({ pk: KEY_PREFIXES.event + eventId, sk: 'event' });

/**
 * Sort key of the completion that an event about a run reports: by its own `ended_at`, or by what the API answered.
 * Undefined while neither is known. The verifier's role can write an event, so that a stolen one could name any sort key
 * of its run: only that of a completion is followed.
 */
export function completionOf({ ended_at, completion }: EventItem): string | undefined {
  if (ended_at !== undefined) return endedAtCompletion(ended_at);
  return completion !== undefined && isCompletionKey({ pk: '', sk: completion }) ? completion : undefined;
}
