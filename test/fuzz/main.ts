import { parseArgs } from 'node:util';
import { DoorError, fuzzDoor } from './door.ts';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
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
