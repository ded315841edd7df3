import {
  type ArrivalsQuery,
  type EventItem,
  type Item,
  LARGEST_READ,
  LARGEST_SEND,
  OPEN_SHARDS,
  type OpenEntry,
  type OpenQuery,
} from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import type { SweepPorts } from '../../../lambda/core/sweep/index.ts';
import { isEvent } from '../../simulation/model/items.ts';
import { START } from '../support/system.ts';
import { openEvent } from './kit.ts';

/** Time that passes only while calls are on their way: calls made at once are answered at once, one latency later. */
export class SlowTime {
  now = START;
  calls = 0;
  readonly #latency: number;
  readonly #waiting: { at: number; answer: () => void }[] = [];

  /** @param latency How long each call takes, in milliseconds. */
  constructor(latency: number) {
    this.#latency = latency;
  }

  async call<T>(effect: () => T): Promise<T> {
    this.calls += 1;
    await new Promise<void>((answer) => this.#waiting.push({ at: this.now + this.#latency, answer }));
    return effect();
  }

  /** Lets time pass until this is settled. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = () => {
      isSettled = true;
    };
    work.then(settled, settled);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isSettled) return work;
      // All calls take equally long, so they are answered in the order in which they were made.
      const next = this.#waiting[0];
      if (!next) throw new Error('the work waits for nothing');
      this.now = next.at;
      while (this.#waiting[0] && this.#waiting[0].at <= this.now) this.#waiting.shift()?.answer();
    }
  }
}

/** A table full of unfinished events, a queue, and a latency. */
export class SlowWorld {
  readonly time: SlowTime;
  readonly items = new Map<string, Item>();
  readonly shards: OpenEntry[][] = Array.from({ length: OPEN_SHARDS }, () => []);
  readonly arrivals: OpenEntry[] = [];
  readonly sent: string[] = [];
  readonly reads = new Map<string, number>();
  readonly ages: number[] = [];
  resent = 0;
  backlog = 0;

  /** @param events How many there are; the first is a day old, the last two hours. */
  constructor(events: number, latency: number) {
    this.time = new SlowTime(latency);
    for (let count = 0; count < events; count += 1) {
      const shard = count % OPEN_SHARDS;
      const age = 24 * HOUR - (22 * HOUR * count) / events;
      const entry = { event_id: `e${count}`, received_at: new Date(START - age).toISOString() };
      this.shards[shard]?.push(entry);
      this.put(openEvent(entry, shard));
    }
  }

  put(item: Item): void {
    this.items.set(`${item.pk} ${item.sk}`, item);
  }

  event(id: string): EventItem {
    return this.items.get(`event#${id} event`) as EventItem;
  }

  /** As the verifier leaves them: no event is listed as unfinished, and only the index of arrivals has them. */
  forget(): void {
    for (const shard of this.shards) shard.length = 0;
    for (const item of this.items.values())
      if (isEvent(item)) {
        const { open: _open, ...event } = item;
        this.put(event);
        this.arrivals.push(event);
      }
    this.arrivals.sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
  }

  /** Ports of a sweep that is killed `timeout` milliseconds from now and stops 15 s before. */
  ports(timeout = 120 * SECOND): SweepPorts {
    const { time } = this;
    return {
      system: {
        now: () => time.now,
        random: () => (time.calls % OPEN_SHARDS) / OPEN_SHARDS,
        sleep: async () => {},
        token: () => `tag-${time.calls}`,
      },
      deadline: time.now + timeout - 15 * SECOND,
      open: { list: (shard, query) => time.call(() => this.#list(shard, query)) },
      arrivals: { list: (day, query) => time.call(() => this.#arrived(day, query)) },
      reader: {
        getAll: (keys) => {
          if (keys.length > LARGEST_READ) throw new RangeError('a batch is too large');
          return time.call(() =>
            keys.map(({ pk, sk }) => {
              this.reads.set(pk, (this.reads.get(pk) ?? 0) + 1);
              return this.items.get(`${pk} ${sk}`);
            }),
          );
        },
      },
      table: {
        get: ({ pk, sk }) => time.call(() => this.items.get(`${pk} ${sk}`)),
        put: (item) =>
          time.call(() => {
            if (isEvent(item) && item.open !== undefined && this.event(item.event_id).open === undefined)
              this.shards[Number(item.open)]?.push(item);
            this.put(item);
            return { kind: 'written' };
          }),
      },
      queue: {
        backlog: () => time.call(() => this.backlog),
        sendAll: (messages) => {
          if (messages.length > LARGEST_SEND) throw new RangeError('a batch is too large');
          return time.call(() => {
            this.sent.push(...messages.map(({ event }) => event));
            return [];
          });
        },
      },
      reportAge: (age) => void this.ages.push(age),
      reportWaiting() {},
      reportResent: ({ length }) => {
        this.resent += length;
      },
    };
  }

  #arrived(day: string, { after, from, until, limit }: ArrivalsQuery): OpenEntry[] {
    const start = after ? this.arrivals.findIndex(({ event_id }) => event_id === after.event_id) + 1 : 0;
    const isAsked = ({ received_at }: OpenEntry) =>
      received_at.startsWith(day) && received_at >= from && received_at <= until;
    return this.arrivals.slice(start).filter(isAsked).slice(0, limit);
  }

  #list(shard: number, { after, until, limit }: OpenQuery): OpenEntry[] {
    const entries = this.shards[shard] ?? [];
    const start = after ? entries.findIndex(({ event_id }) => event_id === after.event_id) + 1 : 0;
    const found = entries.slice(start, start + limit);
    return until === undefined ? found : found.filter(({ received_at }) => received_at <= until);
  }
}
