import { isDeniedByApi } from '../../cyberdesk/answer-class.ts';
import {
  CALL_TIMEOUT,
  type CallLimit,
  type CallOutcome,
  SECOND,
  type System,
  type Table,
} from '../model/index.ts';

/**
 * What the read may take of the time that is reserved for recording, in milliseconds. A call that hangs leaves it no other,
 * and without it every such call would look like an outage.
 */
export const BORROWED_TIME = 5 * SECOND;
/** A read with less time than this would fail whatever the API does, in milliseconds. */
const SHORTEST_READ = SECOND;

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
    if (this.#health) return this.#health;
    const now = this.#system.now();
    const until = Math.min(now + CALL_TIMEOUT, this.#invocation.deadline + BORROWED_TIME);
    if (until < now + SHORTEST_READ) return FAILED;
    this.#health = this.#ask(until);
    return this.#health;
  }

  async #ask(until: number): Promise<Health> {
    const outcome = await this.#invocation.cyberdesk.ping({ until });
    if (outcome.kind === 'answered') return { kind: 'answered' };
    const { status } = outcome;
    return status !== undefined && isDeniedByApi(outcome) ? { kind: 'denied', status } : FAILED;
  }
}
