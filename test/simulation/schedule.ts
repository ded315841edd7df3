import { HOUR, MINUTE, SECOND } from '../../lambda/core/model/time.ts';
import { RandomFaults } from './faults.ts';
import { Moves } from './moves.ts';
import { OperatorMoves } from './operator-moves.ts';
import { Restores } from './restores.ts';
import { API_KEY, CALM_RULES, LONG_RULE_NAMES, RULE_NAMES, SECRET_ID, SIGNING_SECRET } from './rules.ts';
import { Sender, secretOf } from './sender.ts';
import { Strangers } from './strangers.ts';
import { Weather } from './weather.ts';
import { World, type WorldOptions } from './world.ts';
import type { Plant, Profile } from './world-parts.ts';

export interface Figures {
  steps: number;
  events: number;
  runs: number;
  effects: number;
  deadLetters: number;
  swaps: number;
  /** Equal runs of others that were taken for ours. */
  foreign: number;
  /** Plans that could not see all starts above them. */
  blindPlans: number;
  moves: Map<string, number>;
  faults: Map<string, number>;
}

export type Result =
  | { ok: true; figures: Figures; trace: string[] }
  | { ok: false; error: Error; figures: Figures; trace: string[] };

export interface ScheduleOptions {
  plant?: Plant;
  trace?: boolean;
  /** Only these rules, instead of some. */
  rules?: readonly string[];
  /** Whether webhooks about something else than runs come as well; in one schedule in four if it does not say. */
  others?: boolean;
  /** Whether the table is restored to an earlier point; in one schedule in nine if it does not say. */
  restores?: boolean;
  /** Whether there are only outages and pauses; one schedule in six if it does not say. */
  calm?: boolean;
  /** This release is deployed in place of the one before, rolled back and deployed again, over ports only. */
  releases?: boolean;
  /** The real handlers' adapters run as well, over modelled AWS clients. */
  handlers?: boolean;
}

/**
 * A schedule that has not come to rest by then never will. Two plans of many actions, all in doubt, before an API that lists
 * 200 runs in pages of two took 3.7 million steps.
 */
const STEP_LIMIT = 6_000_000;

/** After a restore, a run is looked up in the workflow that a rule names by then (a known gap): another one shows nothing. */
const SAME_WORKFLOW = RULE_NAMES.filter((name) => name !== 'refused');

