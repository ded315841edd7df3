import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../../lambda/core/model/index.ts';
import { mergePlans, takePlan } from '../../../lambda/core/plan/take-plan.ts';
import { actionRecord, completionItem } from '../support/items.ts';

const record = (rule: string, position: number, more: Partial<ActionRecord> = {}) =>
  actionRecord({ rule, position, key: `${rule}-${position}`, ...more });

it('a completion adds a fresh plan to the actions that were tried before', () => {
  const draft = completionItem({ round: 1, planned: 0, crashes: 2, actions: [actionRecord()] });
  const taken = takePlan(
    draft,
    { kind: 'planned', actions: [actionRecord(), actionRecord({ rule: 'b' })] },
    { depth: 3, retries: 2 },
  );

  expect(taken).toMatchObject({ round: 1, planned: 1, crashes: 2, depth: 3, retries: 2 });
  expect(taken.actions?.map(({ rule }) => rule)).toEqual(['a', 'b']);
});

it('a completion keeps its actions when the rules fail in a later round', () => {
  const kept = actionRecord({ result: { run_ids: ['x'], at: 1 } });
  const refused = actionRecord({ rule: 'b', failure: { reason: 'refused' } });
  const failed = { kind: 'failed', reason: 'rule_threw' } as const;
  const counts = { depth: 0, retries: 0 };
  const failure = { reason: 'rule_threw' };
  const taken = takePlan(completionItem({ actions: [kept, refused] }), failed, counts);

  expect(taken).toMatchObject({ failure, actions: [kept], planned: 0 });
  expect(takePlan(completionItem(), failed, counts)).not.toHaveProperty('actions');
});

it('merging plans keeps actions that may have taken effect, replaces refused ones and adds new ones', () => {
  const done = record('a', 0, { result: { run_ids: ['r'], at: 1 } });
  const unknown = record('a', 1, {
    failure: { reason: 'outcome_unknown', status: 422 },
    begun: { first: 1, last: 2 },
    tries: 7,
    delayed: 9,
    not_before: 5,
  });
  const refused = record('b', 0, { failure: { reason: 'refused', status: 422 } });
  const fresh = [record('a', 0, { key: 'x' }), record('b', 0, { key: 'y', generation: 1 }), record('c', 0)];

  expect(mergePlans([done, unknown, refused], fresh)).toEqual([
    done,
    // The status is for people only.
    record('a', 1, { begun: { first: 1, last: 2 }, answered: 422 }),
    fresh[1],
    fresh[2],
  ]);
});

it('merging plans identifies an action by both rule and position', () => {
  const kept = [record('a', 1, { result: { run_ids: [], at: 1 } })];
  expect(mergePlans(kept, [record('a', 0), record('b', 1)])).toHaveLength(3);
});

it('a plan that comes to more than 200 actions with those that were tried before fails, and forgets none of these', () => {
  const tried = Array.from({ length: 150 }, (_, n) => record('a', n, { result: { run_ids: [], at: 1 } }));
  const fresh = Array.from({ length: 51 }, (_, n) => record('b', n));
  const take = (actions: ActionRecord[]) =>
    takePlan(completionItem({ actions: tried }), { kind: 'planned', actions }, { depth: 0, retries: 0 });

  expect(take(fresh)).toMatchObject({ failure: { reason: 'too_many_actions' }, actions: tried });
  expect(take(fresh.slice(1)).actions).toHaveLength(200);
});

it('an action that only a later release knows does not keep a completion from being planned', () => {
  // What a later release stored.
  const unknown = Object.assign(record('a', 0), { kind: 'fromLater' });
  const actions = [record('b', 0)];

  const taken = takePlan(
    completionItem({ actions: [unknown] }),
    { kind: 'planned', actions },
    { depth: 0, retries: 0 },
  );

  expect(taken.actions).toHaveLength(2);
});

describe('what a completion records of its plan', () => {
  const counts = { depth: 1, retries: 2 };
  const { planned: _planned, ...fresh } = completionItem({ round: 3 });
  const taken = { ...fresh, planned: 3, ...counts };

  it('a completion takes its first plan over as it is, and nothing else', () => {
    const actions = [record('a', 0), record('b', 0)];

    expect(takePlan(fresh, { kind: 'planned', actions }, counts)).toStrictEqual({ ...taken, actions });
  });

  it('a completion records why rules asked for nothing, in place of what it recorded before', () => {
    const idle = { quiet: 'nothing', later: 'status' } as const;
    const plan = { kind: 'planned', actions: [] } as const;
    const before = { ...fresh, idle: { old: 'nothing' } } as const;

    expect(takePlan(before, { ...plan, actions: [], idle }, counts)).toStrictEqual({
      ...taken,
      actions: [],
      idle,
    });
    expect(takePlan(before, { ...plan, actions: [] }, counts)).toStrictEqual({ ...taken, actions: [] });
  });

  it('a completion records what a rule has thrown, and only the reason where none has', () => {
    const thrown = { rule: 'a', error: 'TypeError' };
    const failed = { kind: 'failed', reason: 'rule_threw' } as const;

    expect(takePlan(fresh, { ...failed, thrown }, counts)).toStrictEqual({
      ...taken,
      failure: { reason: 'rule_threw', thrown },
    });
    expect(takePlan(fresh, failed, counts)).toStrictEqual({ ...taken, failure: { reason: 'rule_threw' } });
  });
});

it('merging plans leaves an action that has ended as it was, its number of tries included', () => {
  const done = record('a', 0, { result: { run_ids: ['r'], at: 1 }, tries: 3, delayed: 5 });
  const open = record('a', 1, { tries: 3, delayed: 5, not_before: 9 });

  expect(mergePlans([done, open], [])).toStrictEqual([done, record('a', 1)]);
});
