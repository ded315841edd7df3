/**
 * `npm run simulate -- [--schedules N] [--seed S] [--threads T] [--handlers | --releases]`: N schedules from seed S on.
 * `npm run simulate -- --exhaustive [--threads T]`: every small case.
 * `npm run simulate -- --case '{...}'`: one of them.
 *
 * With `--releases` this release is deployed in place of the one before, rolled back and deployed again.
 * With `--handlers` the functions run over modelled AWS clients, adapters included; without, over ports. A single
 * schedule prints its steps if it fails; with `--trace`, always. The options are explained in docs/reliability.md.
 */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { positive } from '../../ops/cli/values.ts';
import type { Job } from './job.ts';
import { runSchedule } from './schedule.ts';
import { KINDS, runSmallCase, SECONDS, type SmallCase } from './small-case.ts';
import { type Outcome, runInThreads } from './threads.ts';

interface Options {
  schedules: number;
  seed: number;
  threads: number;
  exhaustive: boolean;
  handlers: boolean;
  releases: boolean;
  trace: boolean;
  case?: string;
}

const values = new Command('npm run simulate --')
  .option('--schedules <count>', 'number of schedules', positive, 10_000)
  .option('--seed <seed>', 'the first seed', positive, 1)
  .option('--threads <count>', 'threads', positive, availableParallelism())
  .option('--handlers', 'the handlers and adapters run as well, over modelled clients of AWS', false)
  .option('--releases', 'this release is deployed in place of the one before, and rolled back', false)
  .option('--trace', 'print the steps of a single schedule even if it passes', false)
  .option('--exhaustive', 'every small case instead of schedules', false)
  .option('--case <json>', 'one small case, as a failure prints it')
  .parse()
  .opts<Options>();
const { schedules: count, seed, threads } = values;

const SHOWN_STEPS = 200;
const LISTED_FAILURES = 20;

if (values.case) process.exit(await showCase(JSON.parse(values.case)));
if (count === 1 && !values.exhaustive) process.exit(await showSchedule(seed));

const jobs: Job[] = Array.from({ length: threads }, (_, share) =>
  values.exhaustive
    ? { kind: 'small case', kinds: Object.keys(KINDS), seconds: SECONDS, most: 2, share, shares: threads }
    : {
        kind: 'schedules',
        from: seed + share,
        count: Math.ceil((count - share) / threads),
        step: threads,
        handlers: values.handlers,
        releases: values.releases,
      },
);
const start = performance.now();
const outcome = await runInThreads(jobs, (done) => bar(done, values.exhaustive ? undefined : count));
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
print(outcome, (performance.now() - start) / 1000);
const [first] = outcome.failures;
if (first) {
  console.log(`\n${outcome.failures.length} failed, and the first one is shown:`);
  for (const { where, message } of outcome.failures.slice(0, LISTED_FAILURES))
    console.log(`${where}: ${message}`);
  if (values.exhaustive) await showCase(JSON.parse(first.where));
  else await showSchedule(Number(first.where.slice('seed '.length)));
  process.exit(1);
}

function bar(done: number, all: number | undefined): void {
  if (!process.stderr.isTTY) return;
  const width = 40;
  const filled = all === undefined ? 0 : Math.round((done / all) * width);
  const drawn = all === undefined ? '' : `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] `;
  process.stderr.write(`\r${drawn}${done}${all === undefined ? ' cases' : `/${all}`}`);
}

function print({ totals, failures }: Outcome, seconds: number): void {
  const { moves, faults, ...counts } = totals;
  const rows: [string, string][] = [
    ...Object.entries(counts).map(([name, value]): [string, string] => [name, value.toLocaleString('en')]),
    ...Object.entries(faults).map(([name, value]): [string, string] => [
      `fault: ${name}`,
      value.toLocaleString('en'),
    ]),
    ...Object.entries(moves)
      .sort()
      .map(([name, value]): [string, string] => [`move: ${name}`, value.toLocaleString('en')]),
    ['failures', String(failures.length)],
    ['seconds', seconds.toFixed(1)],
    ['per second', Math.round(totals.schedules / seconds).toLocaleString('en')],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(28)}${value.padStart(14)}`);
}

async function showSchedule(of: number): Promise<number> {
  const result = await runSchedule(of, { trace: true, handlers: values.handlers, releases: values.releases });
  if (result.ok && !values.trace) {
    console.log(`seed ${of} holds: ${result.figures.steps} steps, ${result.figures.events} events`);
    return 0;
  }
  return show(
    result,
    `npm run simulate -- --schedules 1 --seed ${of}${values.handlers ? ' --handlers' : ''}`,
  );
}

async function showCase(found: SmallCase): Promise<number> {
  const { result } = await runSmallCase(found, { trace: true });
  return show(result, `npm run simulate -- --case '${JSON.stringify(found)}'`);
}

function show(result: Awaited<ReturnType<typeof runSchedule>>, again: string): number {
  for (const line of result.trace.slice(-SHOWN_STEPS)) console.log(line);
  if (result.ok) return 0;
  console.log(`\n${result.error.name}: ${result.error.message}\nagain: ${again}`);
  return 1;
}
