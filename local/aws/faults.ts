import { randomUUID } from 'node:crypto';

/** What to do to a call; see local/README.md. */
export interface Fault {
  /** `<service>:<operation>`, `cyberdesk:<METHOD> <path>` or `lambda:Invoke`; `*` stands for any text. */
  readonly call: string;
  /** `drop`: no answer. `fail`: an error answer. `delay`: later. `kill`: the calling sandbox ends. `twice`: do it twice. */
  readonly do: 'drop' | 'fail' | 'delay' | 'kill' | 'twice';
  /**
   * Before or after the call takes effect; default `before`. `during`, in the fake Cyberdesk API alone: its
   * idempotency key is taken and nothing is done yet.
   */
  readonly when?: 'before' | 'during' | 'after';
  /** Only calls of this function (its label, e.g. `processor`). */
  readonly function?: string;
  /** The first matching call that is hit, from 1; default 1. */
  readonly nth?: number;
  /** How many matching calls are hit, from the nth on; default 1; `always` has no end. */
  readonly times?: number | 'always';
  /** Milliseconds of `delay`. */
  readonly ms?: number;
  /** `delay` in the fake Cyberdesk API, from a test in the same process: lasts until this settles. */
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

/** A fault with what became of it. */
export interface PlantedFault extends Fault {
  readonly id: string;
  /** Matching calls so far. */
  readonly seen: number;
  /** Calls that it hit. */
  readonly hits: number;
}

/** The faults that hit one call. */
export interface FaultHits {
  readonly before: readonly Fault[];
  readonly during: readonly Fault[];
  readonly after: readonly Fault[];
}

const none: FaultHits = { before: [], during: [], after: [] };

/** The faults that are planted now. */
export class Faults {
  private planted: (Fault & { id: string; seen: number; hits: number })[] = [];

  plant(fault: Fault): PlantedFault {
    const planted = { ...fault, id: randomUUID(), seen: 0, hits: 0 };
    this.planted.push(planted);
    return planted;
  }

  list(): readonly PlantedFault[] {
    return this.planted.map((fault) => ({ ...fault }));
  }

  /** Removes one fault, or all of them. */
  clear(id?: string): void {
    this.planted = id === undefined ? [] : this.planted.filter((fault) => fault.id !== id);
  }

  /** Counts a call and says what hits it. */
  hits(call: string, fn: string | undefined): FaultHits {
    if (this.planted.length === 0) return none;
    const hit = this.planted.filter((fault) => {
      if (!covers(fault.call, call)) return false;
      if (fault.function !== undefined && fault.function.toLowerCase() !== fn) return false;
      fault.seen += 1;
      const first = fault.nth ?? 1;
      const times = fault.times ?? 1;
      if (fault.seen < first || (times !== 'always' && fault.seen >= first + times)) return false;
      fault.hits += 1;
      return true;
    });
    const at = (when: Fault['when']) => hit.filter((fault) => (fault.when ?? 'before') === when);
    return { before: at('before'), during: at('during'), after: at('after') };
  }
}

function covers(pattern: string, call: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(call);
}
