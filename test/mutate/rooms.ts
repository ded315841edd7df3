/** What the tests of a room have in common with those of the rooms around it. */
const SCENARIOS = ['core/process', 'simulation/few.test.ts'];

/**
 * Folder in `lambda/` → the tests that its mutants are tried against: those of the room, and of what uses it. All tests for
 * each mutant would take a day. A mutant that only another test would find counts as a survivor.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'core/model': ['core/model', 'core/plan', 'core/receive', ...SCENARIOS],
  'core/authenticate': ['core/authenticate', 'verifier'],
  'core/receive': ['core/receive', 'verifier', ...SCENARIOS],
  'core/store': ['core/store', ...SCENARIOS],
  'core/plan': ['core/plan', 'core/rules', 'core/act', ...SCENARIOS],
  'core/pause': ['core/pause', ...SCENARIOS],
  'core/completion': ['core/completion', ...SCENARIOS],
  'core/act': ['core/act', 'core/plan/kinds', ...SCENARIOS],
  'core/process': SCENARIOS,
  'core/sweep': ['core/sweep', 'adapters/sweeper-handler.test.ts'],
  rules: ['core/rules', 'core/plan', 'core/testing', 'core/process/other-events.test.ts'],
  json: ['json', 'core/plan/digits.test.ts', 'cyberdesk/client-digits.test.ts'],
  cyberdesk: ['cyberdesk', 'adapters', 'sdk'],
  adapters: ['adapters', 'contract'],
  environment: ['lib/environment.test.ts'],
  verifier: ['verifier'],
  processor: ['processor'],
  sweeper: ['adapters/sweeper-handler.test.ts'],
  delivery: ['delivery'],
  testing: ['core/testing'],
  sdk: ['sdk'],
};

/** Tests that compile, test the fake API itself, or take long for what they would find. */
export const LEFT_OUT = [
  'test/core/rules/{compiled-rules,generated,quickstart,typed}*',
  'test/cyberdesk/fake-*',
  'test/sdk/{documented-surface,official-package}*',
];

/** Where Stryker keeps what it has found, so that the next run tries only what an edit has touched. */
export const reportOf = (room: string): string => `reports/mutation/${room.replace('/', '-')}.json`;
