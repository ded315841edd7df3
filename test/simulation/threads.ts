import { Worker } from 'node:worker_threads';
import { type Failure, type Job, noTotals, type Report, type Totals } from './job.ts';

export interface Outcome {
  totals: Totals;
  failures: Failure[];
}

/** Runs jobs in threads, one each, and adds up their results. */
export async function runInThreads(
  jobs: readonly Job[],
  progress: (done: number) => void = () => {},
): Promise<Outcome> {
  const sum: Outcome = { totals: noTotals(), failures: [] };
  let done = 0;
  await Promise.all(
    jobs.map(
      (job) =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL('./job.ts', import.meta.url), {
            workerData: job,
            // Little lives longer than a step.
            resourceLimits: { maxYoungGenerationSizeMb: 64 },
          });
          worker.on('message', (report: Report) => {
            if ('done' in report) {
              done += report.done;
              progress(done);
              return;
            }
            addTotals(sum.totals, report.totals);
            sum.failures.push(...report.failures);
          });
          worker.on('error', reject);
          worker.on('exit', (code) =>
            code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`)),
          );
        }),
    ),
  );
  return sum;
}

function addTotals(sum: Totals, { moves, faults, ...counts }: Totals): void {
  for (const [name, count] of Object.entries(counts)) sum[name as keyof typeof counts] += count;
  for (const [name, count] of Object.entries(moves)) sum.moves[name] = (sum.moves[name] ?? 0) + count;
  for (const [name, count] of Object.entries(faults)) sum.faults[name] = (sum.faults[name] ?? 0) + count;
}
