import type { EventItem } from '../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../lambda/core/model/time.ts';
import type { TableModel } from './model/table.ts';

/** Clocks of two sandboxes differ by up to this. */
const SKEW = 5 * SECOND;

/** A piece of work that was begun; an event that was finished by then needs no message from it. */
export interface Work {
  stayedFinished(event: string): boolean;
}

/**
 * Who may put messages into the queue, and how many: the verifier one for each attempt at a delivery, the sweeper one
 * for each hour of an event's life, and neither one for an event that was finished when it looked. A sweep that did
 * not come to its end may not have recorded what it sent. (The processor has no port to the queue; operators put back
 * what they took out.)
 */
export class Messages {
  readonly #table: TableModel;
  #sweeps = 0;
  readonly #attempts = new Map<string, number>();
  readonly #sends = { verifier: new Map<string, number>(), sweeper: new Map<string, number>() };

  constructor(table: TableModel) {
    this.#table = table;
  }

  attempt(events: readonly string[]): Work {
    for (const event of events) this.#attempts.set(event, (this.#attempts.get(event) ?? 0) + 1);
    return this.#begin();
  }

  beginSweep(): Work {
    this.#sweeps += 1;
    return this.#begin();
  }

  /** The sweep has recorded everything that it sent. */
  endSweep(): void {
    this.#sweeps -= 1;
  }

  #begin(): Work {
    const finished = this.#table.events().filter(({ state }) => state !== 'received');
    const tags = new Map(finished.map(({ event_id, tag }) => [event_id, tag]));
    // A redrive or a replan may reopen it in between.
    return { stayedFinished: (event) => tags.has(event) && this.#event(event)?.tag === tags.get(event) };
  }

  /** Describes what is wrong with a message that one of them has just sent, if anything. */
  onSend(by: 'verifier' | 'sweeper', event: string, begun: Work, now: number): string | undefined {
    const sent = (this.#sends[by].get(event) ?? 0) + 1;
    this.#sends[by].set(event, sent);
    if (begun.stayedFinished(event)) return `the ${by} sent a message for ${event}, which was finished`;
    if (by === 'verifier') {
      const attempts = this.#attempts.get(event) ?? 0;
      return sent > attempts ? `${sent} messages for ${attempts} attempts to deliver ${event}` : undefined;
    }
    const hours = (now - Date.parse(this.#event(event)?.received_at ?? '') + SKEW) / HOUR;
    return sent > hours + this.#sweeps
      ? `the sweeper sent ${sent} messages for ${event} in ${hours.toFixed(1)} hours`
      : undefined;
  }

  #event(event: string): EventItem | undefined {
    return this.#table.event(event);
  }
}
