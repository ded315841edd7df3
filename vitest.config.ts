import { defineConfig } from 'vitest/config';

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
        test: { name: 'all', include: ['*.test.ts', 'test/**/*.test.ts'], exclude: ['test/lib/**'] },
      },
      // They keep no state between files, and loading CDK anew for each would take most of their time.
      { extends: true, test: { name: 'lib', include: ['test/lib/**/*.test.ts'], isolate: false } },
    ],
  },
});
