import { isDeniedByApi } from '../../cyberdesk/answer-class.ts';
import { CALL_TIMEOUT, type CallLimit, type CallOutcome, type System, type Table } from '../model/index.ts';

/** What an invocation lends to the gate: its table, a harmless read, and when it must have ended (epoch milliseconds). */
export interface Invocation {
  table: Table;
  cyberdesk: { ping(limit: CallLimit): Promise<CallOutcome<undefined>> };
  deadline: number;
}

/** Denied only by the API itself: a page in its place says nothing about the key. */
export type Health = { kind: 'answered' } | { kind: 'denied'; status: number } | { kind: 'failed' };

const FAILED: Health = { kind: 'failed' };

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
    if (until > this.#invocation.deadline) return FAILED;
    this.#health ??= this.#ask(until);
    return this.#health;
  }

  async #ask(until: number): Promise<Health> {
    const outcome = await this.#invocation.cyberdesk.ping({ until });
    if (outcome.kind === 'answered') return { kind: 'answered' };
    const { status } = outcome;
    return status !== undefined && isDeniedByApi(outcome) ? { kind: 'denied', status } : FAILED;
  }
}
