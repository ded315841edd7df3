import type { Mismatch } from '../../rules/rule.ts';
import type { ActionRecord, BodyReference } from './action.ts';
import type { OpenEntry } from './open-index.ts';
import type { Reason } from './reasons.ts';
import { type Item, KEY_PREFIXES, type Key } from './table.ts';
import type { Thrown } from './thrown.ts';

/** One ending of one run, or one event that is not about that. All workers that handle it serialize on this item. */
export interface CompletionItem extends Item {
  /** Event id of its owner. */
  owner: string;
  /** Held by the worker in charge. A lease that has expired but was not removed means that its worker crashed. */
  lease?: Lease;
  not_before?: number;
  crashes: number;
  /** The event's round that its claim has taken over. */
  round: number;
  /** The round whose plan it holds; behind `round` if a worker died in between. */
  planned?: number;
  actions?: ActionRecord[];
  /** The bodies of its plans that were stored in pieces, for a person to erase; earlier releases carry them along unread. */
  bodies?: StoredBody[];
  /** Rules that asked for nothing, by name, and why; not all of them if there are many. */
  idle?: Record<string, Idleness>;
  /** A failure of the completion as a whole: a rule threw, the plan is too deep, five crashes. */
  failure?: CompletionFailure;
  done: boolean;
  depth: number;
  retries: number;
  updated_at: number;
}

/** A body of a plan under `plan#`, whether or not an action still names it. */
export type StoredBody = Pick<BodyReference, 'sha256' | 'pieces'>;

/** Why a rule asked for nothing: it does not apply, or its `actions` returned none. */
export type Idleness = Mismatch | 'nothing';

export interface CompletionFailure {
  reason: Reason;
  /** If asking a rule was what failed. */
  thrown?: Thrown;
}

export interface Lease {
  token: string;
  /** Epoch milliseconds. */
  until: number;
}

/** Which completion and action started a run. */
export interface LineageItem extends Item {
  /** Idempotency key of the action; absent on a run that our actions retried but did not start. */
  action?: string;
  /** Name of the completion that started it. */
  parent?: string;
  depth: number;
  /** The action found this run by a lookup, because the response to its own call was lost. */
  adopted?: boolean;
  /** Completions of this run that an action set out to retry in place; written before the call. */
  retried: string[];
}

/** A pause of all calls to Cyberdesk. */
export interface PauseItem extends Item {
  /** Epoch milliseconds. */
  until: number;
  /** Pauses in a row. */
  streak: number;
  /** When the first of these pauses began, in epoch milliseconds; absent if an earlier release wrote the item last. */
  since?: number;
  /**
   * When a write last was not answered and calls had to wait for that, in epoch milliseconds; absent unless this has happened
   * in the row, or if an earlier release wrote the item last.
   */
  unanswered?: number;
  /** When calls were last let through again, in epoch milliseconds: events from before had to wait. */
  ended?: number;
  /** What began or prolonged it last; absent if an earlier release did. */
  cause?: PauseCause;
  /** The worker that may try first once the pause is over. */
  probe?: Lease;
}

/** The API throttles, has refused the key, or fails; or the key has no value. */
export interface PauseCause {
  kind: 'throttled' | 'key_refused' | 'failed' | 'key_not_set';
  /** HTTP status, if the API answered. */
  status?: number;
}

/** Where the last sweep stopped, so that the next one can continue there. */
export interface SweepItem extends Item {
  /** Shard of the open index → the last entry that was handled; a shard that was swept to its end has no entry. */
  cursors: Record<string, OpenEntry>;
}

/** How far the sweeper has listed unfinished events: those that arrived later may not be in the open index. */
export interface CensusItem extends Item {
  /** Where the next census begins, ISO 8601. */
  from: string;
}

/** Partition of a run: of its completions and its lineage. */
export const runPartition = (runId: string): string => KEY_PREFIXES.run + runId;
/**
 * Partition of an event that is its own completion. Not the event's own partition: the verifier may write there, and
 * must be able neither to forge a plan nor to erase what has been done.
 */
export const occurrencePartition = (eventId: string): string => KEY_PREFIXES.occurrence + eventId;
export const completionKey = (runId: string, completion: string): Key => ({
  pk: runPartition(runId),
  sk: completion,
});
export const lineageKey = (runId: string): Key => lineageBeside({ pk: runPartition(runId) });
/** Key of the lineage of what a completion belongs to. */
export const lineageBeside = ({ pk }: Pick<Key, 'pk'>): Key => ({ pk, sk: 'lineage' });
export const PAUSE_KEY: Key = { pk: 'control#pause', sk: 'pause' };
export const SWEEP_KEY: Key = { pk: 'control#sweep', sk: 'sweep' };
export const CENSUS_KEY: Key = { pk: 'control#census', sk: 'census' };

const PREFIX = 'completion#';

/** Completion named by an `ended_at` (epoch milliseconds). */
export const endedAtCompletion = (endedAt: number): string => `${PREFIX}${endedAt}`;
/** Completion of an event that reports no known end of a run: the event itself. */
export const ownCompletion = (eventId: string): string => `${PREFIX}event:${eventId}`;
export const isCompletionKey = ({ sk }: Key): boolean => sk.startsWith(PREFIX);
/** When the run ended, in epoch milliseconds; undefined for an event's own completion. */
export function endOf(completion: string): number | undefined {
  const end = Number(completion.slice(PREFIX.length));
  return Number.isNaN(end) ? undefined : end;
}

/** A completion's key as one string. */
export const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;
/** The inverse of {@link nameOf}. A completion contains no space, because event ids contain none. */
export function keyNamed(name: string): Key {
  const space = name.lastIndexOf(' ');
  return { pk: name.slice(0, space), sk: name.slice(space + 1) };
}
/** The run that a completion belongs to; undefined for an event that is its own completion. */
export const runOf = ({ pk }: Pick<Key, 'pk'>): string | undefined =>
  pk.startsWith(KEY_PREFIXES.run) ? pk.slice(KEY_PREFIXES.run.length) : undefined;
