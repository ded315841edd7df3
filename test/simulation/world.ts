import { HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { overClients } from './clients.ts';
import { EventSource } from './event-source.ts';
import { type Faults, RandomFaults } from './faults.ts';
import { type Functions, overPorts, type Send, type VerifierParts } from './functions.ts';
import { ASSUMED, CyberdeskModel } from './model/cyberdesk.ts';
import { ECHOES, type Echo } from './model/echoes.ts';
import type { Reply } from './model/front.ts';
import { type Manners, type Request, serve, type Withheld } from './model/http.ts';
import { QueueModel } from './model/queue.ts';
import { SecretsModel } from './model/secrets.ts';
import { TableModel } from './model/table.ts';
import { Oracle } from './oracle.ts';
import { Outages } from './outages.ts';
import { Releases } from './releases.ts';
import { Rng } from './rng.ts';
import { Sandbox, type Surroundings } from './sandbox.ts';
import { Scheduler } from './scheduler.ts';
import type { Service } from './service.ts';
import type { Plant, Profile, WorldParts } from './world-parts.ts';

const START = Date.parse('2026-11-25T10:00:00Z');

/** A verifier in its sandbox. */
export interface WarmVerifier {
  sandbox: Sandbox;
  parts: VerifierParts;
  /** Where its messages go at present. */
  send: Send;
}

export interface WorldOptions {
  profile: Profile;
  plant?: Plant;
  faults?: Faults;
  trace?: boolean;
  /** The functions run over modelled AWS clients, and not over ports. */
  handlers?: boolean;
}

/** Stores, services, processes, and an oracle that knows what really happened. */
export class World implements WorldParts {
  readonly rng: Rng;
  readonly scheduler = new Scheduler(START);
  readonly faults: Faults;
  readonly table = new TableModel();
  readonly deadLetters = new QueueModel({ retention: 14 * 24 * 60 * MINUTE });
  readonly queue = new QueueModel({ limit: 1000, deadLetters: this.deadLetters });
  readonly secrets = new SecretsModel();
  readonly api: CyberdeskModel;
  readonly manners: Manners;
  readonly outages: Outages;
  readonly oracle: Oracle;
  readonly profile: Profile;
  readonly plant: Plant;
  readonly moves = new Map<string, number>();
  readonly trace: string[] | undefined;
  readonly functions: Functions;
  readonly source: EventSource;
  readonly surroundings: Surroundings;
  readonly releases: Releases;
  repaired = false;
  brokenUntil = 0;
  verifiers: WarmVerifier[] = [];
  measure: (metric: string, value: number) => void = () => {};
  #names = 0;
  readonly habit: number;
  readonly #attempts: number;

  constructor(seed: number, { profile, plant = {}, faults, trace = false, handlers = false }: WorldOptions) {
    const rng = new Rng(seed);
    this.rng = rng;
    this.profile = profile;
    this.plant = plant;
    this.trace = trace ? [] : undefined;
    this.faults = faults ?? new RandomFaults(rng, profile.rate, profile.budget);
    this.#attempts = rng.pick([1, 1, 3]);
    this.habit = rng.int(0, 99);
    const now = () => this.scheduler.now;
    this.outages = new Outages(rng, now);
    this.releases = new Releases(rng);
    if (plant.outage) this.outages.add({ ...plant.outage, from: 0, to: START + 15 * MINUTE });
    this.queue.ballast = plant.ballast ?? 0;
    this.brokenUntil = START + (plant.brokenFor ?? 0);
    this.api = new CyberdeskModel({ ...assumptions(rng, profile), random: rng.next, now, ...plant.assumed });
    this.manners = { ...mannersOf(rng, profile, this.api.skew), ...plant.manners };
    this.oracle = new Oracle({
      table: this.table,
      queue: this.queue,
      deadLetters: this.deadLetters,
      api: this.api,
      faults: () => this.faultCount(),
      now,
    });
    this.oracle.calm = profile.calm;
    this.surroundings = {
      scheduler: this.scheduler,
      rng,
      faults: this.faults,
      outage: (service) => this.outages.failing(service),
      note: (who, what) => this.note(who, what),
    };
    this.functions = handlers ? overClients(this) : overPorts(this);
    this.source = new EventSource(this, this.functions);
  }

  faultCount(service?: Service): number {
    return this.outages.disturbed(service) + this.faults.total;
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

  enqueue(body: string): void {
    this.queue.send(body, this.scheduler.now);
    this.source.wake();
  }

  deadLetter(body: string, reason: string): void {
    this.oracle.onDeadLetter(this.deadLetters.send(body, this.scheduler.now, reason));
  }

  hide(handle: string, duration: number): void {
    if (this.queue.changeVisibility(handle, duration, this.scheduler.now))
      this.source.wake(this.scheduler.now + duration);
  }

  arrive(request: Request): Reply {
    return serve(this.api, this.manners, request, this.scheduler.now);
  }

  attempts(): number {
    // In fixed cases both are tried.
    return this.profile.fixed ? this.rng.int(1, 2) : this.#attempts;
  }

  newSandbox(kind: string): Sandbox {
    this.#names += 1;
    const skew = this.profile.fixed ? 0 : this.rng.between(-2.4, 2.4) * SECOND;
    const sandbox = new Sandbox(`${kind}${this.#names}`, this.surroundings, skew);
    sandbox.isPrevious = this.releases.next();
    return sandbox;
  }

  /** A verifier that is free, warm or new. */
  verifier(): WarmVerifier {
    const warm = this.verifiers.pop();
    const isUsable = warm && this.releases.allows(warm.sandbox) && !warm.sandbox.isDead;
    if (isUsable && !warm.sandbox.isFrozen && this.rng.chance(0.8)) return warm;
    const sandbox = this.newSandbox('v');
    const verifier: WarmVerifier = {
      sandbox,
      parts: this.functions.verifier(sandbox, () => verifier.send),
      send: () => {},
    };
    return verifier;
  }

  /** An error that no fault explains: it fails the schedule. */
  failure: unknown;
  unexpected(error: unknown): void {
    this.failure ??= error;
  }
}

/** The assumptions about Cyberdesk, kept to the letter or with something to spare. */
function assumptions(rng: Rng, { fixed }: Profile) {
  return {
    skew: fixed ? 0 : rng.between(-55, 55) * SECOND,
    keyLife: fixed || rng.chance(0.7) ? ASSUMED : 24 * 60 * MINUTE,
    listedWithin: fixed || rng.chance(0.7) ? ASSUMED : 0,
    listsLate: !fixed && rng.chance(0.3),
  };
}

const ALL_ECHOES = Object.keys(ECHOES) as Echo[];
const HIDDEN = ['session_id', 'created_at', 'workflow_id', 'id', 'everything'] as const;
const WITHHELD: readonly Withheld[] = [
  ...[null, undefined, '', 'timed_out'].map((as) => ({ field: 'status', as }) as const),
  ...[null, undefined, '', 1_800_000_000_000].map((as) => ({ field: 'ended_at', as }) as const),
];

function mannersOf(rng: Rng, { fixed, calm }: Profile, skew: number): Manners {
  if (fixed)
    return {
      echo: 'verbatim',
      hidden: undefined,
      withheld: undefined,
      showsInputsLate: false,
      keyedShift: 0,
      readsLate: false,
      ids: 'all',
      pageSize: 200,
      omitsZone: false,
      dateOffset: skew,
    };
  // A proxy's clock may be off by more than the API's own.
  // Some manners are chosen without the generator, so that the schedules of the others stay as they are.
  const lot = Math.abs(Math.trunc(skew));
  const clock = calm || rng.chance(0.7) ? skew : rng.between(-20, 20) * MINUTE;
  return {
    echo: calm || rng.chance(0.7) ? 'verbatim' : rng.pick(ALL_ECHOES),
    hidden:
      calm || rng.chance(0.9) ? undefined : { field: rng.pick(HIDDEN), as: rng.pick([null, undefined, 7]) },
    withheld: calm ? undefined : WITHHELD[lot % (10 * WITHHELD.length)],
    showsInputsLate: !calm && lot % 17 === 3,
    keyedShift: [-2 * HOUR, 2 * HOUR][lot % 9] ?? 0,
    readsLate: lot % 13 === 5,
    ids: calm || rng.chance(0.95) ? 'all' : rng.pick(['fewer', 'none', 'empty', 'endless']),
    pageSize: rng.pick([200, 200, 3]),
    omitsZone: rng.chance(0.3),
    dateOffset: rng.chance(0.8) ? clock : undefined,
  };
}
