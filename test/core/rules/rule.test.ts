import { expect, it } from 'vitest';
import { type Finished, mismatchOfRun, type RuleDefinition } from '../../../lambda/rules/rule.ts';
import { finishedRun } from '../support/plan.ts';

const finished = (fields: Partial<Finished['run']> = {}): Finished => {
  const { run } = finishedRun();
  return finishedRun({ run: { ...run, ...fields }, workflowIds: { next: 'first' } });
};
const ruleMatches = (rule: Partial<RuleDefinition>, run: Partial<Finished['run']> = {}) =>
  mismatchOfRun({ name: 'r', actions: () => [], ...rule }, finished(run)) === undefined;

it('a rule without conditions matches every run', () => expect(ruleMatches({})).toBe(true));

it('a rule matches runs by their status', () => {
  expect(ruleMatches({ status: 'success' })).toBe(true);
  expect(ruleMatches({ status: 'error' })).toBe(false);
  expect(ruleMatches({ status: ['error', 'success'] })).toBe(true);
  expect(ruleMatches({ status: ['error', 'cancelled'] })).toBe(false);
});

it('a rule matches runs by workflow, given by its id, its name in the stage settings, or a function', () => {
  expect(ruleMatches({ workflow: 'next' })).toBe(true);
  expect(ruleMatches({ workflow: 'unset' })).toBe(false);
  expect(ruleMatches({ workflow: 'constructor' })).toBe(false);
  expect(ruleMatches({ exceptWorkflow: 'next' })).toBe(false);
  expect(ruleMatches({ exceptWorkflow: 'unset' })).toBe(true);
  expect(ruleMatches({ workflow: 'first' })).toBe(true);
  expect(ruleMatches({ workflow: 'FIRST' })).toBe(true);
  expect(ruleMatches({ exceptWorkflow: 'First' })).toBe(false);
  expect(ruleMatches({ workflow: 'other' })).toBe(false);
  expect(ruleMatches({ workflow: (ids) => ids.next })).toBe(true);
  expect(ruleMatches({ workflow: (ids) => ids.unset })).toBe(false);
  expect(ruleMatches({ exceptWorkflow: 'first' })).toBe(false);
  expect(ruleMatches({ exceptWorkflow: 'other' })).toBe(true);
  expect(ruleMatches({ exceptWorkflow: (ids) => ids.next })).toBe(false);
  expect(ruleMatches({ exceptWorkflow: (ids) => ids.unset })).toBe(true);
});

it('a rule matches runs by whether a post-run check failed', () => {
  const failed: Partial<Finished['run']> = { post_run_checks: [{ status: 'failed' }] };

  expect(ruleMatches({ failedChecks: true }, failed)).toBe(true);
  expect(ruleMatches({ failedChecks: false }, failed)).toBe(false);
  expect(ruleMatches({ failedChecks: true })).toBe(false);
  expect(ruleMatches({ failedChecks: false })).toBe(true);
});
