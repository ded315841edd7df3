import { randomUUID } from 'node:crypto';
import type { Chance } from '../core/ports.ts';

/** The machine's clock and dice. */
export const systemChance: Chance = {
  now: () => Date.now(),
  random: () => Math.random(),
  token: () => randomUUID(),
};
