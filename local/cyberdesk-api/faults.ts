import type { Received, Reply } from './call.ts';

/** Something that goes wrong, on request. All that it names must match; what it does not name matches. */
export interface Fault {
  /** HTTP method. */
  method?: string;
  /** Start of the path, as `/v1/runs`. */
  path?: string;
  /** Requests to let pass first. Default 0. */
  skip?: number;
  /** How many requests it meets; default 1. */
  times?: number | 'always';
  /**
   * `before` anything else (default) · `during`: the idempotency key is taken and nothing is done yet ·
   * `after`: the work is done.
   */
  when?: 'before' | 'during' | 'after';
  /** Milliseconds to wait. On its own it only delays. */
  delayMs?: number;
  /** Wait for this too; for tests in the same process. */
  gate?: Promise<unknown>;
  /** Answer this instead. */
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Break the connection instead of answering. */
  reset?: boolean;
}

/** Thrown to break the connection. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

export interface Faults {
  /** @returns A function that takes it back. */
  add(fault: Fault): () => void;
  clear(): void;
  readonly active: readonly Fault[];
  /** What goes wrong with this request at this point, if anything: the answer to give. Waits where it should. */
  strike(request: Received, when: NonNullable<Fault['when']>): Promise<Reply | undefined>;
}

/** @param wait Waits for milliseconds; rejects when the server closes. */
export function createFaults(wait: (ms: number) => Promise<void>): Faults {
  let faults: (Fault & { skip: number; left: number })[] = [];
  return {
    add(fault) {
      const { skip = 0, times = 1 } = fault;
      const entry = { ...fault, skip, left: times === 'always' ? Number.POSITIVE_INFINITY : times };
      faults.push(entry);
      return () => {
        faults = faults.filter((other) => other !== entry);
      };
    },
    clear() {
      faults = [];
    },
    get active() {
      return faults;
    },
    async strike({ method, path }, when) {
      const fault = faults.find(
        (one) =>
          (one.when ?? 'before') === when &&
          (one.method ?? method) === method &&
          path.startsWith(one.path ?? '') &&
          one.skip-- <= 0,
      );
      if (!fault) return undefined;
      fault.left -= 1;
      if (fault.left <= 0) faults = faults.filter((other) => other !== fault);
      if (fault.delayMs !== undefined) await wait(fault.delayMs);
      await fault.gate;
      if (fault.reset) throw new ConnectionReset('reset on request');
      if (fault.status === undefined) return undefined;
      const { status, headers = {}, body = { detail: 'Fault on request' } } = fault;
      return { status, headers, body };
    },
  };
}
