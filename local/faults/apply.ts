import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultHits } from './faults.ts';

/** No response: the connection is closed. */
export const DROPPED = Symbol('dropped');

/** A call that faults can hit. */
export interface FaultyCall<T> {
  perform(): Promise<T>;
  /** The error response that `fail` asks for. */
  fail(fault: Fault): T;
  /** Ends the sandbox that calls. */
  kill(): void;
}

/** Performs a call under the faults that hit it. */
export async function withFaults<T>(hits: FaultHits, call: FaultyCall<T>): Promise<T | typeof DROPPED> {
  const before = await apply(hits.before, call);
  if (before !== undefined) return before;
  if (hits.before.some((fault) => fault.do === 'twice')) await call.perform();
  const response = await call.perform();
  return (await apply(hits.after, call)) ?? response;
}

/** @returns the response, if a fault decides it */
async function apply<T>(
  faults: readonly Fault[],
  call: FaultyCall<T>,
): Promise<T | typeof DROPPED | undefined> {
  for (const fault of faults) {
    if (fault.do === 'delay') await sleep(fault.ms);
    if (fault.do === 'fail') return call.fail(fault);
    if (fault.do === 'kill') call.kill();
    if (fault.do === 'kill' || fault.do === 'drop') return DROPPED;
  }
  return undefined;
}
