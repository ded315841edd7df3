import {
  CALL_TIMEOUT,
  LONGEST_PAUSE,
  type PauseCause,
  type PauseItem,
  SANDBOX_SKEW,
  SECOND,
} from '../model/index.ts';
import type { CallKind } from './failure-tally.ts';

/** The first pause in a row if the API names no time; each further pause doubles it. */
export const FIRST_PAUSE = 30 * SECOND;
/** The same if the API names a time, which may be zero or in the past. */
export const SHORTEST_PAUSE = SECOND;
/** Random spread after the first pause in a row; doubles as well, so that workers do not return as a herd. */
const FIRST_SPREAD = 5 * SECOND;

/** What a pause says, without the key and version of its item. */
export type PauseDraft = Pick<
  PauseItem,
  'until' | 'streak' | 'since' | 'unanswered' | 'ended' | 'probe' | 'cause'
>;

/** A pause that no worker has ended or prolonged for so long after its end says nothing any more. */
const FORGOTTEN = 2 * LONGEST_PAUSE;

/**
 * When a pause ends, in epoch milliseconds; 0 for none. We never write an end beyond the longest pause, so one that
 * lies further ahead is damaged or forged: it counts as over, because nothing else would ever end it.
 */
export const pauseEnd = (pause: Pick<PauseItem, 'until'> | undefined, now: number): number =>
  pause !== undefined && isWithin(pause.until, now, LONGEST_PAUSE) ? pause.until : 0;

/** Whether a time is at most this far ahead, by the clock of any sandbox. */
const isWithin = (time: number, now: number, duration: number): boolean =>
  time <= now + duration + SANDBOX_SKEW;

/** A pause, or its end, that workers must heed. A read that was answered opens the gate and keeps the streak. */
export const isPaused = (view: PauseItem | undefined): view is PauseItem =>
  view !== undefined && view.streak > 0 && view.until > 0;

interface Waiting {
  now: number;
  /** Uniform in [0, 1). */
  random(): number;
  /** This sandbox probes after the pause. */
  isProbing: boolean;
  /** How long one worker may probe, in milliseconds. */
  probeMs: number;
}

/**
 * Until when calls must wait, in epoch milliseconds: for the pause, or for the worker that probes after it. Undefined
 * if they need not.
 */
export function closedUntil(
  view: PauseItem | undefined,
  { now, random, isProbing, probeMs }: Waiting,
): number | undefined {
  if (!isPaused(view)) return undefined;
  const end = pauseEnd(view, now);
  if (now < end) return end + random() * spreadAfter(view.streak);
  // A sandbox probes with one call at a time.
  if (isProbing) return now + SECOND + random() * spreadAfter(0);
  // Another worker is probing, mostly with one call; polling every second would only burn receives.
  const { probe } = view;
  if (probe && now < probe.until && isWithin(probe.until, now, probeMs))
    return Math.min(probe.until, now + CALL_TIMEOUT) + random() * spreadAfter(0);
  return undefined;
}

/**
 * A pause that begins now or, if one is on already, lasts longer.
 *
 * @param by What was not answered, if the API is to blame.
 * @param floor Length of the first pause in a row, in milliseconds.
 * @param asked What the API asked for, in milliseconds.
 */
export function prolonged(
  view: PauseItem | undefined,
  { now, by, floor, asked }: { now: number; by?: CallKind | undefined; floor: number; asked: number },
): PauseDraft {
  const row = view && isInRow(view, now) ? view : undefined;
  const streak = streakOf(view, now);
  const since = row?.since ?? now;
  const unanswered = by === 'write' ? now : row?.unanswered;
  // Several workers that ran into the same outage lengthen the streak, and the pause, by one step and not by one each.
  const end = pauseEnd(view, now);
  const isOn = streak > 0 && now < end;
  const length = Math.min(Math.max(asked, doubled(floor, isOn ? streak - 1 : streak)), LONGEST_PAUSE);
  return {
    ...(view?.ended !== undefined && { ended: view.ended }),
    since,
    ...(unanswered !== undefined && { unanswered }),
    until: Math.max(end, now + length),
    streak: isOn ? streak : streak + 1,
  };
}

/**
 * How long what was not charged waits where no pause holds it up, in milliseconds: the pause could not be written, or another
 * worker has ended it. Nothing else would keep the call from being repeated at once, over and over.
 *
 * @param retryAfterMs What the API asked for.
 */
export const delayWithoutPause = ({ retryAfterMs = 0 }: { retryAfterMs?: number | undefined }): number =>
  Math.min(Math.max(retryAfterMs, FIRST_PAUSE), LONGEST_PAUSE);

/** Pauses in a row so far. */
export const streakOf = (view: PauseItem | undefined, now: number): number =>
  view && isInRow(view, now) ? view.streak : 0;

/** A pause that begins now continues these: no write has been answered since, and not long ago one was tried. */
const isInRow = ({ streak, until, ended = 0 }: PauseItem, now: number): boolean =>
  streak > 0 && now < (until || ended) + FORGOTTEN;

/** Whether calls are held up, also between the end of a pause and the probe after it. */
const isHolding = (view: PauseItem | undefined, now: number): boolean =>
  isPaused(view) && isWithin(view.until, now, LONGEST_PAUSE) && now < view.until + FORGOTTEN;

/** Events received before this have had to wait for the end of a pause, in epoch milliseconds; 0 for none. */
export const heldUntil = (view: PauseItem | undefined, now: number): number =>
  isHolding(view, now) ? now : Math.min(view?.ended ?? 0, now);

/**
 * For how long Cyberdesk has answered no write, in milliseconds. 0 if it does, or if the key is what keeps it from it.
 *
 * A read that is answered lets calls through and says nothing about writes. After it, what counts is when the last one was
 * not answered: perhaps none has been tried since.
 */
export function unavailableFor(view: PauseItem | undefined, now: number): number {
  if (view === undefined) return 0;
  const { since = now, cause, unanswered = since, ended = 0 } = view;
  if (isHolding(view, now)) return cause && OF_CYBERDESK.has(cause.kind) ? Math.max(0, now - since) : 0;
  const isRecent = view.until === 0 && isInRow(view, now) && isWithin(ended, now, 0);
  return isRecent ? Math.max(0, Math.min(unanswered, now) - since) : 0;
}

/** The causes of a pause that are not ours to remedy. */
const OF_CYBERDESK: ReadonlySet<string> = new Set(['throttled', 'failed'] satisfies PauseCause['kind'][]);

const spreadAfter = (streak: number): number => Math.min(doubled(FIRST_SPREAD, streak), LONGEST_PAUSE);

const doubled = (duration: number, times: number): number => duration * 2 ** Math.min(times, 10);
