import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLimit, System } from '../core/model/index.ts';

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

/** A signal that aborts at the limit of a call, or with another one. */
export const endedBy = (machine: Machine, { until }: CallLimit, signal?: AbortSignal): AbortSignal => {
  const limit = machine.abortAfter(until - machine.now());
  return signal ? AbortSignal.any([signal, limit]) : limit;
};
