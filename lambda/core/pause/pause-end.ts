import { LONGEST_PAUSE, type PauseItem, SANDBOX_SKEW } from '../model/index.ts';

/**
 * When a pause ends, in epoch milliseconds; 0 for none. We never write an end beyond the longest pause, so one that
 * lies further ahead is damaged or forged: it counts as over, because nothing else would ever end it.
 */
export const pauseEnd = (pause: Pick<PauseItem, 'until'> | undefined, now: number): number =>
  pause !== undefined && isWithin(pause.until, now, LONGEST_PAUSE) ? pause.until : 0;

/** Whether a time is at most this far ahead, by the clock of any sandbox. */
export const isWithin = (time: number, now: number, duration: number): boolean =>
  time <= now + duration + SANDBOX_SKEW;
