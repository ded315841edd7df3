import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../core/model/index.ts';

/** The machine as the functions see it. */
export interface Machine extends System {
  /** A signal that aborts after so many milliseconds. */
  abortAfter(ms: number): AbortSignal;
}

/** The machine's clock and randomness. */
export const nodeSystem: Machine = {
  now: () => Date.now(),
  random: () => Math.random(),
  token: () => randomUUID(),
  sleep: (ms) => sleep(ms),
  abortAfter: (ms) => AbortSignal.timeout(Math.max(0, ms)),
};
