import { type Pace, pacer } from '../cli/pace.ts';
import { UnknownEventError } from '../errors.ts';
import { collect } from '../stage/pages.ts';
import type { Stage } from '../stage/stage.ts';
import type { EventFilter } from './filter.ts';
import { listEvents } from './list.ts';
import { type Replay, replayEvent } from './replay.ts';

export interface Replayed {
  replays: Replay[];
  /** Ids that do not exist. */
  unknown: string[];
  /** Not begun before it was stopped. */
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

/** Ids of all events that match. They are chosen first, so that a replay's own changes do not affect the choice. */
export const chooseEvents = async (stage: Stage, filter: EventFilter): Promise<string[]> =>
  (await collect(listEvents(stage, filter))).map(({ event_id }) => event_id);

/** Replays events one after the other. An id that does not exist does not stop the others. */
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
    // It may have been stopped while it waited for its turn.
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
