import { describe, expect, it } from 'vitest';
import { NoRunError, plan, settleRetries } from '../../../lambda/core/plan/plan.ts';
import { type AnyRule, followUps, notify, publish, retryRun, startRun } from '../../../lambda/rules/index.ts';
import type { Occurrence } from '../../../lambda/rules/rule.ts';
import { anyAction, finishedRun, PLAN_CONTEXT, plannedActions, planOf } from '../support/plan.ts';

const silent = (name: string): AnyRule => ({ name, actions: () => [] });
const TOO_MANY = { kind: 'failed', reason: 'too_many_actions' };
const planBy = (...rules: AnyRule[]) => plan({ rules }, finishedRun(), PLAN_CONTEXT);

it('a plan at the maximum depth fails if any of its actions starts runs, and not only if all do', () => {
  const deepest = finishedRun({ depth: PLAN_CONTEXT.maxFollowUpDepth });

  expect(planOf(() => [notify(), startRun({ workflow_id: 'w' }), publish()], deepest)).toEqual({
    kind: 'failed',
    reason: 'depth_exceeded',
  });
});

describe('a rule that asks for too much', () => {
  it('a rule that asks for more than 200 actions fails the plan before any of them is written as JSON', () => {
    const unwritable = { workflow_id: 'w', input_values: { n: 1n as never } };

    expect(planOf(() => Array.from({ length: 201 }, () => startRun(unwritable)))).toEqual(TOO_MANY);
    expect(planOf(() => Array.from({ length: 200 }, () => startRun(unwritable)))).toMatchObject({
      reason: 'rule_threw',
    });
  });

  it('rules that together ask for more than 200 actions fail the plan', () => {
    const half = (name: string): AnyRule => ({
      name,
      actions: () => Array.from({ length: 101 }, () => startRun({ workflow_id: 'w' })),
    });

    expect(planBy(half('a'), half('b'))).toEqual(TOO_MANY);
    expect(planBy(half('a'))).toHaveProperty('kind', 'planned');
  });

  it('a rule that passes more on than a worker can hold fails the plan', () => {
    const text = 'x'.repeat(1024 * 1024);
    const actions = (count: number) => () =>
      Array.from({ length: count }, () => startRun({ workflow_id: 'w', input_values: { text } }));

    expect(planOf(actions(16))).toEqual(TOO_MANY);
    expect(planOf(actions(15))).toHaveProperty('kind', 'planned');
  });
});

describe('rules that asked for nothing', () => {
  it('a plan has no explanation if every rule has asked for something', () => {
    expect(planOf(() => notify())).not.toHaveProperty('idle');
  });

  it('a plan explains the first 16 of its idle rules', () => {
    const names = Array.from({ length: 20 }, (_, index) => `rule ${index}`);

    const planned = planBy(...names.map(silent));

    expect(planned.kind === 'planned' && Object.keys(planned.idle ?? {})).toEqual(names.slice(0, 16));
  });

  it('a plan explains a rule with a name of 64 characters, and leaves one with a longer name out', () => {
    const [longest, longer] = ['x'.repeat(64), 'x'.repeat(65)];

    expect(planBy(silent(longest), silent(longer))).toEqual({
      kind: 'planned',
      actions: [],
      idle: { [longest]: 'nothing' },
    });
    expect(planBy(silent(longer))).not.toHaveProperty('idle');
  });
});

describe('rules in plain JavaScript', () => {
  it('an async rule is recorded by the class of its error', () => {
    expect(planOf(() => anyAction(Promise.resolve([])))).toMatchObject({
      kind: 'failed',
      thrown: { rule: 'rule', error: 'AsyncRuleError' },
    });
  });

  it('a retry after an event without a run is refused with its kind and the reason', () => {
    const about: Occurrence = {
      ...finishedRun(),
      kind: 'other',
      type: 'machine_down',
      event: { event_id: 'event-1', event_type: 'machine_down' },
    };
    const settle = () => settleRetries(retryRun({ max: 1 }), about);

    expect(settle).toThrow(NoRunError);
    expect(settle).toThrow(/^retryRun needs a run that has ended/);
    expect(settle).toThrow(expect.objectContaining({ name: 'NoRunError' }));
    expect(settleRetries(notify(), about)).toEqual([notify()]);
  });
});

it('a planned action has only the fields that its kind and its content need', () => {
  const rules = followUps({ name: 'rule', actions: () => [startRun({ workflow_id: 'w' }), notify()] });

  for (const action of plannedActions(plan(rules, finishedRun(), PLAN_CONTEXT)))
    expect(Object.keys(action).sort()).toEqual([
      'body',
      'delayed',
      'generation',
      'key',
      'kind',
      'position',
      'rule',
      'tries',
    ]);
});
