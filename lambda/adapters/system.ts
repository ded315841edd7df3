import { randomUUID } from 'node:crypto';
import type { System } from '../core/model/index.ts';

/** The machine's clock and dice. */
export const nodeSystem: System = {
  now: () => Date.now(),
  random: () => Math.random(),
  token: () => randomUUID(),
};
