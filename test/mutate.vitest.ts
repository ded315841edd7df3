import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Most mutants fall to a quick test, and the first failure ends the run of a mutant. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse();
  }
}

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
      'test/core/{sweep/backlog,rules/{compiled-rules,generated,quickstart,typed}}*',
    ],
    sequence: { sequencer: QuickestFirst },
    testTimeout: 20_000,
    restoreMocks: true,
    // Half the processor time; Stryker starts a new process for what a module computes while it loads.
    isolate: false,
  },
});
