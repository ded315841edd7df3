import { setTimeout as wait } from 'node:timers/promises';
import { SECOND } from '../../lambda/core/model/index.ts';

/** The parts of time that a test replaces. Milliseconds. */
export interface Pace {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** Returns a function that waits for its turn, so that at most `rate` calls per second go ahead. */
export function pacer(
  rate: number,
  { now = Date.now, sleep = (ms) => wait(ms) }: Partial<Pace> = {},
): () => Promise<void> {
  let next = 0;
  return async () => {
    const at = Math.max(now(), next);
    next = at + SECOND / rate;
    const rest = at - now();
    if (rest > 0) await sleep(rest);
  };
}
