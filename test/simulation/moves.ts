import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { type SweepPorts, sweep } from '../../lambda/core/sweep/index.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { NoResponseError, resendPort, sweepReads, tablePort } from './ports.ts';
import type { Sender } from './sender.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

/** What happens to the system, besides faults. */
export class Moves {
  readonly #world: World;
  readonly #sender: Sender;
  /** Webhooks without `ended_at`. */
  noEnds = false;
  /** A transformation gives all webhooks one id. */
  oneId = false;
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
    });
  }

  /** The run ends some time later, and a webhook reports it. */
  endLater(run: ModelRun, status: string): void {
    const { api, scheduler, rng } = this.#world;
    scheduler.in(rng.between(1, 400) * SECOND, () => {
      if (run.ended_at != null) return;
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
    const ended = [...this.#world.api.runs.values()].filter((run) => run.ended_at != null);
    return ended.length > 0 ? this.#world.rng.pick(ended) : undefined;
  }

  throttle(): void {
    const { api, scheduler, rng } = this.#world;
    this.#world.move('throttle');
    api.throttled = { requests: 0, since: scheduler.now };
    api.throttledUntil = scheduler.now + rng.between(0, 1) ** 3 * 4 * HOUR;
    api.retryAfterMs = rng.pick([undefined, 0, rng.between(0, 1200) * SECOND, DAY]);
  }

  /** A maintenance page, a proxy or a firewall answers in the API's place. */
  maintain(): void {
    const { api, scheduler, rng } = this.#world;
    const status = rng.pick([301, 302, 307, 308, 402, 403, 404, 421, 423, 425, 451, 503]);
    this.#world.move('maintenance');
    api.maintenance = {
      until: scheduler.now + rng.between(0, 1) ** 3 * 12 * HOUR,
      status,
      // What the API itself would answer so, or a redirect, is told apart by its content.
      isJson: status !== 404 && rng.chance(0.3),
    };
  }

  outage(services: readonly Service[]): void {
    const { outages, scheduler, rng } = this.#world;
    const service = rng.pick(services);
    this.#world.move(`outage of ${service}`);
    const from = scheduler.now + rng.between(0, 5 * MINUTE);
    const longest = service === 'api' ? 24 * HOUR : 3 * HOUR;
    outages.push({
      service,
      from,
      to: from + rng.next() ** 3 * longest,
      how: rng.pick(['before', 'after', 'mixed']),
    });
  }

  async sweep(): Promise<void> {
    const world = this.#world;
    world.move('sweep');
    const sandbox = world.newSandbox('s');
    const begun = world.oracle.messages.beginSweep();
    // The index lags a little: a new event may be missing, and a finished one may still be listed.
    const isLate = () => !world.profile.fixed && world.rng.chance(0.1);
    const listed = new Set(
      world.table
        .events()
        .filter(({ open }) => (open !== undefined) !== isLate())
        .map(({ event_id }) => event_id),
    );
    const ports: SweepPorts = {
      ...sweepReads(sandbox, world.table, ({ event_id }) => listed.has(event_id)),
      table: tablePort(sandbox, world.table),
      queue: resendPort(sandbox, world.queue, (message) => world.enqueue(message, { by: 'sweeper', begun })),
      system: sandbox.system,
      // Now and then far too early, for the next sweep to go on.
      deadline: sandbox.system.now() + (!world.profile.fixed && world.rng.chance(0.1) ? SECOND : 2 * MINUTE),
      reportAge: () => {},
      reportResent: () => {},
    };
    try {
      await sweep(world.plant.sweeper?.(ports) ?? ports);
      world.oracle.messages.endSweep();
    } catch (error) {
      if (!(error instanceof NoResponseError)) world.unexpected(error);
    }
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
      world.deadLetters.messages.clear();
      world.oracle.onExpired(world.table.expire(later));
      // A leaked key that is long past its grace period must be rejected.
      for (const key of this.#sender.retired) this.forge(key);
    });
  }
}

/** A run's output: the same in every webhook about it. */
const outputOf = (run: ModelRun): number =>
  run.workflow_id === 'first-equal' ? 0 : Number(run.id.slice('run-'.length)) * 10 + run.retries;
