import { Command } from 'commander';
import { positive } from '../../ops/cli/values.ts';
import { DoorError, fuzzDoor } from './door.ts';

const { requests, seed } = new Command('npm run fuzz --')
  .option('--requests <count>', 'number of requests', positive, 100_000)
  .option('--seed <seed>', 'seed of the random numbers', positive, 1)
  .parse()
  .opts<{ requests: number; seed: number }>();
const started = performance.now();
const show = (done: number) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${Math.floor((done / requests) * 100)} % of ${requests}`);
};
try {
  const figures = await fuzzDoor(requests, seed, show);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `\n${figures.requests} requests in ${seconds} s, seed ${seed}: ${figures.accepted} genuine and accepted, ` +
      `${figures.rejected} rejected, ${figures.disagreed} on which the oracles disagreed (rejected), ` +
      `${figures.secretCalls} calls to Secrets Manager`,
  );
} catch (error) {
  if (!(error instanceof DoorError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
process.exit();
