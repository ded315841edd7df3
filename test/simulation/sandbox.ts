import type { System } from '../../lambda/core/model/index.ts';
import { SECOND } from '../../lambda/core/model/time.ts';
import type { Fault, Faults } from './faults.ts';
import type { Rng } from './rng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Service } from './service.ts';

/** The result of a request: an answer, or none. `maybe`: it may have taken effect all the same. */
export type Exchange<T> = { kind: 'answer'; value: T } | { kind: 'failed'; maybe: boolean };

export interface ExchangeOptions {
  /** The request times out at this time of the sandbox's clock. */
  until?: number;
  /** Sent immediately after the check before it: a freeze cannot come between. */
  prompt?: boolean;
}

export interface Surroundings {
  scheduler: Scheduler;
  rng: Rng;
  faults: Faults;
  /** Whether this service is out of order now, and in which way. */
  outage(service: Service): 'before' | 'after' | undefined;
  note(who: string, what: () => string): void;
}

/** A process that runs the core: it has a clock of its own, waits at every await, freezes, thaws and dies. */
export class Sandbox {
  readonly name: string;
  readonly system: System;
  readonly #world: Surroundings;
  readonly #skew: number;
  #frozenUntil = 0;
  #tokens = 0;
  isDead = false;
  onDeath: () => void = () => {};

  /** @param skew How far its clock is ahead, in milliseconds. */
  constructor(name: string, world: Surroundings, skew: number) {
    this.name = name;
    this.#world = world;
    this.#skew = skew;
    this.system = {
      now: () => world.scheduler.now + skew,
      random: world.rng.next,
      sleep: (ms) => this.sleep(ms),
      token: () => {
        this.#tokens += 1;
        return `${name}.${this.#tokens}`;
      },
    };
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#world.scheduler.now;
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#world.note(this.name, () => 'dies');
    this.onDeath();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.scheduler.in(ms, () => this.#wake(resolve)));
  }

  /** A request to a service: some time until it takes effect, some until the answer is there, and faults. */
  exchange<T>(
    label: () => string,
    service: Service,
    effect: () => T,
    { until, prompt = false }: ExchangeOptions = {},
  ): Promise<Exchange<T>> {
    return new Promise((resolve) => {
      if (this.isDead) return;
      const { scheduler, faults, outage, note } = this.#world;
      const fault = faults.next(service, label);
      const { there, back } = faults.latency(service, fault);
      let frozen = 0;
      if (fault.kind === 'freeze') {
        this.#frozenUntil = scheduler.now + fault.duration;
        if (fault.before && !prompt) frozen = fault.duration;
      }
      if (fault.kind !== 'none') note(this.name, () => `${label()}: fault ${describe(fault)}`);
      let settled = false;
      const settle = (outcome: Exchange<T>) => {
        if (settled) return;
        settled = true;
        this.#wake(() => resolve(outcome));
      };
      const effectAt = scheduler.now + frozen + there;
      scheduler.at(effectAt, () => {
        if (fault.kind === 'kill' && fault.before) return this.die();
        const down = outage(service);
        if ((fault.kind === 'fail' && fault.before) || down === 'before') {
          note(this.name, () => `${label()}: no response, no effect`);
          scheduler.in(back, () => settle({ kind: 'failed', maybe: service === 'api' }));
          return;
        }
        const value = effect();
        note(this.name, () => `${label()} → ${brief(value)}`);
        if (fault.kind === 'kill') return this.die();
        const isLost = fault.kind === 'fail' || down === 'after';
        scheduler.in(back, () =>
          settle(isLost ? { kind: 'failed', maybe: true } : { kind: 'answer', value }),
        );
      });
      if (until === undefined) return;
      // A later answer is ignored; the request takes effect all the same.
      scheduler.at(Math.min(until - this.#skew, scheduler.now + 40 * SECOND), () => {
        settle({ kind: 'failed', maybe: true });
      });
    });
  }

  #wake(run: () => void): void {
    if (this.isDead) return;
    if (this.isFrozen) this.#world.scheduler.at(this.#frozenUntil, () => this.#wake(run));
    else run();
  }
}

const describe = (fault: Fault): string => {
  if (fault.kind === 'delay') return `delay ${Math.round(fault.duration)} ms`;
  if (fault.kind === 'freeze')
    return `freeze ${fault.before ? 'before' : 'after'}, ${Math.round(fault.duration)} ms`;
  return fault.kind === 'none' ? 'none' : `${fault.kind} ${fault.before ? 'before' : 'after'} effect`;
};

const brief = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text =
    JSON.stringify(value, (key, entry) => (key === 'body' && typeof entry !== 'string' ? '…' : entry)) ?? '';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
