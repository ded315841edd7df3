import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { sweep } from '../../lambda/core/sweep/index.ts';
import { sweepReports } from '../../lambda/sweeper/reports.ts';
import { SWEEPER_TIMEOUT } from './functions.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { isExpected } from './ports.ts';
import type { Sender } from './sender.ts';
import type { World } from './world.ts';

/** What happens to the system, besides faults. */
export class Moves {
  readonly #world: World;
  readonly #sender: Sender;
  /** Webhooks without `ended_at`. */
  noEnds = false;
  /** A transformation gives all webhooks one id. */
  oneId = false;
  /** A transformation drops a field of some webhooks, until it is repaired. */
  losesFields = false;
  #count = 0;

  constructor(world: World, sender: Sender) {
    this.#world = world;
    this.#sender = sender;
  }

  announce(run: ModelRun): void {
    if (this.noEnds) this.#world.move('missing ended_at');
    this.#sender.announce(run, {
      n: outputOf(run),
      noEnd: this.noEnds,
      ...(this.oneId && { eventId: 'constant' }),
      ...(this.losesFields && { repairedIn: this.#repairedIn() }),
    });
  }

  #repairedIn(): number | undefined {
    const { rng } = this.#world;
    return rng.chance(0.5) ? rng.next() ** 2 * 2 * HOUR : undefined;
  }

  /** Machines are down, or something happens that rules are about only after a deploy. */
  reportOther(): void {
    this.#count += 1;
    const n = OTHERS + this.#count;
    const type = this.#world.rng.chance(0.5) ? 'downed_machines' : 'workflow_published';
    this.#world.move(type);
    const payload = { machines: [{ machine_id: `machine-${n}` }], n };
    this.#sender.report(type, payload, this.oneId ? 'constant' : undefined);
  }

  /** The run ends some time later, and a webhook reports it. */
  endLater(run: ModelRun, status: string): void {
    const { api, scheduler, rng } = this.#world;
    scheduler.in(rng.between(1, 400) * SECOND, () => {
      if (run.ended_at !== null) return;
      api.end(run, status);
      this.announce(run);
    });
  }

  duplicate(): void {
    const delivery = this.#world.rng.pick(this.#sender.sent);
    if (!delivery) return;
    this.#world.move('duplicate');
    this.#sender.attempt(delivery, 99);
  }

  /** The same ending under another event id: a reconciled twin, or a transformed copy. */
  twin(): void {
    const run = this.#endedRun();
    if (!run) return;
    this.#world.move('twin');
    this.#count += 1;
    this.#sender.announce(run, { n: outputOf(run), noEnd: false, eventId: `twin-${this.#count}` });
  }

  /** A person retries an ended run in place. */
  retryInPlace(): void {
    const run = this.#endedRun();
    if (!run) return;
    this.#world.move('in-place retry');
    this.#world.api.restart(run);
    this.endLater(run, 'success');
  }

  #endedRun(): ModelRun | undefined {
    const ended = [...this.#world.api.runs.values()].filter((run) => run.ended_at !== null);
    return ended.length > 0 ? this.#world.rng.pick(ended) : undefined;
  }

  /** @param isWhole The indexes show everything, and there is time for all of it. */
  async sweep({ isWhole = this.#world.profile.fixed } = {}): Promise<void> {
    const world = this.#world;
    const { rng, oracle, queue } = world;
    world.move('sweep');
    const sandbox = world.newSandbox('s');
    const begun = oracle.messages.beginSweep();
    // The index lags a little: a new event may be missing, and a finished one may still be listed.
    const isLate = () => !isWhole && rng.chance(0.1);
    const listed = new Set(
      world.table
        .events()
        .filter(({ open }) => (open !== undefined) !== isLate())
        .map(({ event_id }) => event_id),
    );
    let backlog = queue.messages.size;
    const portsFor = world.functions.sweeper(sandbox, {
      isListed: ({ event_id }) => listed.has(event_id),
      hasArrived: ({ received_at }) =>
        Date.parse(received_at) < world.scheduler.now - LONGEST_LAG || !isLate(),
      onBacklog: (messages) => {
        backlog = messages;
      },
      send: (body, isRepeat) => {
        world.enqueue(body);
        if (!isRepeat) oracle.onResend(body, begun, backlog);
      },
    });
    // Now and then far too little, so that the next sweep has to continue.
    const isShort = !isWhole && rng.chance(0.1);
    const reports = sweepReports({
      count: (name, value = 1) => world.measure(name, value),
      seconds: (name, value) => world.measure(name, value),
      flush() {},
      line() {},
    });
    const ports = { ...portsFor(isShort ? 16 * SECOND : SWEEPER_TIMEOUT), ...reports };
    try {
      await sweep(world.plant.sweeper?.(ports) ?? ports);
      oracle.messages.endSweep();
    } catch (error) {
      world.measure('Errors Sweeper', 1);
      if (!isExpected(error)) world.unexpected(error);
    }
    sandbox.rest();
  }

  /** An attacker who does not know the secret tries a publicly known one. */
  forge(key: string): void {
    this.#world.move('forgery');
    void this.#sender.forge(key);
  }

  /** Months pass, and items with an expiry expire. */
  timePasses(): void {
    const world = this.#world;
    const later = world.scheduler.now + world.rng.between(60, 120) * DAY;
    world.scheduler.at(later, () => {
      world.move('TTL');
      // No dead-letter message is kept that long.
      world.deadLetters.clear();
      this.expire();
      // A leaked key that is long past its grace period must be rejected.
      for (const key of this.#sender.retired) this.forge(key);
    });
  }

  /** DynamoDB removes what has expired. */
  expire(): void {
    const { table, scheduler, oracle } = this.#world;
    oracle.onExpired(table.expire(scheduler.now));
  }

  /** Others fill the queue: the sweeper must not add to it. */
  backlog(): void {
    const { queue, scheduler, rng } = this.#world;
    this.#world.move('backlog');
    queue.ballast = 120_000;
    scheduler.in(rng.between(0.1, 6) * HOUR, () => {
      queue.ballast = 0;
    });
  }

  /** For a while, the queue has no more room for messages in flight. */
  fillFlight(): void {
    const { queue, scheduler, rng } = this.#world;
    this.#world.move('in-flight limit');
    queue.inFlightLimit = rng.int(1, 2);
    scheduler.in(rng.between(1, 120) * MINUTE, () => {
      queue.inFlightLimit = 120_000;
    });
  }
}

/** Numbers from here on are of events that no run has. */
const OTHERS = 1_000_000;

/** An index shows an event by then at the latest: the census relies on it. */
const LONGEST_LAG = 14 * MINUTE;

/** A run's output: the same in every webhook about it. */
const outputOf = (run: ModelRun): number =>
  run.workflow_id === 'first-equal' ? 0 : Number(run.id.slice('run-'.length)) * 10 + run.retries;
