import { setTimeout as wait } from 'node:timers/promises';

/** The parts of time that a test replaces. Milliseconds. */
export interface Pace {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** Ends once the next thing may be done, at most `rate` of them per second. */
export function pacer(
  rate: number,
  { now = Date.now, sleep = (ms) => wait(ms) }: Partial<Pace> = {},
): () => Promise<void> {
  let next = 0;
  return async () => {
    const at = Math.max(now(), next);
    next = at + 1000 / rate;
    const rest = at - now();
    if (rest > 0) await sleep(rest);
  };
}
