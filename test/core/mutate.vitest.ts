import { defineConfig } from 'vitest/config';

/** What mutants of the core are tried against: unit tests and some schedules, not the long simulation. */
export default defineConfig({
  test: {
    include: ['test/{core,json}/**/*.test.ts', 'test/simulation/few.test.ts'],
    testTimeout: 20_000,
    restoreMocks: true,
  },
});
