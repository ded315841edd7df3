import type { EventItem } from '../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { nextRound } from '../../lambda/core/process/reopen.ts';
import { type SweepPorts, sweep } from '../../lambda/core/sweep/index.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { queuePort, resendPort, sweepReads, tablePort } from './ports.ts';
import { SECRET_ID } from './rules.ts';
import type { Service } from './sandbox.ts';
import { rotateSigningSecret, type Sender } from './sender.ts';
import type { World } from './world.ts';

/** What the world does to the system, beside faults. */
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

  /** The run ends some time later, and a webhook tells of it. */
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

  /** A person runs an ended run again. */
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

  deploy(): void {
    this.#world.move('deploy');
    this.#world.repaired = true;
    this.#world.api.refused.delete('closed');
  }

  rotateSigningSecret(): void {
    this.#world.move('rotate signing secret');
    this.#count += 1;
    rotateSigningSecret(this.#world, this.#sender, `signing-${this.#count}`);
  }

  rotateApiKey(): void {
    const { api, secrets, scheduler, rng } = this.#world;
    this.#world.move('rotate API key');
    this.#count += 1;
    const key = `key-${this.#count}`;
    secrets.set('api-key', key, scheduler.now);
    scheduler.in(rng.between(0, 20 * MINUTE) - 10 * MINUTE, () => {
      api.apiKey = key;
    });
  }

  rotateSensitive(): void {
    this.#world.move('rotate sensitive input');
    this.#count += 1;
    this.#world.secrets.set(SECRET_ID, `value-${this.#count}`, this.#world.scheduler.now);
  }

  throttle(): void {
    const { api, scheduler, rng } = this.#world;
    this.#world.move('throttle');
    api.throttledUntil = scheduler.now + rng.between(0, 1) ** 3 * 4 * HOUR;
    api.retryAfterMs = rng.chance(0.5) ? rng.between(0, 1200) * SECOND : undefined;
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
    // The index is a little late: what has just come is not in it, and what is finished may still be.
    const isLate = () => !world.profile.fixed && world.rng.chance(0.1);
    const listed = new Set(
      world.table
        .all<EventItem>('event')
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
      if ((error as Error).name !== 'NoAnswerError') world.unexpected(error);
    }
  }

  /** Our command receives, sends and deletes; the console of AWS moves. Both take a message as it is. */
  redrive(how: 'command' | 'console'): void {
    const world = this.#world;
    const { deadLetters, scheduler } = world;
    const received = deadLetters.receive(scheduler.now, 10, 30 * SECOND);
    if (received.length > 0) world.move(`redrive by ${how}`);
    const sandbox = world.newSandbox('o');
    for (const { body, handle } of received) {
      const move = () => world.enqueue(body);
      if (how === 'console') {
        move();
        deadLetters.delete(handle);
      } else {
        void sandbox
          .exchange(() => `redrive ${body}`, 'queue', move)
          .then((sent) => {
            if (sent.kind === 'answer')
              return sandbox.exchange(
                () => `delete ${body}`,
                'queue',
                () => void deadLetters.delete(handle),
              );
          });
      }
    }
  }

  /** A finished event is sent again, or its rules are asked again. */
  async replay(replan: boolean): Promise<void> {
    const world = this.#world;
    const finished = world.table
      .all<EventItem>('event')
      .filter(({ state, run_id }) => state === 'processed' && run_id);
    if (finished.length === 0) return;
    const event = world.rng.pick(finished);
    world.move(replan ? 'replan' : 'replay');
    const sandbox = world.newSandbox('o');
    try {
      const again = replan ? { reopen: nextRound(event) } : {};
      const queue = queuePort(sandbox, (message) => world.enqueue(message));
      await queue.send({ v: 1, event: event.event_id, ...again });
    } catch (error) {
      if ((error as Error).name !== 'NoAnswerError') world.unexpected(error);
    }
  }

  /** Somebody who does not know the secret tries what everybody knows. */
  forge(key: string): void {
    this.#world.move('forgery');
    void this.#sender.forge(key);
  }

  /** Months go by, and what has an expiry goes with them. */
  timePasses(): void {
    const world = this.#world;
    const later = world.scheduler.now + world.rng.between(60, 120) * DAY;
    world.scheduler.at(later, () => {
      world.move('TTL');
      // No dead letter lives that long.
      world.deadLetters.messages.clear();
      world.oracle.onExpired(world.table.expire(later));
      // Long out of its grace, a leaked key is a stranger's.
      for (const key of this.#sender.retired) this.forge(key);
    });
  }
}

/** What a run has put out: the same whoever tells of it, and for all runs of one workflow. */
const outputOf = (run: ModelRun): number =>
  run.workflow_id === 'first-equal' ? 0 : Number(run.id.slice('run-'.length)) * 10 + run.retries;
