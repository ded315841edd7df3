import { expect, it } from 'vitest';
import {
  DuplicateRuleNameError,
  type Finished,
  followUps,
  matches,
  type RuleDefinition,
} from '../../../lambda/rules/rule.ts';
import { MissingWorkflowError, requireWorkflows } from '../../../lambda/rules/workflows.ts';
import { finishedRun } from '../support/plan.ts';

const finished = (fields: Partial<Finished['run']> = {}): Finished => {
  const { run } = finishedRun();
  return finishedRun({ run: { ...run, ...fields }, workflowIds: { next: 'first' } });
};
const ruleMatches = (rule: Partial<RuleDefinition>, run: Partial<Finished['run']> = {}) =>
  matches({ name: 'r', actions: () => [], ...rule }, finished(run));

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

it('followUps keeps the workflows that the rules declare, beside the rules', () => {
  const rule = { name: 'a', actions: () => [] };
  const workflows = { next: 'optional' } as const;

  expect(followUps({ workflows }, rule)).toEqual({ workflows, rules: [rule] });
  expect(followUps(rule)).toEqual({ rules: [rule] });
  expect(followUps()).toEqual({ rules: [] });
});

it('a stage must have an id for each workflow that the rules require, and for no other', () => {
  const check = (ids: Record<string, string>) =>
    requireWorkflows({ invoice: 'required', next: 'optional' }, 'prod', ids);

  expect(() => check({ invoice: 'id' })).not.toThrow();
  expect(() => requireWorkflows(undefined, 'prod', {})).not.toThrow();
  expect(() => check({ next: 'id' })).toThrow(MissingWorkflowError);
  expect(() => check({ next: 'id' })).toThrow('stage "prod" has no id for the workflow "invoice"');
});
