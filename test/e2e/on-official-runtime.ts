import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';

/**
 * Runs the end-to-end suite on Lambda's official runtime client: `--all` of it, or those tests whose result may depend on
 * the client. Compiling it takes most of a minute and needs cmake and a C++ compiler, so it is installed for this run only
 * and is not a dependency.
 */
const MANIFEST = {
  private: true,
  dependencies: { 'aws-lambda-ric': '4.0.2' },
  // npm requires consent to run the script that compiles it.
  allowScripts: { 'aws-lambda-ric': true },
};

/** They are about the tools of an operator or a developer, or take minutes for their many kills or their waits. */
const OTHERS = [
  ...['company-network', 'listen', 'mcp', 'on-call', 'operator-grants', 'reload', 'rules', 'start'],
  ...['fault-walk', 'ignored-keys', 'rules-diff-of-many'],
];

const { all } = new Command('npm run test:ric --')
  .option('--all', 'the whole suite', false)
  .parse()
  .opts<{ all: boolean }>();
const excluded = all ? [] : OTHERS.flatMap((name) => ['--exclude', `test/e2e/${name}.test.ts`]);

function run(command: string, args: string[], environment: Record<string, string> = {}): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) throw new StepError(`${command} ${args.slice(0, 3).join(' ')} failed`);
}

class StepError extends Error {
  override name = 'StepError';
}

const prefix = mkdtempSync(join(tmpdir(), 'runtime-client-'));
try {
  writeFileSync(join(prefix, 'package.json'), JSON.stringify(MANIFEST));
  run('npm', ['install', '--prefix', prefix, '--no-audit', '--no-fund']);
  run('npx', ['vitest', 'run', 'test/e2e', ...excluded], {
    RIC_DIRECTORY: join(prefix, 'node_modules', 'aws-lambda-ric'),
  });
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(prefix, { recursive: true, force: true });
}
