import { describe, expect, it } from 'vitest';
import { NoRunError, plan, settleRetries } from '../../../lambda/core/plan/plan.ts';
import { type AnyRule, followUps, notify, publish, retryRun, startRun } from '../../../lambda/rules/index.ts';
import type { Occurrence } from '../../../lambda/rules/rule.ts';
import { anyAction, finishedRun, PLAN_CONTEXT, plannedActions, planOf } from '../support/plan.ts';

const silent = (name: string): AnyRule => ({ name, actions: () => [] });
const planBy = (...rules: AnyRule[]) => plan({ rules }, finishedRun(), PLAN_CONTEXT);

it('a plan at the maximum depth fails if any of its actions starts runs, and not only if all do', () => {
  const deepest = finishedRun({ depth: PLAN_CONTEXT.maxFollowUpDepth });

  expect(planOf(() => [notify(), startRun({ workflow_id: 'w' }), publish()], deepest)).toEqual({
    kind: 'failed',
    reason: 'depth_exceeded',
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
