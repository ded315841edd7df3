import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { LEFT_OUT, ROOMS } from './rooms.ts';

/** Tests of whole runs come last: most mutants fall to a quick test, and the first failure ends the run of a mutant. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = files.filter(({ moduleId }) => SLOW.test(moduleId));
    return [...files.filter((file) => !slow.includes(file)), ...slow];
  }
}

const SLOW = /simulation|many-actions|outage|brown-out/;

const tests = ROOMS[process.env.MUTATED_ROOM ?? ''] ?? Object.values(ROOMS).flat();

/** The tests of one room, as Stryker runs them. */
export default defineConfig({
  test: {
    include: tests.map((path) => (path.endsWith('.ts') ? `test/${path}` : `test/${path}/**/*.test.ts`)),
    exclude: LEFT_OUT,
    sequence: { sequencer: QuickestFirst },
    testTimeout: 20_000,
    restoreMocks: true,
    // Half the processor time; Stryker starts a new process for what a module computes while it loads.
    isolate: false,
  },
});
