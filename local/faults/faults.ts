import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What to do to a call; see local/README.md. */
export interface Fault {
  /** `<service>:<operation>`, `cyberdesk:<METHOD> <path>` or `lambda:Invoke`; `*` matches any text. */
  readonly call: string;
  /** `drop`: no response. `fail`: an error. `delay`: later. `kill`: ends the calling sandbox. `twice`: performed twice. */
  readonly do: 'drop' | 'fail' | 'delay' | 'kill' | 'twice';
  /**
   * Before or after the call takes effect; default `before`. `during` is only for the fake Cyberdesk API: the idempotency
   * key is taken, but nothing is done yet.
   */
  readonly when?: 'before' | 'during' | 'after';
  /** Only calls of this function (its label, e.g. `processor`). */
  readonly function?: string;
  /** The first matching call to hit, from 1; default 1. */
  readonly nth?: number;
  /** How many matching calls to hit from there; default 1, `always` for no limit. */
  readonly times?: number | 'always';
  /** Milliseconds of `delay`. */
  readonly ms?: number;
  /** For `delay` in the fake Cyberdesk API, from a test in the same process: lasts until this settles. */
  readonly until?: Promise<unknown>;
  /** HTTP status of `fail`; default 500. */
  readonly status?: number;
  /** Error code of `fail` for AWS calls; default `InternalFailure`. */
  readonly error?: string;
  /** Body of `fail` for Cyberdesk calls, as JSON. */
  readonly body?: unknown;
  /** Headers of `fail` for Cyberdesk calls, e.g. `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fault and what it has done so far. */
export interface PlantedFault extends Fault {
  readonly id: string;
  /** Matching calls. */
  readonly seen: number;
  /** Calls that it hit. */
  readonly hits: number;
}

export type FaultHits = Readonly<Record<NonNullable<Fault['when']>, readonly Fault[]>>;

const NONE: FaultHits = { before: [], during: [], after: [] };

export class Faults {
  #planted: (Fault & { id: string; seen: number; hits: number })[] = [];

  plant(fault: Fault): PlantedFault {
    const planted = { ...fault, id: randomUUID(), seen: 0, hits: 0 };
    this.#planted.push(planted);
    return planted;
  }

  list(): readonly PlantedFault[] {
    return this.#planted.map((fault) => ({ ...fault }));
  }

  /** Removes one fault, or all of them. */
  clear(id?: string): void {
    this.#planted = id === undefined ? [] : this.#planted.filter((fault) => fault.id !== id);
  }

  /**
   * Counts a call and returns the faults that hit it.
   * @param caller label of the function that calls, or `operator`; undefined when it is not known
   */
  hits(call: string, caller: string | undefined): FaultHits {
    if (this.#planted.length === 0) return NONE;
    const hit = this.#planted.filter((fault) => {
      if (!matches(fault.call, call)) return false;
      if (fault.function !== undefined && fault.function.toLowerCase() !== caller) return false;
      fault.seen += 1;
      const { nth = 1, times = 1 } = fault;
      if (fault.seen < nth || (times !== 'always' && fault.seen >= nth + times)) return false;
      fault.hits += 1;
      return true;
    });
    return { ...NONE, ...Object.groupBy(hit, ({ when = 'before' }) => when) };
  }
}

function matches(pattern: string, call: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(call);
}

/** No response: the connection is closed. */
export const DROPPED = Symbol('dropped');

/** Performs a call under the faults that hit it. */
export async function withFaults<T>(
  hits: FaultHits,
  call: Ending<T> & { perform(): Promise<T> },
): Promise<T | typeof DROPPED> {
  const before = await applyFaults(hits.before, call);
  if (before !== undefined) return before;
  if (hits.before.some((fault) => fault.do === 'twice')) await call.perform();
  const response = await call.perform();
  return (await applyFaults(hits.after, call)) ?? response;
}

/** How faults end a call. */
interface Ending<T> {
  /** The error response that `fail` asks for. */
  fail(fault: Fault): T;
  kill?(): void;
  /** Waits for milliseconds. */
  wait?(ms: number): Promise<void>;
}

/** @returns the response, if a fault decides it */
export async function applyFaults<T>(
  faults: readonly Fault[],
  { fail, kill, wait = sleep }: Ending<T>,
): Promise<T | typeof DROPPED | undefined> {
  for (const fault of faults) {
    if (fault.do === 'delay') await (fault.until ?? wait(fault.ms ?? 0));
    if (fault.do === 'fail') return fail(fault);
    if (fault.do === 'kill') kill?.();
    if (fault.do === 'kill' || fault.do === 'drop') return DROPPED;
  }
  return undefined;
}
