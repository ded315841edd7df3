import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    // For a synthesis or a cold local run on a busy machine; a test that waits for a condition ends long before.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The default of one second is too short for a request on a busy machine.
    expect: { poll: { timeout: 100_000 } },
    restoreMocks: true,
    // For two cores, and one more for the fault walk, which mostly waits.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: { name: 'all', include: ['*.test.ts', 'test/**/*.test.ts'], exclude: ['test/lib/**'] },
      },
      // These share no state between files, and loading CDK again for each would take most of the time.
      { extends: true, test: { name: 'lib', include: ['test/lib/**/*.test.ts'], isolate: false } },
    ],
  },
});