/** One schedule, from its seed alone. */
export async function runSchedule(seed: number, options: ScheduleOptions = {}): Promise<Result> {
  const parts = prepare(seed, options);
  const { world, sender, moves, operators } = parts;
  const { rng, scheduler } = world;
  const restores = !world.profile.calm && (options.restores ?? (seed % 9 === 4 && !options.rules));
  const pool = options.rules ?? (world.profile.calm ? CALM_RULES : restores ? SAME_WORKFLOW : RULE_NAMES);
  // Of starts whose answers all lack their runs, none is on record when its run ends: nothing ends such a loop (a known gap).
  const asked = world.manners.ids === 'all' || options.rules ? pool : pool.filter((name) => name !== 'loop');
  const rules = [rng.pick(asked), rng.pick(asked)];
  if (seed % 500 === 7 && !options.rules) rules[0] = rng.pick(LONG_RULE_NAMES);
  // Whether an event without an end was acted on before a restore, nothing shows (a known gap).
  // Where the API does not name it either, a copy that does is another completion (a known gap).
  const { withheld, readsLate } = world.manners;
  moves.noEnds = !world.profile.calm && rng.chance(0.15) && !restores && withheld === undefined && !readsLate;
  moves.oneId = rng.chance(0.1);
  moves.losesFields = seed % 8 === 5;
  for (let count = rng.int(1, 3); count > 0; count -= 1) {
    const rule = rng.pick(rules);
    scheduler.in(rng.next() ** 2 * 10 * MINUTE, () => {
      const run = world.api.start(`first-${rule}`, { given: count });
      world.api.end(run, rule === 'retry' ? 'error' : 'success');
      moves.announce(run);
    });
  }
  // Chosen by the seed, so that the schedules of the others stay as they are.
  if (!restores && (options.others ?? (seed % 4 === 3 && !options.rules))) {
    for (let count = rng.int(1, 3); count > 0; count -= 1)
      scheduler.in(rng.next() ** 2 * 20 * MINUTE, () => moves.reportOther());
  }
  planMoves(parts, restores);
  if (seed % 7 === 2) scheduler.in(rng.next() * 20 * MINUTE, () => parts.weather.refuseWrites());
  if (restores) planRestore(parts);
  if (options.releases) world.releases.plan(scheduler, (what) => world.move(what));
  return settle(
    world,
    async () => {
      await phase(world);
      if (rng.chance(0.5)) operators.deploy();
      if (world.deadLetters.messages.size > 0) {
        operators.redrive(rng.pick(['command', 'console']));
        await phase(world);
      }
      for (let decisions = 0; decisions < 2; decisions += 1) {
        void operators.settle();
        await phase(world);
      }
      if (rng.chance(0.3)) {
        void operators.replay(rng.chance(0.7));
        await phase(world);
      }
      // Faults stop: from here on, everything must come to rest.
      if (world.faults instanceof RandomFaults) world.faults.stop();
      world.outages.end();
      world.brokenUntil = 0;
      world.releases.share = 0;
      for (const wait of SWEEPS) {
        // A sweep that finds nothing takes long, and shows little. What was stored, and answered with an error, it finds, too.
        const isAtRest = world.table.events().every(({ state }) => state !== 'received');
        if (isAtRest && world.oracle.unfinished.length === 0 && !rng.chance(0.2)) break;
        scheduler.in(wait, () => void moves.sweep({ isWhole: wait === SWEEPS.at(-1) }));
        await phase(world);
      }
      if (rng.chance(0.3)) {
        operators.redrive(rng.pick(['command', 'console']));
        await phase(world);
      }
      world.oracle.checkEnd();
      if (rng.chance(0.15)) {
        moves.timePasses();
        await phase(world);
        moves.twin();
        moves.duplicate();
        void operators.replay(true);
        await phase(world);
        world.oracle.checkEnd();
      }
    },
    () => sender.sent.length,
  );
}

/** An event that was sent again in vain for days waits up to a day for the next message. */
const SWEEPS = [61 * MINUTE, 61 * MINUTE, 61 * MINUTE, 25 * HOUR, 25 * HOUR];

function prepare(seed: number, { calm = seed % 6 === 0, ...options }: ScheduleOptions) {
  const profile: Profile = {
    calm,
    rate: 0.02 + (seed % 7) * 0.02,
    budget: calm ? 0 : seed % 9,
    fixed: false,
  };
  return furnish(seed, { ...options, profile });
}

/** Secrets, attachments, and runs that end. */
export function furnish(seed: number, options: WorldOptions) {
  const world = new World(seed, options);
  const sender = new Sender(world);
  const moves = new Moves(world, sender);
  const operators = new OperatorMoves(world, sender);
  const { secrets, api, scheduler, rng } = world;
  const key = secretOf('signing-0');
  // The placeholder of a template: it is the previous version now, and is publicly known.
  secrets.set(SIGNING_SECRET, PLACEHOLDER, scheduler.now);
  secrets.set(SIGNING_SECRET, key, scheduler.now);
  secrets.set(API_KEY, 'key-1', scheduler.now);
  secrets.set(SECRET_ID, 'value-0', scheduler.now);
  sender.keys = [key];
  api.refused.add('closed');
  api.refused.add('nowhere');
  // Unlike any page of a proxy in size, which alone distinguishes a file from such a page.
  for (const id of ['file-1', 'file-2'])
    api.attachments.set(id, { filename: id, content: Buffer.from(id.padEnd(100)) });
  const seen = api.onEffect;
  api.onEffect = (effectKey, runs, kind) => {
    seen(effectKey, runs, kind);
    for (const run of runs) {
      const ends = world.profile.fixed ? false : run.workflow_id.startsWith('first-') || rng.chance(0.25);
      if (ends) moves.endLater(run, kind === 'retry' && rng.chance(0.6) ? 'error' : 'success');
    }
  };
  return { world, sender, moves, operators, weather: new Weather(world), strangers: new Strangers(world) };
}

type Parts = ReturnType<typeof furnish>;

function planRestore({ world, sender, operators }: Parts): void {
  const { rng, scheduler } = world;
  const restores = new Restores(world, sender, operators);
  const point = rng.next() ** 2 * 30 * MINUTE;
  scheduler.in(point, () => restores.remember());
  scheduler.in(point + rng.next() ** 2 * 6 * HOUR, () => restores.restore());
}

