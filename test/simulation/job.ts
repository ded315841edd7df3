import { parentPort, workerData } from 'node:worker_threads';
import { type Figures, runSchedule } from './schedule.ts';
import { SECONDS, tryAll } from './small-case.ts';

/** The work of one thread. */
export type Job =
  | { kind: 'schedules'; from: number; count: number; step: number; handlers?: boolean; releases?: boolean }
  | { kind: 'small case'; kinds: string[]; seconds: number[]; most: number; share: number; shares: number };

export interface Failure {
  /** Seed of a schedule, or a small case. */
  where: string;
  message: string;
}

export interface Totals {
  schedules: number;
  steps: number;
  events: number;
  runs: number;
  effects: number;
  swaps: number;
  foreign: number;
  blindPlans: number;
  moves: Record<string, number>;
  faults: Record<string, number>;
}

export type Report = { done: number } | { totals: Totals; failures: Failure[] };

export const noTotals = (): Totals => ({
  schedules: 0,
  steps: 0,
  events: 0,
  runs: 0,
  effects: 0,
  swaps: 0,
  foreign: 0,
  blindPlans: 0,
  moves: {},
  faults: {},
});

const REPORT_EVERY = 100;

function add(totals: Totals, figures: Figures): void {
  totals.schedules += 1;
  totals.steps += figures.steps;
  totals.events += figures.events;
  totals.runs += figures.runs;
  totals.effects += figures.effects;
  totals.swaps += figures.swaps;
  totals.foreign += figures.foreign;
  totals.blindPlans += figures.blindPlans;
  for (const [name, count] of figures.moves) totals.moves[name] = (totals.moves[name] ?? 0) + count;
  for (const [kind, count] of figures.faults) totals.faults[kind] = (totals.faults[kind] ?? 0) + count;
}

/** Does a job, and reports its progress now and then. */
export async function work(job: Job, report: (report: Report) => void): Promise<void> {
  const totals = noTotals();
  const failures: Failure[] = [];
  const done = () => {
    if (totals.schedules % REPORT_EVERY === 0) report({ done: REPORT_EVERY });
  };
  if (job.kind === 'schedules') {
    for (let index = 0; index < job.count; index += 1) {
      const seed = job.from + index * job.step;
      const result = await runSchedule(seed, {
        handlers: job.handlers ?? false,
        releases: job.releases ?? false,
      });
      add(totals, result.figures);
      if (!result.ok) failures.push({ where: `seed ${seed}`, message: result.error.message });
      done();
    }
  } else {
    for (const second of job.seconds) {
      await tryAll(
        second,
        job.kinds,
        job.most,
        (found, result) => {
          add(totals, result.figures);
          if (!result.ok) failures.push({ where: JSON.stringify(found), message: result.error.message });
          done();
        },
        { share: job.share, shares: job.shares },
      );
    }
  }
  report({ totals, failures });
}

export { SECONDS };

if (parentPort) {
  // Most errors here are planned ones, and capturing stacks takes time; a single schedule shows them.
  Error.stackTraceLimit = 0;
  const port = parentPort;
  const job: Job = workerData;
  await work(job, (report) => port.postMessage(report));
}
