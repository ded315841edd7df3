import { defineConfig } from 'vitest/config';

/** Tests of the local run as a whole, of the page in a browser, and long simulations: `npm run check` leaves them out. */
const SLOW = [
  'test/e2e/**/*.test.ts',
  'test/console/**/*.test.ts',
  'test/simulation/{schedules,small-case}.test.ts',
];

/** Loading CDK anew for each file would take most of the time of these. */
const LIB = ['test/lib/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'forks',
    // A synth or a cold local run on a busy machine; a test that waits for a condition ends long before.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    // Two cores' worth, and one for the file that mostly waits: the walk through all faults.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        // The customer's own tests stand beside their rules, at the root.
        test: { name: 'quick', include: ['test/**/*.test.ts', '*.test.ts'], exclude: [...SLOW, ...LIB] },
      },
      { extends: true, test: { name: 'lib', include: LIB, isolate: false } },
      { extends: true, test: { name: 'slow', include: SLOW } },
    ],
  },
});
