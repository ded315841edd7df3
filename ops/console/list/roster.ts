import { SECOND } from '../../../lambda/core/model/index.ts';
import { idsByDay, listEventItems, listedIds } from '../../events/list.ts';
import { type ListedEvent, readEvents } from '../../events/store.ts';
import type { Stage } from '../../stage/stage.ts';

/** Older events that one call takes up: the page polls, so the next call continues. */
const AT_ONCE = 2000;
/** Events that are kept; of a period with more, only the newest are searched. */
const MOST = 20_000;
/** An event may appear in an index this long after its time, milliseconds. */
const LAG = 30 * SECOND;
/** Failed events that each call reads again, as someone else may have redriven them. */
const MOST_FAILED = 100;

/** Events as they were last read, newest first. */
export interface Reading {
  events: readonly ListedEvent[];
  /** `whole`: these are all of the period. `reading`: the next call adds older ones. `full`: only the newest are kept. */
  reach: 'whole' | 'reading' | 'full';
}

/**
 * The events of a stage that were received before a time, as far as they were read. No index has the state, so counting
 * by it means reading each event. This does so once, a bounded number at a time; afterwards it reads only what may have
 * changed.
 */
export class Roster {
  readonly #stage: Stage;
  readonly #until: number | undefined;
  readonly #limits: { atOnce: number; most: number };
  readonly #events = new Map<string, ListedEvent>();
  /** Everything from then on was read, epoch milliseconds. */
  #reached: number;

  /** @param until epoch milliseconds; undefined: new events are taken up as well */
  constructor(stage: Stage, until: number | undefined, { atOnce = AT_ONCE, most = MOST } = {}) {
    this.#stage = stage;
    this.#until = until;
    this.#limits = { atOnce, most };
    this.#reached = until ?? Number.POSITIVE_INFINITY;
  }

  /** Brings it up to date, and continues towards `since` (epoch milliseconds). One call at a time. */
  async read(since: number): Promise<Reading> {
    if (this.#events.size > 0) await Promise.all([this.#readNewer(), this.#readChanged()]);
    const isWhole = await this.#readOlder(since);
    const events = [...this.#events.values()].sort(byTime);
    const isFull = events.length >= this.#limits.most;
    return { events, reach: isWhole ? 'whole' : isFull ? 'full' : 'reading' };
  }

  /** Reads events again, in this order; those that have expired are left out. */
  async readAgain(ids: readonly string[]): Promise<ListedEvent[]> {
    const found = await readEvents(this.#stage, ids);
    for (const id of ids) {
      const event = found.get(id);
      if (event === undefined) this.#events.delete(id);
      else if (this.#events.has(id)) this.#put(event);
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  #put(event: ListedEvent): void {
    this.#events.set(event.event_id, event);
  }

  async #readNewer(): Promise<void> {
    if (this.#until !== undefined) return;
    const newest = [...this.#events.values()].reduce((latest, event) => Math.max(latest, timeOf(event)), 0);
    for await (const ids of idsByDay(this.#stage, { since: newest - LAG })) {
      const unknown = ids.filter((id) => !this.#events.has(id));
      for (const event of (await readEvents(this.#stage, unknown)).values()) this.#put(event);
    }
  }

  /** What is unfinished may be finished by now, and what was finished and is in the open index was reopened. */
  async #readChanged(): Promise<void> {
    const open = new Set(await listedIds(this.#stage));
    const known = [...this.#events.values()];
    const changed = known.filter(({ event_id, state }) => state === 'received' || open.has(event_id));
    const failed = known.filter(({ state }) => state === 'failed').slice(-MOST_FAILED);
    await this.readAgain([...new Set([...changed, ...failed].map(({ event_id }) => event_id))]);
  }

  /** @returns whether everything from `since` on was read */
  async #readOlder(since: number): Promise<boolean> {
    const { atOnce, most } = this.#limits;
    let left = Math.min(atOnce, most - this.#events.size);
    if (this.#reached <= since) return true;
    if (left <= 0) return false;
    // Events of one millisecond may be on both sides of the point that was reached.
    const until = this.#reached === Number.POSITIVE_INFINITY ? undefined : this.#reached + 1;
    for await (const event of listEventItems(this.#stage, { since, until })) {
      if (this.#events.has(event.event_id)) continue;
      this.#put(event);
      left -= 1;
      if (left === 0) {
        this.#reached = timeOf(event);
        return false;
      }
    }
    // Of a period without events nothing is known, so that new ones are looked for in all of it.
    if (this.#events.size > 0) this.#reached = since;
    return true;
  }
}

const timeOf = ({ received_at }: ListedEvent): number => Date.parse(received_at);

export const byTime = (a: ListedEvent, b: ListedEvent): number => (a.received_at < b.received_at ? 1 : -1);
