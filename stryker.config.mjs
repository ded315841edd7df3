import { reportOf } from './test/mutate/rooms.ts';

/** One folder of `lambda/` at a time, as `npm run mutate` names it. */
const room = process.env.MUTATED_ROOM ?? '';

export default {
  mutate: [
    `lambda/${room}/**/*.ts`,
    '!lambda/**/index.ts',
    ...[
      'core/plan/kinds/index.ts',
      'core/model/event-types/index.ts',
      'adapters/destinations/index.ts',
    ].flatMap((file) => (file.startsWith(`${room}/`) ? [`lambda/${file}`] : [])),
    // Types, and what is generated.
    '!lambda/cyberdesk/{api-types,generate}.ts',
    '!lambda/core/model/{ports,metric-names}.ts',
    '!lambda/core/completion/worker.ts',
  ],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutate/vitest.ts', related: false },
  coverageAnalysis: 'perTest',
  incremental: true,
  incrementalFile: reportOf(room),
  // Tests compare other files with what generates them.
  disableTypeChecks: `lambda/${room}/**/!(api-types).ts`,
  tsconfigFile: 'TypeScript 7 has no API to rewrite it with',
  concurrency: 2,
  timeoutMS: 10_000,
  // Memory grows with each run.
  maxTestRunnerReuse: 300,
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false, reportScoreTable: false },
  ignorePatterns: ['cdk.out', '.local*', 'dist', 'reports', '.ci'],
};
