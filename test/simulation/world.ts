import { PauseGate } from '../../lambda/core/pause.ts';
import { type Message, processMessage } from '../../lambda/core/process.ts';
import { SigningSecretCache } from '../../lambda/core/signing-secret.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/timing.ts';
import type { Verdict, Worker, WorkerSettings } from '../../lambda/core/worker.ts';
import { processBatch } from '../../lambda/processor/batch.ts';
import { type Faults, RandomFaults } from './faults.ts';
import { ASSUMED, CyberdeskModel } from './model/cyberdesk.ts';
import { QueueModel } from './model/queue.ts';
import { SecretsModel } from './model/secrets.ts';
import { TableModel } from './model/table.ts';
import { Oracle } from './oracle.ts';
import { CyberdeskPort, deadLetterPort, secretsPort, tablePort, topicsPort } from './ports.ts';
import { Rng } from './rng.ts';
import { MAX_DEPTH, rulesOf } from './rules.ts';
import { Sandbox, type Service, type Surroundings } from './sandbox.ts';
import { Scheduler } from './scheduler.ts';

export const START = Date.parse('2026-11-25T10:00:00Z');
export const SIGNING_SECRET = 'signing-secret';

/** A bug that is planted by putting something else in the place of a port, or around the core. */
export interface Plant {
  worker?(worker: Worker, world: World, eventId: string): Worker;
  handle?(worker: Worker, message: Message, world: World): Promise<Verdict>;
  /** Cyberdesk does not keep to what is assumed of it, in milliseconds. */
  assumed?: { keyLife?: number; listedWithin?: number };
  /** What Secrets Manager says of the signing secret. */
  signingSecret?(value: string): string;
}

export interface Profile {
  /** Only outages and pauses, whose victims must not reach the dead-letter queue. */
  calm: boolean;
  /** Chance of a fault at each request, and the most there may be. */
  rate: number;
  budget: number;
  /** All that may vary is fixed: latencies, clocks, double deliveries. */
  fixed: boolean;
}

interface ProcessorSandbox {
  sandbox: Sandbox;
  gate: PauseGate;
  cyberdesk: CyberdeskPort;
}

interface VerifierSandbox {
  sandbox: Sandbox;
  secrets: SigningSecretCache;
}

/** The whole of it: stores, services, processes, and the truth about them. */
export class World {
  readonly rng: Rng;
  readonly scheduler = new Scheduler(START);
  readonly faults: Faults;
  readonly table = new TableModel();
  readonly deadLetters = new QueueModel();
  readonly queue = new QueueModel(1000, this.deadLetters);
  readonly secrets = new SecretsModel();
  readonly api: CyberdeskModel;
  readonly oracle: Oracle;
  readonly profile: Profile;
  readonly plant: Plant;
  readonly moves = new Map<string, number>();
  readonly trace: string[] | undefined;
  readonly outages: { service: Service; from: number; to: number; how: 'before' | 'after' | 'mixed' }[] = [];
  /** Rules after a deploy that changed them. */
  repaired = false;
  verifiers: VerifierSandbox[] = [];
  #processors: ProcessorSandbox[] = [];
  #names = 0;
  /** Requests that met an outage. */
  #disturbed = 0;
  readonly surroundings: Surroundings;

  constructor(seed: number, profile: Profile, plant: Plant, faults: Faults | undefined, withTrace: boolean) {
    this.rng = new Rng(seed);
    this.profile = profile;
    this.plant = plant;
    this.trace = withTrace ? [] : undefined;
    this.faults = faults ?? new RandomFaults(this.rng, profile.rate, profile.budget);
    const rng = this.rng;
    this.api = new CyberdeskModel({
      skew: profile.fixed ? 0 : rng.between(-55, 55) * SECOND,
      keyLife: profile.fixed || rng.chance(0.7) ? ASSUMED : DAY,
      listedWithin: profile.fixed || rng.chance(0.7) ? ASSUMED : 0,
      random: rng.next,
      now: () => this.scheduler.now,
      ...plant.assumed,
    });
    this.oracle = new Oracle({
      table: this.table,
      queue: this.queue,
      deadLetters: this.deadLetters,
      api: this.api,
      faults: () => this.faultCount(),
    });
    this.oracle.calm = profile.calm;
    const send = this.deadLetters.send.bind(this.deadLetters);
    this.deadLetters.send = (body, now, reason) => {
      const stored = send(body, now, reason);
      this.oracle.onDeadLetter(stored);
      return stored;
    };
    this.surroundings = {
      scheduler: this.scheduler,
      rng,
      faults: this.faults,
      outage: (service) => this.#outage(service),
      note: (who, what) => this.note(who, what),
    };
  }

