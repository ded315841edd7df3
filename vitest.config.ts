import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/** What `npm run check` leaves out: whole local runs, a browser, many syntheses or compilations, long simulations. */
const SLOW = [
  'test/{console,e2e,fuzz}/**/*.test.ts',
  'test/bench/speed.test.ts',
  'test/deploy/{network,second}-deploy.test.ts',
  'test/golden/{local-run,template,verbs}.test.ts',
  'test/house/{closed-kinds,transcripts}.test.ts',
  'test/lib/{app,examples,extend,loading,rehearsal}.test.ts',
  'test/ops/{local-run,network}.test.ts',
  'test/package/**/*.test.ts',
  'test/sdk/official-package.test.ts',
  'test/simulation/{alarms,schedules,small-case}.test.ts',
  'test/supply-chain/two-folders.test.ts',
];

/** The slow ones that wait for real time to pass, or go through a whole catalogue of faults: minutes each. CI leaves them out. */
const LONG = ['test/e2e/{fault-walk,ignored-keys,on-call}.test.ts', 'test/bench/under-load.test.ts'];

/** They keep no state between files, and loading CDK anew for each would take most of their time. */
const LIB = ['test/lib/**/*.test.ts', 'examples/**/*.test.ts'];

/** What holds no tests of this repository: packages, what is made from the rest, and hidden folders. */
const NONE = ['**/node_modules/**', '{.*,cdk.out,coverage,dist,reports}/**'];

/** The names of the package, for the example that is an app of its own. */
const PACKAGE = [
  { find: /^cyberdesk-webhooks$/, replacement: join(import.meta.dirname, 'lib/index.ts') },
  { find: /^cyberdesk-webhooks\/(\w+)$/, replacement: join(import.meta.dirname, 'lambda/$1/index.ts') },
];

/** In milliseconds, and several times what the longest test takes. */
const HANGING = 30 * 60_000;

export default defineConfig({
  resolve: { alias: PACKAGE },
  test: {
    pool: 'forks',
    // They only end what hangs, on a busy machine too. What waits for a condition ends long before, and says for which.
    testTimeout: HANGING,
    hookTimeout: HANGING,
    expect: { poll: { timeout: HANGING / 6 } },
    restoreMocks: true,
    // For two cores, and one more for the fault walk, which mostly waits.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        // The customer's own tests are wherever they like, by any name that Vitest takes for a test's.
        test: {
          name: 'quick',
          include: configDefaults.include,
          exclude: [...NONE, ...SLOW, ...LONG, ...LIB],
        },
      },
      { extends: true, test: { name: 'lib', include: LIB, exclude: SLOW, isolate: false } },
      { extends: true, test: { name: 'slow', include: SLOW, exclude: LONG } },
      { extends: true, test: { name: 'long', include: LONG } },
    ],
  },
});
