import type { EventItem, EventMessage } from '../../lambda/core/model/index.ts';
import { canBeReplanned, nextRound } from '../../lambda/core/process/index.ts';
import { type Pace, paced, pacer } from '../cli/progress.ts';
import { UnknownEventError } from '../errors.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Stage } from '../stage/stage.ts';
import { queueOf } from '../stage/table.ts';
import type { EventFilter } from './filter.ts';
import { listEvents } from './list.ts';
import { type ListedEvent, readEvent } from './store.ts';
import { isProbe } from './summary.ts';

export type ReplayOutcome =
  | 'sent' // Unfinished: another message was sent, in case its own is lost.
  | 'reopened' // Failed: reopened, as by a redrive.
  | 'undecided' // Failed, and it waits for a person's decision: one of many is left as it is.
  | 'replanned' // Processed, or no rule was about its type, and the rules are asked again for what has no record.
  | 'unchanged' // Processed: there is nothing to do, and nothing was sent.
  | 'unasked' // No rule was about its type: nothing was sent, but a replan asks today's rules.
  | 'copy' // A copy: the event that owns its completion is the one to replay.
  | 'probe' // A probe of the doctor: no rule is ever asked about it.
  | 'never_acts'; // Ignored or unprocessable: it starts nothing.

/** Whether a replay with this outcome sends anything. */
export const isEffective = (outcome: ReplayOutcome): boolean =>
  outcome === 'sent' || outcome === 'reopened' || outcome === 'replanned';

export interface Replay {
  event_id: string;
  outcome: ReplayOutcome;
  /** Of a copy: the owner of its completion. */
  duplicate_of?: string;
}

export interface ReplayOptions {
  replan?: boolean | undefined;
  /** Whether it is one of many: to reopen it without a decision only repeats the lookup, which someone may ask for by name. */
  isOneOfMany?: boolean | undefined;
}

/** What a replay of an event would do, as the event is now. */
export function replayOutcome(
  event: ListedEvent,
  { replan = false, isOneOfMany = false }: ReplayOptions,
): ReplayOutcome {
  switch (event.state) {
    case 'received':
      return 'sent';
    case 'failed':
      return isOneOfMany && event.reason === 'outcome_unknown' ? 'undecided' : 'reopened';
    case 'processed':
      if (isProbe(event)) return 'probe';
      if (event.duplicate_of !== undefined) return 'copy';
      return replan ? 'replanned' : 'unchanged';
    default:
      if (!canBeReplanned(event)) return 'never_acts';
      return replan ? 'replanned' : 'unasked';
  }
}

/**
 * Replays one event, by the protocol's own means, so that no follow-up starts twice: an action that has a result, or
 * may have one, keeps its record and key whatever is sent here. May be repeated at any time.
 * @throws UnknownEventError
 */
export async function replayEvent(
  stage: AuditedStage,
  eventId: string,
  options: ReplayOptions = {},
): Promise<Replay> {
  const event = await readEvent(stage, eventId);
  await stage.trail.mark(event.event_id);
  const outcome = replayOutcome(event, options);
  const message = messageOf(event, outcome);
  if (message) await queueOf(stage).send(message);
  return {
    event_id: event.event_id,
    outcome,
    ...(outcome === 'copy' && event.duplicate_of !== undefined && { duplicate_of: event.duplicate_of }),
  };
}

/** The one message that brings the outcome about: nothing can be left half done, and a second one has no effect. */
function messageOf(event: EventItem, outcome: ReplayOutcome): EventMessage | undefined {
  const { event_id, failure } = event;
  if (outcome === 'sent') return { v: 1, event: event_id };
  // Its dead letter may have expired; the number of the failure still reopens the event, and only once.
  if (outcome === 'reopened') return { v: 1, event: event_id, reopen: failure };
  return outcome === 'replanned' ? { v: 1, event: event_id, reopen: nextRound(event) } : undefined;
}

export interface Replayed {
  replays: Replay[];
  unknown: string[];
  /** Not begun before it was stopped. */
  left: string[];
}

export interface ReplayManyOptions extends Partial<Pace>, ReplayOptions {
  rate?: number;
  onDone?: (replay: Replay, count: number) => void;
  /** Ends the replay between two events. */
  signal?: AbortSignal;
}

/** Ids of all events that match. They are chosen first, so that a replay's own changes do not affect the choice. */
export const chooseEvents = async (stage: Stage, filter: EventFilter): Promise<string[]> =>
  Array.fromAsync(listEvents(stage, filter), ({ event_id }) => event_id);

/** Replays events, begun one by one. An unknown id does not stop the others. */
export async function replayEvents(
  stage: AuditedStage,
  ids: readonly string[],
  { replan, isOneOfMany, rate = 10, onDone, signal, ...time }: ReplayManyOptions = {},
): Promise<Replayed> {
  const results = new Map<string, Replay>();
  const unknown = new Set<string>();
  const replayOne = async (id: string) => {
    try {
      const replay = await replayEvent(stage, id, { replan, isOneOfMany });
      results.set(id, replay);
      onDone?.(replay, results.size);
    } catch (error) {
      if (!(error instanceof UnknownEventError)) throw error;
      unknown.add(id);
    }
  };
  const begun = await paced(ids, replayOne, { pace: pacer(rate, time), signal });
  const done = ids.slice(0, begun);
  return {
    replays: done.flatMap((id) => results.get(id) ?? []),
    unknown: done.filter((id) => unknown.has(id)),
    left: ids.slice(begun),
  };
}
