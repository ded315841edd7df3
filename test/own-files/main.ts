import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { filesOf, makeClone } from '../support/clone.ts';
import { OWN_FILES, PRODUCT_FILES, PRODUCT_FOLDERS } from '../support/product.ts';

/**
 * Shows that the customer's files are the customer's: in a copy of this repository they are replaced by others, with a
 * folder of their own, and the pipeline is green there. The table and the queue of their infrastructure exist in a local
 * run, and their tests are run. Of the quick tests, only those run that read all files, or load rules; of the slow ones, those that
 * start a command at the root, pack or copy what is there, or synthesize with their own infrastructure. With `--all`, all tests run, so
 * that `npm test` is shown as a whole.
 */
const SLOW = [
  'test/e2e/example.test.ts',
  'test/e2e/mcp.test.ts',
  'test/e2e/start.test.ts',
  'test/golden/template.test.ts',
  'test/lib/app.test.ts',
  'test/lib/examples.test.ts',
  'test/lib/extend.test.ts',
  'test/package/package.test.ts',
];

const isWhole = process.argv.includes('--all');

/** The checks of all files, the tests that read them, and theirs. */
const checkOf = (tests: readonly string[]): string =>
  [
    ...['lint', 'typecheck', 'spell', 'unused'].map((script) => `npm run --silent ${script}`),
    `vitest run --project quick --project lib test/app/ test/house/ test/lib/ test/own-files/ ${tests.join(' ')}`,
  ].join(' && ');

/** Their own folder. */
const FOLDER = 'policies';

const stepsFor = (tests: readonly string[]): string[] => [
  areRun(tests),
  // What the quick tests show does not depend on the customer's files, apart from those of the house and of rules.
  isWhole ? 'npm run --silent check' : checkOf(tests),
  'cdk synth --quiet',
  // As the build compiles them into the package.
  'tsc --project tsconfig.build.json --noEmit',
  'node test/own-files/try-local-run.ts',
  isWhole ? 'vitest run --project slow --project long' : `vitest run --project slow ${SLOW.join(' ')}`,
];

/** Their tests are among those that `check` runs. The name of the project before a path makes it that of the whole file. */
const areRun = (tests: readonly string[]): string =>
  [
    'listed=$(vitest list --project quick --filesOnly)',
    ...tests.map((test) => `echo "$listed" | grep --fixed-strings '[quick] ${test}'`),
  ].join(' && ');

// cspell:disable
/** What each of their files also has: words of another language, a long line, and code that the product would not have. */
const AS_THEY_LIKE = `
// Größere Beträge prüft die Buchhaltung, ${'und danach prüft sie die Beträge noch einmal, '.repeat(6)}bevor sie bucht.
export let nichtGebraucht : any = "Überprüfungsergebnis"
`;
// cspell:enable

const root = resolve(import.meta.dirname, '../..');
const parts = [...PRODUCT_FOLDERS, ...PRODUCT_FILES].filter((name) => existsSync(join(root, name)));
const own = [...OWN_FILES, FOLDER];
const clone = makeClone('test/own-files', parts, own);
try {
  const files = own.flatMap((name) => filesOf(clone.root, name));
  for (const file of files) appendFileSync(join(clone.root, file), AS_THEY_LIKE);
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  for (const step of stepsFor(tests)) {
    console.log(`\n== with other ${own.join(', ')}: ${step}`);
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
