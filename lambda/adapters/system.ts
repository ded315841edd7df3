import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from '../core/model/index.ts';

/** The machine's clock and randomness. */
export const nodeSystem: System = {
  now: () => Date.now(),
  random: () => Math.random(),
  token: () => randomUUID(),
  sleep: (ms) => sleep(ms),
};
