import { describe, expect, it } from 'vitest';
import type { ActionRecord, CompletionItem } from '../../../lambda/core/model/index.ts';
import { mergePlans, takePlan } from '../../../lambda/core/plan/take-plan.ts';

const item = (more: Partial<CompletionItem> = {}): CompletionItem => ({
  pk: 'run#r',
  sk: 'completion#1',
  v: 1,
  tag: 't',
  owner: 'e',
  crashes: 0,
  round: 0,
  done: false,
  depth: 0,
  retries: 0,
  updated_at: 0,
  ...more,
});
const action = (more: Partial<ActionRecord> = {}): ActionRecord => ({
  rule: 'a',
  position: 0,
  kind: 'startRun',
  generation: 0,
  key: 'k',
  body: '{}',
  tries: 0,
  delayed: 0,
  ...more,
});

describe('takePlan', () => {
  it('adds a fresh plan to what was tried before', () => {
    const draft = item({ round: 1, planned: 0, crashes: 2, actions: [action()] });
    const taken = takePlan(
      draft,
      { kind: 'planned', actions: [action(), action({ rule: 'b' })] },
      { depth: 3, retries: 2 },
    );
    expect(taken).toMatchObject({ round: 1, planned: 1, crashes: 2, depth: 3, retries: 2 });
    expect(taken.actions?.map(({ rule }) => rule)).toEqual(['a', 'b']);
  });

  it('keeps actions that have a record when today’s rules fail', () => {
    const kept = action({ result: { run_ids: ['x'], at: 1 } });
    const refused = action({ rule: 'b', failure: { reason: 'refused' } });
    const failed = { kind: 'failed', reason: 'rule_threw' } as const;
    const counts = { depth: 0, retries: 0 };
    const failure = { reason: 'rule_threw' };
    const taken = takePlan(item({ actions: [kept, refused] }), failed, counts);
    expect(taken).toMatchObject({ failure, actions: [kept], planned: 0 });
    expect(takePlan(item(), failed, counts)).not.toHaveProperty('actions');
  });
});

describe('mergePlans', () => {
  const record = (rule: string, position: number, more: Partial<ActionRecord> = {}): ActionRecord => ({
    rule,
    position,
    kind: 'startRun',
    generation: 0,
    key: `${rule}-${position}`,
    body: '{}',
    tries: 0,
    delayed: 0,
    ...more,
  });
  it('keeps what has a result or may have one, replaces what was refused, adds what is new', () => {
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
      record('a', 1, { begun: { first: 1, last: 2 } }),
      fresh[1],
      fresh[2],
    ]);
  });

  it('tells positions and rules apart', () => {
    const kept = [record('a', 1, { result: { run_ids: [], at: 1 } })];
    expect(mergePlans(kept, [record('a', 0), record('b', 1)])).toHaveLength(3);
  });
});
