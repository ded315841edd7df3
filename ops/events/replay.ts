import { sqsQueue } from '../../lambda/adapters/sqs-queues.ts';
import { nextRound } from '../../lambda/core/process/index.ts';
import type { Stage } from '../stage/stage.ts';
import { readEvent } from './store.ts';
import { isProbe } from './summary.ts';

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
  /** A probe of the doctor: no rule is ever asked about it. */
  | 'probe'
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
 * @throws UnknownEventError
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
      if (isProbe(event)) return said('probe');
      if (event.duplicate_of !== undefined) return { ...said('copy'), duplicate_of: event.duplicate_of };
      if (!replan) return said('unchanged');
      // One message that names the round it begins: nothing can be left half-done, and a second one is a stray copy.
      await queue.send({ v: 1, event: event.event_id, reopen: nextRound(event) });
      return said('replanned');
    default:
      return said('never_acts');
  }
}
