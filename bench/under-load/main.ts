/**
 * `npm run load -- [--minutes 10] [--faults] [--rate <events a second>]`: sends webhooks to a local run at half of what it can
 * process. With `--faults`, processes are killed and calls fail all the while. Exits with 1 if an accepted event is lost, a
 * follow-up is doubled, or the memory of the functions grows (judged from five minutes on).
 */
import { join } from 'node:path';
import { Command } from 'commander';
import { PROJECT_ROOT } from '../../local/template/synth.ts';
import { upTo1000 } from '../../ops/cli/values.ts';
import { measureUnderLoad } from './measure.ts';

/** More than this share in the last half is growth. */
const MOST_RISE = 0.05;

/** Minutes from which on memory is judged: in its first ones, a process still compiles its code and fills its caches. */
const WARMED_UP = 5;

const { minutes, ...options } = new Command('npm run load --')
  .option('--minutes <count>', 'for how long', upTo1000, 10)
  .option('--faults', 'kill processes and fail calls all the while', false)
  .option('--rate <number>', 'events per second; half of what can be processed unless given', upTo1000)
  .parse()
  .opts<{ minutes: number; faults: boolean; rate?: number }>();
const { memoryOfRun, memoryOfFunctions, ...counts } = await measureUnderLoad({
  // With the shipped rules, whatever a customer has made of theirs.
  app: join(PROJECT_ROOT, 'test/app/app.ts'),
  duration: minutes * 60_000,
  rate: options.rate,
  hasFaults: options.faults,
  say: (line) => void process.stderr.write(`${line}\n`),
});

const { accepted, refused, lost, doubled, repeats, faults, kills } = counts;
const inWords = ({ last, rise }: typeof memoryOfRun) =>
  `${last.toFixed(0)} MiB, ${rise < 0 ? '' : '+'}${(rise * 100).toFixed(1)} % in the last half`;
console.log(`${accepted + refused} webhooks, ${accepted} accepted, ${repeats} attempts repeated
${lost} lost, ${doubled} doubled
${faults} faults planted, the whole run killed ${kills} times
memory of a function's process: ${inWords(memoryOfFunctions)}
memory of the local run, which keeps every event: ${inWords(memoryOfRun)}`);
const isGrowing = minutes >= WARMED_UP && memoryOfFunctions.rise > MOST_RISE;
if (lost > 0 || doubled > 0 || isGrowing) process.exitCode = 1;
