import { BY_DAY_INDEX, DAY, type EventItem, MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import { listEventItems } from '../events/list.ts';
import type { Stage } from '../stage/stage.ts';
import { query } from '../stage/table.ts';

/** What the index shows of an event. */
export type Arrival = Pick<EventItem, 'event_id' | 'received_at' | 'type' | 'run_id' | 'status'>;

/**
 * How much later than its time of arrival an event may appear in the index: the verifier takes that time before it
 * stores the event, which lasts up to 12 seconds, and the index lags. Milliseconds.
 */
const LATE = 30 * SECOND;

/** The clock of this machine may be behind that of the stage. Milliseconds. */
const SKEW = 15 * MINUTE;

/**
 * The events of a stage in the order of their arrival, each once. It remembers the events of the last half minute and
 * holds one page of the index at a time, however long it runs. An event that appears late is returned late.
 */
export class Arrivals {
  readonly #stage: Stage;
  /** Nothing that arrived before is returned. Epoch milliseconds. */
  readonly #start: number;
  #newest: number;
  readonly #seen = new Map<string, number>();

  /** @param since epoch milliseconds */
  constructor(stage: Stage, since: number) {
    this.#stage = stage;
    this.#start = since;
    this.#newest = since;
  }

  /** From now on: what is there already is not returned. It goes by the stage's clock, not by that of this machine. */
  static async live(stage: Stage, now: number): Promise<Arrivals> {
    const [newest] = await Array.fromAsync(first(listEventItems(stage, { since: now - DAY }, { now })));
    const arrivals = new Arrivals(stage, newest ? Date.parse(newest.received_at) - LATE : now - DAY);
    for await (const _known of arrivals.fresh(now));
    return arrivals;
  }

  /** What has arrived and was not returned before, oldest first. @param now epoch milliseconds */
  async *fresh(now: number): AsyncGenerator<Arrival> {
    const from = Math.max(this.#start, this.#newest - LATE);
    for (let at = from; dayOf(at) <= dayOf(now + SKEW); at += DAY) {
      for await (const page of this.#pages(dayOf(at), isoTime(from))) {
        for (const arrival of page) {
          if (this.#seen.has(arrival.event_id)) continue;
          const time = Date.parse(arrival.received_at);
          this.#seen.set(arrival.event_id, time);
          this.#newest = Math.max(this.#newest, time);
          yield arrival;
        }
        this.#forget();
      }
    }
  }

  #pages(day: string, from: string): AsyncGenerator<Arrival[]> {
    return query<Arrival>(this.#stage, {
      IndexName: BY_DAY_INDEX,
      KeyConditionExpression: '#day = :day AND #at >= :from',
      ExpressionAttributeNames: { '#day': 'day', '#at': 'received_at' },
      ExpressionAttributeValues: { ':day': { S: day }, ':from': { S: from } },
      Limit: 100,
    });
  }

  #forget(): void {
    for (const [id, time] of this.#seen) if (time < this.#newest - LATE) this.#seen.delete(id);
  }
}

const dayOf = (at: number): string => isoTime(at).slice(0, 10);

async function* first<T>(all: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const one of all) {
    yield one;
    return;
  }
}
