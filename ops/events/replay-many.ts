import { type Pace, pacer } from '../dlq/pace.ts';
import { UnknownEventError } from '../errors.ts';
import type { Stage } from '../stage/stage.ts';
import type { EventFilter } from './filter.ts';
import { listEvents } from './list.ts';
import { type Replay, replayEvent } from './replay.ts';

export interface Replayed {
  replays: Replay[];
  /** Ids of which there is no event (any more). */
  unknown: string[];
  /** Not taken up before it was stopped. */
  left: string[];
}

export interface ReplayManyOptions extends Partial<Pace> {
  replan?: boolean;
  /** Events per second. */
  rate?: number;
  onDone?: (replay: Replay, count: number) => void;
  /** Ends the replay between two events. */
  signal?: AbortSignal;
}

/** Ids of all events that match: a list of its own, so that what a replay changes does not change the choice. */
export async function chooseEvents(stage: Stage, filter: EventFilter): Promise<string[]> {
  const ids: string[] = [];
  for await (const { event_id } of listEvents(stage, filter)) ids.push(event_id);
  return ids;
}

/** Replays events one after the other. One that does not exist holds up no other. */
export async function replayEvents(
  stage: Stage,
  ids: readonly string[],
  { replan = false, rate = 10, onDone, signal, ...time }: ReplayManyOptions = {},
): Promise<Replayed> {
  const pace = pacer(rate, time);
  const replays: Replay[] = [];
  const unknown: string[] = [];
  for (const [done, id] of ids.entries()) {
    if (!signal?.aborted) await pace();
    // Also stopped while it waited for its turn.
    if (signal?.aborted) return { replays, unknown, left: ids.slice(done) };
    try {
      const replay = await replayEvent(stage, id, { replan });
      replays.push(replay);
      onDone?.(replay, replays.length);
    } catch (error) {
      if (!(error instanceof UnknownEventError)) throw error;
      unknown.push(id);
    }
  }
  return { replays, unknown, left: [] };
}
