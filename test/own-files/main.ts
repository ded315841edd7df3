import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeClone, OWN_FILES } from '../support/clone.ts';

/**
 * Shows that the customer's files are the customer's: in a copy of this repository they are replaced by others, and the
 * tests are green there, as they use none of them. The table and the queue of their infrastructure exist in a local run. Of the slow tests, which take ten minutes, only those run that start a
 * command at the root or copy what is there.
 */
const SLOW = [
  'test/e2e/example.test.ts',
  'test/e2e/start.test.ts',
  'test/golden/template.test.ts',
  'test/house/closed-kinds.test.ts',
  'test/lib/app.test.ts',
];

const STEPS = [
  'tsc',
  'cdk synth --quiet',
  'node test/own-files/try-local-run.ts',
  'vitest run --project quick --project lib',
  `vitest run --project slow ${SLOW.join(' ')}`,
];

/** What is made from the rest, or is not part of a checkout. */
const LEFT_OUT =
  /^(node_modules|cdk\.out|dist|coverage|reports|\.git|\.local.*|\.stryker-tmp|.*\.(log|tgz))$/;

const root = resolve(import.meta.dirname, '../..');
const parts = readdirSync(root).filter((name) => !LEFT_OUT.test(name) && !OWN_FILES.includes(name));
const clone = makeClone('test/own-files', parts);
try {
  for (const step of STEPS) {
    console.log(`\n== with other ${OWN_FILES.join(', ')}: ${step}`);
    const { status } = spawnSync(step, {
      cwd: clone.root,
      shell: true,
      stdio: 'inherit',
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
    });
    if (status === 0) continue;
    console.error(`\n${step} failed with a customer's own files in place`);
    process.exitCode = 1;
    break;
  }
} finally {
  clone.remove();
}
