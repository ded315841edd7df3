import { expect, it } from 'vitest';
import {
  DuplicateRuleNameError,
  type Finished,
  followUps,
  matches,
  type RuleDefinition,
} from '../../../lambda/rules/rule.ts';

const finished = (run: Partial<Finished['run']> = {}): Finished => ({
  event_id: 'e',
  run: { id: 'r', workflow_id: 'first', status: 'success', ...run },
  depth: 0,
  retries: 0,
  stage: 'dev',
  workflowIds: { next: 'first' },
});
const ruleMatches = (rule: Partial<RuleDefinition>, run: Partial<Finished['run']> = {}) =>
  matches({ name: 'r', actions: () => [], ...rule }, finished(run));

it('a rule without conditions matches every run', () => expect(ruleMatches({})).toBe(true));

it('a rule matches runs by their status', () => {
  expect(ruleMatches({ status: 'success' })).toBe(true);
  expect(ruleMatches({ status: 'error' })).toBe(false);
  expect(ruleMatches({ status: ['error', 'success'] })).toBe(true);
  expect(ruleMatches({ status: ['error', 'cancelled'] })).toBe(false);
});

it('a rule matches runs by workflow id, given directly or from the stage settings', () => {
  expect(ruleMatches({ workflow: 'first' })).toBe(true);
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

it('followUps keeps the rules in order, and rejects two rules with the same name', () => {
  const rule = (name: string) => ({ name, actions: () => [] });

  expect(followUps(rule('a'), rule('b')).rules.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(() => followUps(rule('a'), rule('b'), rule('a'))).toThrow(DuplicateRuleNameError);
  expect(() => followUps(rule('twice'), rule('twice'))).toThrow('"twice"');
});
