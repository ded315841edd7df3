import { nextRound } from '../../lambda/core/process/index.ts';
import type { Stage } from '../stage/stage.ts';
import { queueOf } from '../stage/table.ts';
import { readEvent } from './store.ts';
import { isProbe } from './summary.ts';

/** The result of a replay. */
export type ReplayOutcome =
  /** Unfinished: another message was sent, in case its own is lost. */
  | 'sent'
  /** Failed: reopened, as by a redrive. */
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
  /** Of a copy: the owner of its completion. */
  duplicate_of?: string;
}

/**
 * Replays one event, by the protocol's own means, so that no follow-up starts twice: an action that has a result, or
 * may have one, keeps its record and key whatever is sent here. May be repeated at any time.
 *
 * @throws UnknownEventError
 */
export async function replayEvent(
  stage: Stage,
  eventId: string,
  { replan = false }: { replan?: boolean } = {},
): Promise<Replay> {
  const event = await readEvent(stage, eventId);
  const id = event.event_id;
  const replay = (outcome: ReplayOutcome): Replay => ({ event_id: id, outcome });
  const queue = queueOf(stage);
  switch (event.state) {
    case 'received':
      await queue.send({ v: 1, event: id });
      return replay('sent');
    case 'failed':
      // Its dead letter may have expired; the number of the failure reopens the event all the same, and only once.
      await queue.send({ v: 1, event: id, reopen: event.failure });
      return replay('reopened');
    case 'processed':
      if (isProbe(event)) return replay('probe');
      if (event.duplicate_of !== undefined) return { ...replay('copy'), duplicate_of: event.duplicate_of };
      if (!replan) return replay('unchanged');
      // One message that names the round it begins: nothing can be left half done, and a second one has no effect.
      await queue.send({ v: 1, event: id, reopen: nextRound(event) });
      return replay('replanned');
    default:
      return replay('never_acts');
  }
}