  faultCount(): number {
    let sum = this.#disturbed;
    for (const count of this.faults.counts.values()) sum += count;
    return sum;
  }

  note(who: string, what: () => string): void {
    if (!this.trace) return;
    const at = ((this.scheduler.now - START) / SECOND).toFixed(3).padStart(12);
    this.trace.push(`${at}  ${who.padEnd(10)} ${what()}`);
  }

  move(name: string): void {
    this.moves.set(name, (this.moves.get(name) ?? 0) + 1);
    this.note('move', () => name);
  }

  newSandbox(kind: string): Sandbox {
    this.#names += 1;
    const skew = this.profile.fixed ? 0 : this.rng.between(-2.4, 2.4) * SECOND;
    return new Sandbox(`${kind}${this.#names}`, this.surroundings, skew);
  }

  /** A verifier that is free, warm or new. */
  verifier(): VerifierSandbox {
    const warm = this.verifiers.pop();
    if (warm && !warm.sandbox.isDead && !warm.sandbox.isFrozen && this.rng.chance(0.8)) return warm;
    const sandbox = this.newSandbox('v');
    const settings = { secretId: SIGNING_SECRET, cache: 5 * MINUTE, previousGrace: 7 * DAY };
    return { sandbox, secrets: new SigningSecretCache(settings, sandbox.chance) };
  }

  /** Something has come into the queue, or will show at `at`: an event source looks at it. */
  wake(at = this.scheduler.now): void {
    this.scheduler.at(at + (this.profile.fixed ? 0 : this.rng.between(0, 60)), () => this.#poll());
  }

  /** Hands a message out although it is in flight, as a standard queue does now and then. */
  deliverTwice(): void {
    const [message] = [...this.queue.messages.values()].filter(
      ({ visibleAt }) => visibleAt > this.scheduler.now,
    );
    if (!message) return;
    this.move('double delivery');
    this.#invoke([this.queue.hand(message, this.scheduler.now, 270 * SECOND)]);
  }

  #poll(): void {
    const { now } = this.scheduler;
    const batch = this.queue.receive(now, this.profile.fixed ? 5 : this.rng.int(1, 5), 270 * SECOND);
    if (batch.length === 0) return;
    this.#invoke(batch);
    this.wake();
  }

