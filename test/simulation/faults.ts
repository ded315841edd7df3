import { ATTEMPT_TIMEOUT } from '../../lambda/adapters/client-limits.ts';
import { SECOND } from '../../lambda/core/model/time.ts';
import type { Rng } from './rng.ts';
import type { Service } from './service.ts';

export type Fault =
  | { kind: 'none' }
  /** The request is not answered; `before`: it took no effect either. */
  | { kind: 'fail'; before: boolean }
  /** The process dies. */
  | { kind: 'kill'; before: boolean }
  /** The process is frozen; `before`: its request has not been sent yet. */
  | { kind: 'freeze'; before: boolean; duration: number }
  | { kind: 'delay'; duration: number };

export interface Faults {
  next(service: Service, label: () => string): Fault;
  /** Milliseconds until a request takes effect, and from there to its answer. */
  latency(service: Service, fault: Fault): { there: number; back: number };
  /** Faults so far, by kind. */
  readonly counts: Map<string, number>;
  /** Faults so far. */
  readonly total: number;
}

const NONE: Fault = { kind: 'none' };
/** Around each timeout: a moment, one call, just under and just over the lease, beyond the visibility timeout. */
const FREEZES = [0.5, 11, 40, 55, 62, 75, 130, 275, 290, 700].map((seconds) => seconds * SECOND);

/** Random faults, up to a budget. */
export class RandomFaults implements Faults {
  readonly counts = new Map<string, number>();
  readonly #rng: Rng;
  readonly #rate: number;
  #budget: number;

  constructor(rng: Rng, rate: number, budget: number) {
    this.#rng = rng;
    this.#rate = rate;
    this.#budget = budget;
  }

  stop(): void {
    this.#budget = 0;
  }

  get total(): number {
    return sum(this.counts);
  }

  next(service: Service): Fault {
    const rng = this.#rng;
    // Calls to Cyberdesk are rare, and faults that hide their answers matter most.
    const rate = service === 'api' ? 3 * this.#rate : this.#rate;
    if (this.#budget <= 0 || !rng.chance(rate)) return NONE;
    this.#budget -= 1;
    const fault = this.#choose();
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    return fault;
  }

  #choose(): Fault {
    const rng = this.#rng;
    const before = rng.chance(0.5);
    const kind = rng.pick(['fail', 'fail', 'kill', 'kill', 'freeze', 'delay'] as const);
    if (kind === 'freeze') return { kind, before, duration: rng.pick(FREEZES) + rng.between(0, 500) };
    if (kind === 'delay') return { kind, duration: rng.between(0, 30 * SECOND) };
    return { kind, before };
  }

  latency(service: Service, fault: Fault): { there: number; back: number } {
    const rng = this.#rng;
    const usual = () => (rng.chance(0.02) ? rng.between(100, 2500) : rng.between(1, 40));
    // Without a fault, a call to AWS ends within the time limit of its client.
    const quick = () => (service === 'api' ? usual() : Math.min(usual(), ATTEMPT_TIMEOUT / 2 - 1));
    const there = quick() + (fault.kind === 'delay' ? fault.duration : 0);
    // By the assumption about Cyberdesk, a call takes effect within its timeout or not at all.
    return { there: service === 'api' ? Math.min(there, 9.9 * SECOND) : there, back: quick() };
  }
}

/** Faults at given requests, counted from 0; every request takes the same time. */
export class ScriptedFaults implements Faults {
  readonly counts = new Map<string, number>();
  readonly labels: string[] = [];
  readonly #script: ReadonlyMap<number, Fault>;
  #index = 0;

  constructor(script: ReadonlyMap<number, Fault>) {
    this.#script = script;
  }

  next(_service: Service, _label: () => string): Fault {
    const fault = this.#script.get(this.#index) ?? NONE;
    this.#index += 1;
    if (fault.kind !== 'none') this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    return fault;
  }

  get total(): number {
    return sum(this.counts);
  }

  get requests(): number {
    return this.#index;
  }

  latency(): { there: number; back: number } {
    return { there: 5, back: 5 };
  }
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, count) => all + count, 0);
