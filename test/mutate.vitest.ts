import { defineConfig } from 'vitest/config';

/** What mutants of what runs in AWS are tried against: unit tests and some schedules, not the long simulation. */
export default defineConfig({
  test: {
    include: [
      'test/{adapters,core,cyberdesk,delivery,json,processor,sdk,verifier}/**/*.test.ts',
      'test/lib/environment.test.ts',
      'test/simulation/few.test.ts',
    ],
    // Too slow for each of thousands of mutants. What only they would find counts as a survivor.
    exclude: [
      'test/cyberdesk/fake-*',
      'test/sdk/{documented-surface,official-package}*',
      'test/core/{sweep/backlog,rules/typed}*',
    ],
    testTimeout: 20_000,
    restoreMocks: true,
    // Half the processor time; Stryker starts a new process for what a module computes while it loads.
    isolate: false,
  },
});
