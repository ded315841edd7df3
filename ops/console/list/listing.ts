import { readCompletions } from '../../events/run-items.ts';
import { type ListedEvent, readEvents } from '../../events/store.ts';
import type { Stage } from '../../stage/stage.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { WorkflowNames } from './names.ts';
import { byTime, type Reading, Roster } from './roster.ts';
import { type EventRow, readRows } from './rows.ts';
import { type Counts, type Matches, search, type Wanted } from './search.ts';

/** Rows of a page of the list. */
const PAGE_SIZE = 100;
/** Rosters that are kept: of the present, and of the last periods that have ended. */
const MOST_ROSTERS = 3;

/** A page of the list. */
export interface Found {
  events: EventRow[];
  /** How many match, as far as the period was read. */
  total: number;
  /** From 1. */
  page: number;
  counts: Counts;
  /** How much of the period was searched. */
  reach: Reading['reach'];
}

/** The events of a stage, as the page lists and chooses them. */
export class Listing {
  readonly #stage: Stage;
  readonly #names: WorkflowNames;
  readonly #rosters = new Map<number | undefined, Roster>();
  readonly #alone = oneAtATime();

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#names = new WorkflowNames(stage);
  }

  /** One page of the events that match, as they are now. */
  async page(wanted: Wanted, page: number): Promise<Found> {
    return this.#alone(async () => {
      const { matches, reach, roster } = await this.#find(wanted);
      const total = matches.events.length;
      const shown = Math.min(page, Math.max(1, Math.ceil(total / PAGE_SIZE)));
      const chosen = matches.events.slice((shown - 1) * PAGE_SIZE, shown * PAGE_SIZE);
      // Rows in view may have changed in ways that the roster does not look for.
      const events = await roster.readAgain(chosen.map(({ event_id }) => event_id));
      void this.#names.learn(events.map(({ workflow_id }) => workflow_id));
      const rows = await readRows(this.#stage, events, this.#names.known);
      return { events: rows, total, page: shown, counts: matches.counts, reach };
    });
  }

  /** Rows of some events, by their ids; without those that do not exist. */
  async rows(ids: readonly string[]): Promise<Map<string, EventRow>> {
    const events = [...(await readEvents(this.#stage, ids)).values()];
    void this.#names.learn(events.map(({ workflow_id }) => workflow_id));
    const rows = await readRows(this.#stage, events, this.#names.known);
    return new Map(rows.map((row) => [row.event_id, row]));
  }

  /** All events that match, as they were last read. */
  async all(wanted: Wanted): Promise<ListedEvent[]> {
    return this.#alone(async () => (await this.#find(wanted)).matches.events);
  }

  async #find(wanted: Wanted): Promise<{ matches: Matches; reach: Reading['reach']; roster: Roster }> {
    const roster = this.#rosterOf(wanted.until);
    const { events, reach } = await roster.read(wanted.since ?? 0);
    const names = this.#names.known;
    const matches = search(events, wanted, names);
    if (wanted.text === undefined || matches.events.length > 0) return { matches, reach, roster };
    // An id is found by its key, whatever the age of its event.
    const meant = search(
      await this.#byId(wanted.text),
      { ...wanted, since: undefined, until: undefined },
      names,
    );
    return { matches: meant, reach, roster };
  }

  #rosterOf(until: number | undefined): Roster {
    const roster = this.#rosters.get(until) ?? new Roster(this.#stage, until);
    // The one used last is the last one.
    this.#rosters.delete(until);
    this.#rosters.set(until, roster);
    const [oldest] = [...this.#rosters.keys()].filter((key) => key !== undefined);
    if (this.#rosters.size > MOST_ROSTERS) this.#rosters.delete(oldest);
    return roster;
  }

  async #byId(text: string): Promise<ListedEvent[]> {
    const owners = (await readCompletions(this.#stage, text)).map(({ owner }) => owner);
    const found = await readEvents(this.#stage, [...new Set([text, ...owners])]);
    return [...found.values()].sort(byTime);
  }
}
