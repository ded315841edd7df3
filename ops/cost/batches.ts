import type { Parts } from './parts.ts';
import { USE } from './prices.ts';

/** Billed seconds of a warm function for one event, without calls to Cyberdesk: less memory is a smaller share of a CPU. */
export const secondsOf = (service: 'verifier' | 'processor', memoryGb: number): number =>
  USE[service].waits + USE[service].computes / memoryGb;

/**
 * Messages that one invocation of the processor has, on average. They come one by one until all processors are busy with
 * their calls; those that wait meanwhile come together. A window makes them wait for one another before that.
 */
export function batchSize(
  { processors, batch, functions }: Parts,
  { rate, followUps }: { rate: number; followUps: number },
): number {
  const memoryGb = functions.find(({ service }) => service === 'processor')?.memoryGb ?? 1;
  const free = processors - rate * secondsOf('processor', memoryGb);
  const busy = free > 0 ? (rate * followUps * USE.callSeconds) / free : batch.size;
  const gathered = (rate * batch.windowSeconds) / USE.pollers;
  return Math.min(Math.max(1, busy, gathered), batch.size);
}
