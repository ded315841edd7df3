import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { ScriptedFaults } from '../faults.ts';
import { furnish } from '../schedule.ts';
import type { World } from '../world.ts';
import { Measurements } from './measurements.ts';

/** Hours without a problem, before and after what is tried. */
const BEFORE = 6 * HOUR;
const AFTER = 8 * HOUR;
/** How often a run ends, unless the trial says otherwise. */
const RUNS_EVERY = 5 * MINUTE;

/** What happens between two times, and how long that is. */
export interface Trial {
  lasts: number;
  begin(world: World, until: number): void;
  end?(world: World): void;
  /** Some events fail. */
  fails?: true;
  /** How often a run ends, in milliseconds. */
  every?: number;
}

export interface Day {
  measurements: Measurements;
  start: number;
  /** When the trial began. */
  from: number;
  end: number;
  /** Events by their state at the end. */
  events: Map<string, number>;
}

/** The real functions in simulated time. */
export async function liveThrough({ lasts, begin, end, fails, every = RUNS_EVERY }: Trial): Promise<Day> {
  const profile = { calm: !fails, rate: 0, budget: 0, fixed: true };
  const { world, moves } = furnish(1, { profile, faults: new ScriptedFaults(new Map()) });
  const { scheduler, api } = world;
  const measurements = new Measurements();
  world.measure = (metric, value) => measurements.add(metric, value, scheduler.now);
  const start = Math.ceil(scheduler.now / MINUTE) * MINUTE;
  const from = start + BEFORE;
  const last = from + lasts + AFTER;
  scheduler.at(from, () => begin(world, from + lasts));
  scheduler.at(from + lasts, () => end?.(world));
  const finish = () => {
    const run = api.start('first-start', { at: scheduler.now });
    api.end(run, 'success');
    moves.announce(run);
  };
  for (let at = start; at < last; at += every) scheduler.at(at, finish);
  // The schedule of AWS is late by some seconds at times.
  for (let at = start, late = 0; at < last; at += 15 * MINUTE, late = (late + 17) % 60)
    scheduler.at(at + late * SECOND, () => void moves.sweep());
  for (let at = start; at < last; at += MINUTE)
    scheduler.at(at, () =>
      world.measure('ApproximateNumberOfMessagesVisible DeadLetter', world.deadLetters.messages.size),
    );
  await scheduler.run(Number.POSITIVE_INFINITY, () => {
    if (world.failure !== undefined) throw world.failure;
  });
  const events = new Map<string, number>();
  for (const { state } of world.table.events()) events.set(state, (events.get(state) ?? 0) + 1);
  return { measurements, start, from, end: last, events };
}