export const PLACEHOLDER = 'replace-me-after-the-first-deploy';

function planMoves({ world, moves, operators, weather, strangers }: Parts, restores: boolean): void {
  const { rng, scheduler, profile } = world;
  const at = (probability: number, move: () => void, within = 20 * MINUTE) => {
    if (rng.chance(probability)) scheduler.in(rng.next() ** 2 * within, move);
  };
  for (let count = 0; count < 3; count += 1) at(0.4, () => world.source.deliverTwice(), 3 * MINUTE);
  at(0.15, () => moves.forge(secretOf(PLACEHOLDER)));
  at(0.3, () => moves.duplicate());
  at(0.2, () => moves.twin());
  at(0.1, () => operators.rotateSigningSecret());
  at(0.1, () => operators.rotateApiKey());
  at(0.15, () => weather.throttle());
  at(0.15, () => weather.refuseReads());
  at(0.15, () => operators.deploy());
  const [others, chance] = world.plant.strangers ? [12, 1] : [2, 0.2];
  for (let count = 0; count < others; count += 1) at(chance, () => strangers.start());
  // A run that was deleted before a restore cannot be found again (a known gap).
  const deleteRun = () => restores || strangers.deleteRun(!moves.noEnds);
  const { onEffect } = world.api;
  world.api.onEffect = (key, runs, kind) => {
    onEffect(key, runs, kind);
    if (kind !== 'chain') return;
    // While the response to a chain may be in doubt, its session changes.
    at(0.3, () => strangers.start(), 90 * SECOND);
    if (!profile.calm) at(0.2, deleteRun, 90 * SECOND);
  };
  at(0.03, () => moves.fillFlight());
  at(0.006, () => weather.breakDeployment(rng.between(1, 8)));
  // As often as it is deployed to run, for longer than an event may be without a sign of life.
  if (rng.chance(0.05)) {
    at(0.3, () => moves.backlog(), 2 * HOUR);
    for (let quarter = 1; quarter <= 16; quarter += 1)
      scheduler.in(quarter * 15 * MINUTE, () => void moves.sweep());
  }
  if (profile.calm) {
    for (let count = rng.int(1, 2); count > 0; count -= 1) {
      at(0.3, () => weather.maintain());
      at(1, () => weather.outage(['api', 'api', 'table', 'queue', 'secrets', 'topics', 'destinations']));
    }
    return;
  }
  at(0.15, () => weather.outage(['api', 'table', 'queue', 'secrets', 'topics', 'destinations']));
  at(0.1, () => weather.maintain());
  at(0.1, deleteRun, 60 * MINUTE);
  at(0.2, () => moves.retryInPlace());
  at(0.1, () => operators.rotateSensitive());
  at(0.1, () => operators.redrive('command'), 60 * MINUTE);
  at(0.1, () => operators.redrive('console'), 60 * MINUTE);
  at(0.1, () => void operators.replay(rng.chance(0.5)), 60 * MINUTE);
  for (let count = 0; count < 3; count += 1) at(0.2, () => void operators.settle(), 60 * MINUTE);
}

export async function phase(world: World): Promise<void> {
  const atRest = await world.scheduler.run(STEP_LIMIT, () => {
    if (world.failure !== undefined) throw world.failure;
    world.oracle.check();
  });
  if (!atRest) throw new Error(`no rest after ${STEP_LIMIT} steps`);
}

export async function settle(world: World, run: () => Promise<void>, events: () => number): Promise<Result> {
  const figures = (): Figures => ({
    steps: world.scheduler.steps,
    events: events(),
    runs: world.api.runs.size,
    effects: world.api.effects.length,
    deadLetters: world.deadLetters.messages.size,
    swaps: world.oracle.adoptions.swaps,
    foreign: world.oracle.adoptions.foreign,
    blindPlans: world.oracle.depths.blind,
    moves: world.moves,
    faults: world.faults.counts,
  });
  try {
    await run();
    return { ok: true, figures: figures(), trace: world.trace ?? [] };
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error));
    return { ok: false, error: reason, figures: figures(), trace: world.trace ?? [] };
  }
}
