import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { startMoto } from '../rehearsal/moto.ts';
import { startElasticMq } from './elasticmq.ts';

/**
 * Runs the contract of the stores and the end-to-end suite on other implementations of DynamoDB and SQS than those of the
 * local run: moto and ElasticMQ, which have other mistakes. Arguments go to vitest in place of these suites.
 */
const SUITES = [
  'test/contract',
  'test/e2e',
  // What copies a table, and what removes from it.
  ...['test/ops/restore.test.ts', 'test/ops/erase.test.ts'],
  // These start runs of their own on the built-in emulators.
  ...['--exclude', 'test/e2e/{start,example,reload}.test.ts'],
  // These take minutes: moto is slow, and what they show depends on Cyberdesk's API, or on the number of requests.
  ...['--exclude', 'test/e2e/{fault-walk,ignored-keys,rules-diff-of-many}.test.ts'],
];

const missing = ['java', 'mvn', 'moto_server'].filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0,
);
if (missing.length > 0) {
  const remedy = "apt-get install default-jre-headless maven; pip install 'moto[server]'";
  if (process.env.CI === 'true') {
    console.error(`engines: ${missing.join(' and ')} not found, and CI must not skip them: ${remedy}`);
    process.exit(1);
  }
  console.log(`engines SKIPPED: ${missing.join(' and ')} not found; to run them: ${remedy}`);
  process.exit(0);
}

const moto = await startMoto();
const elasticMq = await startElasticMq();
try {
  process.exitCode = await vitest(process.argv.length > 2 ? process.argv.slice(2) : SUITES);
} finally {
  await Promise.all([moto.stop(), elasticMq.stop()]);
}

async function vitest(suites: string[]): Promise<number> {
  const env = { ...process.env, ENGINES_DYNAMODB: moto.endpoint, ENGINES_SQS: elasticMq.endpoint };
  const [code] = await once(spawn('npx', ['vitest', 'run', ...suites], { stdio: 'inherit', env }), 'exit');
  return Number(code ?? 1);
}
