import { SigningSecretCache } from '../../lambda/core/authenticate/signing-secret.ts';
import { DAY, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { EventSource } from './event-source.ts';
import { type Faults, RandomFaults } from './faults.ts';
import type { Work } from './messages.ts';
import { ASSUMED, CyberdeskModel } from './model/cyberdesk.ts';
import { QueueModel } from './model/queue.ts';
import { SecretsModel } from './model/secrets.ts';
import { TableModel } from './model/table.ts';
import { Oracle } from './oracle.ts';
import { Rng } from './rng.ts';
import { Sandbox, type Surroundings } from './sandbox.ts';
import { Scheduler } from './scheduler.ts';
import type { Service } from './service.ts';
import type { Plant, Profile, WorldParts } from './world-parts.ts';

const START = Date.parse('2026-11-25T10:00:00Z');
export const SIGNING_SECRET = 'signing-secret';

interface VerifierSandbox {
  sandbox: Sandbox;
  secrets: SigningSecretCache;
}

/** Stores, services, processes, and an oracle that knows what really happened. */
export class World implements WorldParts {
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
  readonly source = new EventSource(this);
  verifiers: VerifierSandbox[] = [];
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
      datesAnswers: profile.fixed || rng.chance(0.8),
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
      now: () => this.scheduler.now,
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

  /** @param sent Its sender, where messages of that sender are counted. */
  enqueue(body: string, sent?: { by: 'verifier' | 'sweeper'; begun: Work }): void {
    this.queue.send(body, this.scheduler.now);
    if (sent) this.oracle.onSend(sent.by, body, sent.begun);
    this.source.wake();
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
    return { sandbox, secrets: new SigningSecretCache(settings, sandbox.system) };
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

  /** An error that no fault explains: it fails the schedule. */
  failure: unknown;
  unexpected(error: unknown): void {
    this.failure ??= error;
  }
}
