import { setTimeout as delay } from 'node:timers/promises';
import { judgeRound } from '../round.ts';
import { nextFault, WHOLE_KILLS } from './disturbances.ts';
import { RunProcess } from './run-process.ts';
import { type Point, riseOfLastHalf } from './slope.ts';
import { Webhooks } from './webhooks.ts';

export interface Load {
  /** Absolute path of the file that synthesizes. */
  readonly app: string;
  /** Milliseconds. */
  readonly duration: number;
  /** Events a second; half of what the run can process unless given. */
  readonly rate?: number | undefined;
  readonly hasFaults: boolean;
  readonly say: (line: string) => void;
}

/** The times between two disturbances, and between two looks at memory; milliseconds. */
const [DISTURB_EVERY, LOOK_EVERY] = [1000, 2000];
/** How long nothing may happen before the rest counts as lost: longer than a lease and the waits after failures. */
const PATIENCE = 300_000;

/** Sends webhooks at a rate while processes are killed and calls fail, and counts their outcomes. */
export async function measureUnderLoad(load: Load) {
  const run = new RunProcess(load.app);
  const webhooks = new Webhooks(() => run.address);
  try {
    await run.start();
    const rate = load.rate ?? (await halfOfSaturation(run, webhooks));
    load.say(`${rate.toFixed(0)} events a second for ${load.duration / 1000} seconds`);
    const [, { faults, kills }, memory] = await Promise.all([
      sendAtRate(webhooks, rate, load.duration),
      disturb(run, load),
      watchMemory(run, load.duration),
    ]);
    await webhooks.settled();
    load.say('everything is sent; waiting for the last follow-ups');
    const { percentile: _, ...counts } = await waitForFollowUps(run, webhooks);
    return { rate, ...counts, repeats: webhooks.repeats, faults, kills, ...memory };
  } finally {
    await run.remove();
  }
}

async function halfOfSaturation(run: RunProcess, webhooks: Webhooks): Promise<number> {
  const sender = async (until: number) => {
    while (performance.now() < until) await webhooks.send();
  };
  // First so that the sandboxes are warm.
  for (const ms of [3000, 8000]) {
    webhooks.sent.length = 0;
    const until = performance.now() + ms;
    await Promise.all(Array.from({ length: 16 }, () => sender(until)));
    await waitForFollowUps(run, webhooks);
  }
  const { started, lastAfter } = judgeRound(webhooks.sent, (await run.progress()).starts);
  return (started / lastAfter) * 500;
}

async function sendAtRate(webhooks: Webhooks, rate: number, duration: number): Promise<void> {
  const start = performance.now();
  for (let sent = 0, now = 0; now < duration; now = performance.now() - start) {
    for (; sent < (Math.min(now, duration) / 1000) * rate; sent += 1) void webhooks.send();
    await delay(2);
  }
}

async function disturb(run: RunProcess, { hasFaults, duration }: Load) {
  const counts = { faults: 0, kills: 0 };
  const start = performance.now();
  const passed = () => (performance.now() - start) / duration;
  while (hasFaults && passed() < 1) {
    await delay(DISTURB_EVERY);
    if (passed() > (WHOLE_KILLS[counts.kills] ?? Number.POSITIVE_INFINITY)) {
      counts.kills += 1;
      await run.kill();
      await run.start();
    }
    counts.faults += 1;
    run.plant(nextFault(Math.random));
  }
  return counts;
}

async function watchMemory(run: RunProcess, duration: number) {
  const [ofRun, ofFunctions]: [Point[], Point[]] = [[], []];
  for (const start = performance.now(); performance.now() - start < duration; await delay(LOOK_EVERY)) {
    const [memory, at] = [run.memory(), performance.now()];
    if (memory === undefined) continue;
    ofRun.push({ at, value: memory.run });
    ofFunctions.push({ at, value: memory.functions });
  }
  const of = (points: readonly Point[]) => ({
    last: points.at(-1)?.value ?? 0,
    rise: riseOfLastHalf(points),
  });
  return { memoryOfRun: of(ofRun), memoryOfFunctions: of(ofFunctions) };
}

/** Until every accepted event has its follow-up, or nothing has happened for long. */
async function waitForFollowUps(run: RunProcess, webhooks: Webhooks) {
  const look = async () => {
    const { starts, isBusy } = await run.progress();
    return { isBusy, ...judgeRound(webhooks.sent, starts) };
  };
  let [round, since] = [await look(), performance.now()];
  while ((round.lost > 0 || round.isBusy) && performance.now() - since < PATIENCE) {
    await delay(1000);
    const next = await look();
    if (next.lost < round.lost) since = performance.now();
    round = next;
  }
  return round;
}
