import { SECOND } from '../../lambda/core/model/time.ts';
import { type Fault, ScriptedFaults } from './faults.ts';
import { furnish, phase, type Result, settle } from './schedule.ts';
import type { Plant } from './world-parts.ts';

/** The faults that are tried at each request, by name. */
export const KINDS: Record<string, Fault> = {
  'fail before': { kind: 'fail', before: true },
  'fail after': { kind: 'fail', before: false },
  'kill before': { kind: 'kill', before: true },
  'kill after': { kind: 'kill', before: false },
  'freeze before': { kind: 'freeze', before: true, duration: 62 * SECOND },
  'freeze after': { kind: 'freeze', before: false, duration: 62 * SECOND },
  'long freeze': { kind: 'freeze', before: false, duration: 300 * SECOND },
};

function faultOf(kind: string): Fault {
  const fault = KINDS[kind];
  if (!fault) throw new RangeError(`there is no fault "${kind}"`);
  return fault;
}

/** Which fault at which request, counted from 0. */
export type Script = readonly (readonly [number, string])[];

export interface SmallCase {
  /** When the message is handed to a second worker, in milliseconds after the webhook. */
  second: number;
  script: Script;
}

/**
 * One event, two workers, given faults: nothing is left to randomness, so every case can be tried.
 *
 * @returns its result, and how many requests there were.
 */
export async function runSmallCase(
  { second, script }: SmallCase,
  { plant = {}, trace = false }: { plant?: Plant; trace?: boolean } = {},
): Promise<{ result: Result; requests: number }> {
  const faults = new ScriptedFaults(new Map(script.map(([at, kind]) => [at, faultOf(kind)])));
  const profile = { calm: false, rate: 0, budget: 0, fixed: true };
  const { world, moves, sender } = furnish(1, { profile, plant, faults, trace });
  const run = world.api.start('first-start', {});
  world.api.end(run, 'success');
  moves.announce(run);
  world.scheduler.in(second, () => world.source.deliverTwice());
  const result = await settle(
    world,
    async () => {
      await phase(world);
      world.oracle.checkEnd();
    },
    () => sender.sent.length,
  );
  return { result, requests: faults.requests };
}

/** Times for the second worker, one between every two steps of the first. */
export const SECONDS = Array.from({ length: 16 }, (_, step) => 47 + step * 10);

/**
 * Every script of up to `most` faults on top of `script`, at every request there is, recovery included, with a
 * report of each case. `share` of `shares` takes part of them by their first fault.
 */
export async function tryAll(
  second: number,
  kinds: readonly string[],
  most: number,
  report: (tried: SmallCase, result: Result) => void,
  { share = 0, shares = 1, plant }: { share?: number; shares?: number; plant?: Plant } = {},
): Promise<void> {
  const tryScript = async (script: Script): Promise<void> => {
    const { result, requests } = await runSmallCase({ second, script }, plant ? { plant } : {});
    report({ second, script }, result);
    if (script.length === most || !result.ok) return;
    const from = (script.at(-1)?.[0] ?? -1) + 1;
    for (let at = from; at < requests; at += 1) {
      if (script.length === 0 && at % shares !== share) continue;
      for (const kind of kinds) await tryScript([...script, [at, kind]]);
    }
  };
  await tryScript([]);
}
