import { systemChance } from '../../lambda/adapters/chance.ts';
import { sqsQueue } from '../../lambda/adapters/sqs-queues.ts';
import { type EventItem, OPEN_SHARDS } from '../../lambda/core/items.ts';
import { LostRaceError, save } from '../../lambda/core/save.ts';
import type { Stage } from '../stage/stage.ts';
import { readEvent, tableOf } from './store.ts';

/** What a replay came to. */
export type ReplayOutcome =
  /** Unfinished: a message more, in case its own is lost. */
  | 'sent'
  /** Failed: reopened, as a redrive does. */
  | 'reopened'
  /** Processed, and the rules are asked again for what has no record. */
  | 'replanned'
  /** Processed: there is nothing to do, and nothing was sent. */
  | 'unchanged'
  /** A copy: the event that owns its completion is the one to replay. */
  | 'copy'
  /** Ignored or unprocessable: it starts nothing. */
  | 'never_acts';

export interface Replay {
  event_id: string;
  outcome: ReplayOutcome;
  /** The owner, of a copy. */
  duplicate_of?: string;
}

/**
 * Replays one event, in the protocol's own terms, so that no follow-up starts twice: what has a result, or may
 * have one, keeps its record and key whatever is sent here. May be repeated at will.
 *
 * @throws UnknownEvent
 */
export async function replayEvent(
  stage: Stage,
  eventId: string,
  { replan = false }: { replan?: boolean } = {},
): Promise<Replay> {
  const queue = sqsQueue(stage.clients.sqs as Parameters<typeof sqsQueue>[0], stage.outputs.queueUrl);
  const event = await readEvent(stage, eventId);
  const said = (outcome: ReplayOutcome): Replay => ({ event_id: event.event_id, outcome });
  switch (event.state) {
    case 'received':
      await queue.send({ v: 1, event: event.event_id });
      return said('sent');
    case 'failed':
      // Its dead-letter message may have expired; the failure's number reopens it just the same, and once only.
      await queue.send({ v: 1, event: event.event_id, reopen: event.failure });
      return said('reopened');
    case 'processed':
      if (event.duplicate_of !== undefined) return { ...said('copy'), duplicate_of: event.duplicate_of };
      if (!replan) return said('unchanged');
      await raiseRound(stage, event);
      await queue.send({ v: 1, event: event.event_id });
      return said('replanned');
    default:
      return said('never_acts');
  }
}

/**
 * Opens a processed event for a new round. The item first, then the message: should this command die between the
 * two, the event is open and a repeat (or the sweeper) sends it.
 */
async function raiseRound(stage: Stage, event: EventItem): Promise<void> {
  const { ttl: _ttl, finished_at: _end, reason: _reason, ...rest } = event;
  const round = event.round + 1;
  const next = { ...rest, state: 'received' as const, round, open: String(round % OPEN_SHARDS) };
  try {
    await save<EventItem>(tableOf(stage), next, { tag: event.tag }, systemChance.token());
  } catch (error) {
    // Somebody else has opened it in the meantime, which is what was wanted.
    if (!(error instanceof LostRaceError && (error.found as EventItem | undefined)?.state === 'received'))
      throw error;
  }
}
