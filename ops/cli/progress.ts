import { setTimeout as wait } from 'node:timers/promises';
import { SECOND } from '../../lambda/core/model/index.ts';
import type { Call } from './command.ts';
import type { Io } from './io.ts';

const CLEAR_LINE = '\r\x1b[2K';

/** Between two updates of the line, milliseconds. */
const INTERVAL = 100;

/** Work that reports on a line of standard error, cleared at the end: on a terminal only, and not beside JSON. */
export async function withProgress<T>(
  { io, options: { json } }: Call,
  work: (update: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (json || !io.isTerminal) return work(() => undefined);
  let last = 0;
  try {
    return await work((text) => {
      if (io.now() - last < INTERVAL) return;
      last = io.now();
      io.err(`${CLEAR_LINE}${text.slice(0, io.columns - 1)}`);
    });
  } finally {
    if (last > 0) io.err(CLEAR_LINE);
  }
}

/** A warning on a line of its own, also while progress shows. */
export const warn = (io: Io, text: string): void =>
  io.err(`${io.isTerminal ? CLEAR_LINE : ''}warning: ${text}\n`);

/** Ctrl-C ends the work between two steps, so that it can report how to continue; a second one ends the process. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>) {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const result = await work(stop.signal);
    return { result, interrupted: stop.signal.aborted };
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** Most pieces of work at once: as many as the SDK has connections. */
const AT_ONCE = 50;

/**
 * Works on items in their order, each begun when it is its turn, whether or not those before it are finished: a slow
 * answer does not lower the rate. After an error or a signal nothing more is begun, and what has begun is waited for.
 *
 * @returns how many were begun
 * @throws the first error of a piece of work
 */
export async function paced<T>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
  { pace, signal }: { pace: () => Promise<void>; signal?: AbortSignal | undefined },
): Promise<number> {
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  let begun = 0;
  try {
    for await (const item of items) {
      if (!signal?.aborted) await pace();
      // It may have been stopped while it waited for its turn.
      if (signal?.aborted || errors.length > 0) break;
      begun += 1;
      const task: Promise<void> = work(item)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= AT_ONCE) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (errors.length > 0) throw errors[0];
  return begun;
}
/** Waits for so many milliseconds, or until the work is interrupted. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  wait(ms, undefined, { signal }).catch(() => undefined);

/** The parts of time that a test replaces. Milliseconds. */
export interface Pace {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** Returns a function that waits for its turn, so that at most `rate` calls per second go ahead. */
export function pacer(rate: number, { now = Date.now, sleep = (ms) => wait(ms) }: Partial<Pace> = {}) {
  let next = 0;
  return async () => {
    const at = Math.max(now(), next);
    next = at + SECOND / rate;
    const rest = at - now();
    if (rest > 0) await sleep(rest);
  };
}
