import type { EventItem, Item } from '../../lambda/core/model/index.ts';
import { DAY, HOUR, SECOND } from '../../lambda/core/model/time.ts';
import { isEvent } from './model/items.ts';
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
  /** By event: the last sign of life, and the sweeper's messages since then. */
  readonly #silences = new Map<string, { since: number; sent: number }>();
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

  /** What was noted about the sweeper's messages has been dropped. */
  onRestored(): void {
    this.#silences.clear();
    this.#sends.sweeper.clear();
  }

  #begin(): Work {
    const finished = this.#table.events().filter(({ state }) => state !== 'received');
    const tags = new Map(finished.map(({ event_id, tag }) => [event_id, tag]));
    // A redrive or a replan may reopen it in between.
    return { stayedFinished: (event) => tags.has(event) && this.#event(event)?.tag === tags.get(event) };
  }

  /** Every write about an event is a sign of life, except for the sweeper's own notes. */
  onPut(item: Item, before: Item | undefined, now: number): void {
    if (item.pk === 'control#sweep' || item.pk === 'control#census') return;
    if (isEvent(item)) {
      const known = before && isEvent(before) ? before : undefined;
      const isListed =
        known?.state === 'received' &&
        item.state === 'received' &&
        known.open === undefined &&
        item.open !== undefined;
      if (!isListed && (!known || item.resent_at === known.resent_at))
        this.#silences.set(item.event_id, { since: now, sent: 0 });
      return;
    }
    const [kind, id] = item.pk.split('#');
    for (const event of this.#silences.keys()) {
      // A pause holds for all.
      const isItsOwn =
        kind === 'occurrence' ? event === id : kind === 'run' && this.#event(event)?.run_id === id;
      if (kind === 'control' || isItsOwn) this.#silences.set(event, { since: now, sent: 0 });
    }
  }

  /** Describes what is wrong with a message that one of them has just sent, if anything. */
  onSend(by: 'verifier' | 'sweeper', event: string, begun: Work, now: number): string | undefined {
    const sent = (this.#sends[by].get(event) ?? 0) + 1;
    this.#sends[by].set(event, sent);
    if (begun.stayedFinished(event)) return `the ${by} sent a message for ${event}, which was finished`;
    if (by === 'verifier') {
      // Where both ids of a delivery are taken, its event has the one of Svix and a digest.
      const attempts = this.#attempts.get(event.split('~')[0] ?? '') ?? 0;
      return sent > attempts ? `${sent} messages for ${attempts} attempts to deliver ${event}` : undefined;
    }
    const silence = this.#silences.get(event) ?? { since: now, sent: 0 };
    silence.sent += 1;
    if (silence.sent > most(now - silence.since + SKEW) + this.#sweeps) {
      const hours = ((now - silence.since) / HOUR).toFixed(1);
      return `the sweeper sent ${silence.sent} messages for ${event} in ${hours} silent hours`;
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

/** Messages that a silence of this length may see: after 1, 3, 7, 15 and 31 hours, then one a day. */
function most(silence: number): number {
  let count = 0;
  for (let wait = HOUR, at = HOUR; at <= silence; at += wait) {
    count += 1;
    wait = Math.min(2 * wait, DAY);
  }
  return count;
}