  #outage(service: Service): 'before' | 'after' | undefined {
    const { now } = this.scheduler;
    for (const outage of this.outages) {
      if (outage.service !== service || now < outage.from || now >= outage.to) continue;
      this.#disturbed += 1;
      if (outage.how === 'mixed') return this.rng.chance(0.5) ? 'before' : 'after';
      return outage.how;
    }
    return undefined;
  }

  #processor(): ProcessorSandbox {
    const warm = this.#processors.pop();
    if (
      warm &&
      !warm.sandbox.isDead &&
      !warm.sandbox.isFrozen &&
      (this.profile.fixed || this.rng.chance(0.7))
    )
      return warm;
    const sandbox = this.newSandbox('p');
    const gate = new PauseGate(tablePort(sandbox, this.table), sandbox.chance, settings.lease);
    return {
      sandbox,
      gate,
      cyberdesk: new CyberdeskPort(sandbox, this.api, secretsPort(sandbox, this.secrets)),
    };
  }

  #invoke(batch: { id: string; body: string; receives: number; handle: string }[]): void {
    const processor = this.#processor();
    const { sandbox, gate, cyberdesk } = processor;
    const { scheduler, plant } = this;
    this.note(
      sandbox.name,
      () => `is invoked with ${batch.map(({ body, receives }) => `${body} (${receives})`).join(', ')}`,
    );
    let isOver = false;
    // Messages of a dead invocation show again when their visibility time-out ends; of any other, when they said.
    const wakeLater = () => {
      for (const { id } of batch) {
        const message = this.queue.messages.get(id);
        if (message) this.wake(message.visibleAt);
      }
    };
    sandbox.onDeath = () => {
      if (!isOver) wakeLater();
      isOver = true;
    };
    scheduler.in(45 * SECOND, () => {
      if (isOver) return;
      // A frozen one may thaw much later, as if nothing had been.
      if (!sandbox.isFrozen || this.rng.chance(0.3)) sandbox.die();
      else wakeLater();
    });
    const secrets = secretsPort(sandbox, this.secrets);
    const worker: Worker = {
      table: tablePort(sandbox, this.table),
      deadLetters: deadLetterPort(sandbox, this.deadLetters, () => scheduler.now),
      cyberdesk,
      secrets,
      topics: topicsPort(sandbox, (id) => void this.oracle.announced.add(id)),
      chance: sandbox.chance,
      gate,
      rules: rulesOf(this.repaired, () => sandbox.die()),
      settings,
      deadline: sandbox.chance.now() + 30 * SECOND,
      count: () => {},
    };
    gate.begin();
    const handle = async (record: (typeof batch)[number]): Promise<boolean> => {
      try {
        const eventId = (JSON.parse(record.body) as { event: string }).event;
        const own = plant.worker?.(worker, this, eventId) ?? worker;
        const verdict = await (plant.handle ?? processMessage)(own, record, this);
        this.note(sandbox.name, () => `${record.id}: ${JSON.stringify(verdict)}`);
        if (verdict.kind === 'acknowledge') return true;
        const wait =
          Math.ceil(Math.min(Math.max(verdict.until - sandbox.chance.now(), 0), 11 * HOUR) / SECOND) * SECOND;
        await sandbox.exchange(
          () => `hide ${record.id} for ${wait / SECOND} s`,
          'queue',
          () => {
            this.queue.changeVisibility(record.handle, wait, scheduler.now);
            this.wake(scheduler.now + wait);
          },
        );
      } catch (error) {
        if ((error as Error).name !== 'NoAnswerError') this.unexpected(error);
        this.note(sandbox.name, () => `${record.id}: ${error}`);
      }
      return false;
    };
    void this.#runBatch(batch, handle).then((done) => {
      if (sandbox.isDead) return;
      isOver = true;
      for (const handle of done) {
        // The event source deletes; now and then that gets lost.
        if (this.profile.fixed || !this.rng.chance(0.01)) this.queue.delete(handle);
      }
      this.#processors.push(processor);
      wakeLater();
    });
  }

  /** Handles of what is done with: as `processBatch` says, fresh records side by side and the others one by one. */
  async #runBatch(
    batch: { handle: string; receives: number; id: string; body: string }[],
    handle: (record: { handle: string; receives: number; id: string; body: string }) => Promise<boolean>,
  ): Promise<string[]> {
    const Records = batch.map((record) => ({
      messageId: record.id,
      body: record.body,
      receiptHandle: record.handle,
      attributes: { ApproximateReceiveCount: String(record.receives) },
    }));
    const byId = new Map(batch.map((record) => [record.id, record]));
    const response = await processBatch({ Records } as never, ({ messageId }) =>
      handle(byId.get(messageId) as (typeof batch)[number]),
    );
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return batch.filter(({ id }) => !failed.has(id)).map(({ handle: it }) => it);
  }

  /** An error that no fault explains: it fails the schedule. */
  failure: unknown;
  unexpected(error: unknown): void {
    this.failure ??= error;
  }
}

export const settings: WorkerSettings = {
  installation: 'account/region/stack',
  stage: 'dev',
  workflowIds: {},
  maxFollowUpDepth: MAX_DEPTH,
  sensitiveSecretArns: ['arn:secret'],
  apiUrl: 'https://api.cyberdesk.io',
  lease: 60 * SECOND,
  eventRetention: 90 * DAY,
  completionRetention: 180 * DAY,
};
