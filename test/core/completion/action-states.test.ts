import { describe, expect, it } from 'vitest';
import {
  begin,
  fail,
  lookedUpFirst,
  lostSpan,
  postpone,
  startAgain,
  succeed,
} from '../../../lambda/core/completion/action-states.ts';
import { withAction } from '../../../lambda/core/completion/transitions.ts';
import { type Decision, endedAtCompletion, ownCompletion } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { actionRecord, completionItem } from '../support/items.ts';

const NOW = 1_000_000_000_000;
const charged = { mayHaveTakenEffect: false, charged: true, exhausted: 'exhausted' } as const;
const inDoubt = { mayHaveTakenEffect: true, charged: true, exhausted: 'outcome_unknown' } as const;

it('a further attempt keeps the time of the first one and moves the last', () => {
  expect(begin(actionRecord(), 5).begun).toEqual({ first: 5, last: 5 });
  expect(begin(actionRecord({ begun: { first: 5, last: 6 } }), 9).begun).toEqual({
    first: 5,
    last: 9,
  });
});

it('an action drops its payload when it has succeeded or was refused, and keeps it otherwise', () => {
  const rich = actionRecord({
    body_ref: { sha256: 's', pieces: 1, until: 1 },
    placeholders: [],
    pins: [],
    not_before: 5,
  });
  const lean = { rule: 'a', position: 0, kind: 'startRun', generation: 0, key: 'key', tries: 0, delayed: 0 };
  const result = { run_ids: ['x'], at: 1 };

  expect(succeed(rich, result)).toEqual({ ...lean, result });
  expect(fail(rich, 'refused', { status: 422, field: 'input_values.total' })).toEqual({
    ...lean,
    failure: { reason: 'refused', status: 422, field: 'input_values.total' },
  });
  expect(fail(rich, 'outcome_unknown')).toEqual({
    ...rich,
    failure: { reason: 'outcome_unknown' },
  });
});

it('an unknown outcome keeps the status of a refusal that came later, and no other failure does', () => {
  const pending = actionRecord({ pending: 422, answered: 409 });
  const failed = (action = pending) => fail(action, 'outcome_unknown');

  expect(failed()).toEqual(actionRecord({ failure: { reason: 'outcome_unknown', status: 422 } }));
  expect(failed(actionRecord({ answered: 409 })).failure).toEqual({ reason: 'outcome_unknown', status: 409 });
  for (const reason of ['exhausted', 'restored', 'body_lost'] as const)
    expect(fail(pending, reason).failure).toEqual({ reason });
  expect(succeed(pending, { run_ids: [], at: 1 })).not.toHaveProperty('answered');
});

it('an action is postponed with growing delays', () => {
  const first = postpone(actionRecord(), NOW, charged);

  expect(first).toMatchObject({ tries: 1, delayed: 5 * SECOND, not_before: NOW + 5 * SECOND });
  expect(postpone(first, NOW, charged)).toMatchObject({
    tries: 2,
    delayed: 15 * SECOND,
    not_before: NOW + 10 * SECOND,
  });
  expect(postpone(actionRecord({ tries: 40 }), NOW, charged)).toMatchObject({
    not_before: NOW + HOUR,
  });
});

it('an action is not charged for a pause', () => {
  expect(postpone(actionRecord({ tries: 3, delayed: DAY }), NOW, { ...charged, charged: false })).toEqual(
    actionRecord({ tries: 3, delayed: DAY }),
  );
});

it('a postponed action is exhausted when its delays add up to a day', () => {
  expect(postpone(actionRecord({ delayed: DAY - 1 }), NOW, charged)).not.toHaveProperty('failure');
  expect(postpone(actionRecord({ delayed: DAY }), NOW, charged)).toMatchObject({
    failure: { reason: 'exhausted' },
    body: '{}',
  });
  expect(postpone(actionRecord({ delayed: DAY }), NOW, inDoubt)).toMatchObject({
    failure: { reason: 'outcome_unknown' },
  });

  let record = actionRecord();
  let waited = 0;
  while (!record.failure) {
    record = postpone(record, NOW, charged);
    waited = record.delayed;
  }

  expect(waited).toBeGreaterThanOrEqual(DAY);
});

it('a postponed action keeps its attempts only if they may have taken effect', () => {
  const begun = { first: 1, last: 2 };

  expect(postpone(actionRecord({ begun }), NOW, inDoubt)).toMatchObject({
    begun,
  });
  expect(postpone(actionRecord({ begun }), NOW, { ...inDoubt, charged: false })).toMatchObject({
    begun,
  });
  expect(postpone(actionRecord({ begun }), NOW, charged)).not.toHaveProperty('begun');
  expect(postpone(actionRecord(), NOW, inDoubt)).not.toHaveProperty('begun');
});

it('an action is replaced in a copy of its completion', () => {
  const draft = completionItem({ actions: [actionRecord(), actionRecord({ rule: 'b' })] });
  const changed = withAction(draft, 1, actionRecord({ rule: 'c' }));

  expect(changed.actions?.map(({ rule }) => rule)).toEqual(['a', 'c']);
  expect(draft.actions?.map(({ rule }) => rule)).toEqual(['a', 'b']);
});

it('an action that a person starts again keeps its body, and nothing of its earlier attempts', () => {
  const decision = { kind: 'start_again', by: 'ada', at: NOW } as const;
  const unknown = actionRecord({
    begun: { first: 1, last: 2 },
    pins: [{ version: 'old' }],
    placeholders: [],
    not_before: 5,
    tries: 3,
    delayed: 9,
    failure: { reason: 'outcome_unknown', status: 409 },
  });

  expect(startAgain(unknown, decision, 4)).toEqual(
    actionRecord({ placeholders: [], generation: 4, decision }),
  );
});

describe('after a restore', () => {
  it('the lost time begins at the point, or as the run ended, and never at the restore or later', () => {
    const lost = { from: NOW, until: NOW + HOUR };

    expect(lostSpan(lost, endedAtCompletion(NOW - HOUR))).toEqual(lost);
    expect(lostSpan(lost, ownCompletion('event-1'))).toEqual(lost);
    expect(lostSpan(lost, endedAtCompletion(NOW + HOUR / 2)).from).toBe(NOW + HOUR / 2 - MINUTE);
    expect(lostSpan(lost, endedAtCompletion(NOW + 2 * HOUR)).from).toBe(NOW + HOUR - 1);
  });

  it('an action is looked up in the lost time, unless it was tried since, or a person has it started again', () => {
    const lost = { from: 1, until: 9 };
    const planned = actionRecord({ fence: 9 });
    const again: Decision = { kind: 'start_again', by: 'ada', at: 10 };

    expect(lookedUpFirst(planned, lost)).toEqual({ ...planned, begun: { first: 1, last: 9 } });
    for (const more of [{ begun: { first: 10, last: 11 } }, { tries: 1 }, { decision: again }])
      expect(lookedUpFirst({ ...planned, ...more }, lost)).toEqual({ ...planned, ...more });
  });
});
