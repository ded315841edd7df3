import { CALL_TIMEOUT, type CallLimit, type CallOutcome, type System, type Table } from '../model/index.ts';

/** What an invocation lends to the gate: its table, a harmless read, and when it must have ended (epoch milliseconds). */
export interface Invocation {
  table: Table;
  cyberdesk: { ping(limit: CallLimit): Promise<CallOutcome<undefined>> };
  deadline: number;
}

export type Health = 'answered' | 'denied' | 'failed';

/** Asks by a harmless read whether the API answers and accepts the key: once per invocation, and the answer is kept. */
export class ApiCheck {
  readonly #invocation: Invocation;
  readonly #system: System;
  #health: Promise<Health> | undefined;

  constructor(invocation: Invocation, system: System) {
    this.#invocation = invocation;
    this.#system = system;
  }

  /** If there is no time for the read, it counts as failed. */
  async health(): Promise<Health> {
    const until = this.#system.now() + CALL_TIMEOUT;
    if (until > this.#invocation.deadline) return 'failed';
    this.#health ??= this.#ask(until);
    return this.#health;
  }

  async #ask(until: number): Promise<Health> {
    const outcome = await this.#invocation.cyberdesk.ping({ until });
    if (outcome.kind === 'answered') return 'answered';
    return outcome.status === 401 || outcome.status === 403 ? 'denied' : 'failed';
  }
}
