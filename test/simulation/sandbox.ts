import type { Machine } from '../../lambda/adapters/system.ts';
import type { Fault, Faults } from './faults.ts';
import type { Rng } from './rng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Service } from './service.ts';

/** The result of a request: an answer, or none. `tookEffect`: it was done all the same. */
export type Exchange<T> = { kind: 'answer'; value: T } | { kind: 'failed'; tookEffect: boolean };

/** How a service fails: before or after the effect of a request, or without ever answering. */
export type Failing = 'before' | 'after' | 'hang';

export interface Surroundings {
  scheduler: Scheduler;
  rng: Rng;
  faults: Faults;
  /** Whether this service fails a request now, and in which way. */
  outage(service: Service): Failing | undefined;
  note(who: string, what: () => string): void;
}

/** A process that runs a function: it has a clock of its own, waits at every await, freezes, thaws and dies. */
export class Sandbox {
  readonly name: string;
  readonly machine: Machine;
  readonly #world: Surroundings;
  #frozenUntil = 0;
  #tokens = 0;
  /** Cancel what would abort the calls of this invocation. */
  #timers: (() => void)[] = [];
  isDead = false;
  /** It runs the release before. */
  isPrevious = false;
  onDeath: () => void = () => {};

  /** @param skew How far its clock is ahead, in milliseconds. */
  constructor(name: string, world: Surroundings, skew: number) {
    this.name = name;
    this.#world = world;
    this.machine = {
      now: () => world.scheduler.now + skew,
      random: world.rng.next,
      sleep: (ms) => this.sleep(ms),
      token: () => {
        this.#tokens += 1;
        return `${name}.${this.#tokens}`;
      },
      abortAfter: (ms) => {
        const controller = new AbortController();
        this.#timers.push(this.after(Math.max(ms, 0), () => controller.abort()));
        return controller.signal;
      },
    };
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#world.scheduler.now;
  }

  /** The invocation is over. */
  rest(): void {
    for (const cancel of this.#timers.splice(0)) cancel();
  }

  die(): void {
    if (this.isDead) return;
    this.rest();
    this.isDead = true;
    this.#world.note(this.name, () => 'dies');
    this.onDeath();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Runs something after some milliseconds, unless the function that it returns is called before. */
  after(ms: number, run: () => void): () => void {
    const planned = this.#world.scheduler.in(ms, () => this.#wake(run));
    return () => {
      planned.isCancelled = true;
    };
  }

  /**
   * A request to a service: some time until it takes effect, some until the answer is there, and faults.
   *
   * @param isPrompt Sent immediately after the check before it: a freeze cannot come between.
   */
  exchange<T>(
    label: () => string,
    service: Service,
    effect: () => T,
    isPrompt = false,
  ): Promise<Exchange<T>> {
    return new Promise((resolve) => {
      if (this.isDead) return;
      const { scheduler, faults, outage, note } = this.#world;
      const fault = faults.next(service, label);
      const { there, back } = faults.latency(service, fault);
      const frozen = this.#freeze(fault, isPrompt);
      if (fault.kind !== 'none') note(this.name, () => `${label()}: fault ${describe(fault)}`);
      const settle = (outcome: Exchange<T>) =>
        void scheduler.in(back, () => this.#wake(() => resolve(outcome)));
      const arrive = () => {
        if (fault.kind === 'kill' && fault.before) return this.die();
        const down = outage(service);
        // What hangs may have arrived.
        const isBefore = down === 'before' || (down === 'hang' && there < back);
        if ((fault.kind === 'fail' && fault.before) || isBefore) {
          note(this.name, () => `${label()}: no response, no effect`);
          if (down !== 'hang') settle({ kind: 'failed', tookEffect: false });
          return;
        }
        const value = effect();
        note(this.name, () => `${label()} → ${brief(value)}`);
        if (fault.kind === 'kill') return this.die();
        if (down === 'hang') return;
        const isLost = fault.kind === 'fail' || down === 'after';
        settle(isLost ? { kind: 'failed', tookEffect: true } : { kind: 'answer', value });
      };
      scheduler.at(scheduler.now + frozen + there, arrive, true);
    });
  }

  /** Milliseconds for which it is frozen before the request is sent. */
  #freeze(fault: Fault, isPrompt: boolean): number {
    if (fault.kind !== 'freeze') return 0;
    this.#frozenUntil = this.#world.scheduler.now + fault.duration;
    return fault.before && !isPrompt ? fault.duration : 0;
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
