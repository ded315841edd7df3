import { describe, expect, it } from 'vitest';
import { plan } from '../../../lambda/core/plan/plan.ts';
import { MAX_DEPTH, serialize, TooDeepError } from '../../../lambda/core/plan/serialize.ts';
import { MisplacedReferenceError } from '../../../lambda/rules/actions.ts';
import { followUps, type Json, secret, startRun } from '../../../lambda/rules/index.ts';
import { finishedRun, PLAN_CONTEXT } from '../support/plan.ts';

const places = { secret: /^sensitive\//, attachments: 'nowhere' } as const;
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

describe('a payload key named toJSON', () => {
  it('a payload key named toJSON does not hide a reference beside it', () => {
    const content = { sensitive: { toJSON: 'x', password: secret('arn:secret') } };

    expect(serialize(content, places)).toEqual({
      body: '{"sensitive":{"toJSON":"x","password":null}}',
      placeholders: [{ path: ['sensitive', 'password'], secret: { id: 'arn:secret' } }],
    });
  });

  it('a payload key named toJSON does not hide a misplaced reference', () => {
    const content = { plain: { toJSON: null, password: secret('arn:secret') } };

    expect(() => serialize(content, places)).toThrow(MisplacedReferenceError);
  });
});

describe('an object with a toJSON of its own', () => {
  it('an object with a toJSON of its own is written as it says', () => {
    const at = new Date('2026-11-25T10:00:00Z');

    expect(serialize({ at }, places).body).toBe('{"at":"2026-11-25T10:00:00.000Z"}');
  });

  it('an object with a toJSON of its own cannot bring a reference in', () => {
    const content = { sensitive: { toJSON: () => ({ password: secret('arn:secret') }) } };

    expect(() => serialize(content, places)).toThrow(MisplacedReferenceError);
  });
});

it('holes of an array are written as null, in their places', () => {
  const holes: unknown[] = [1];
  holes[2] = 3;

  expect(serialize({ holes }, places).body).toBe('{"holes":[1,null,3]}');
});

it('one object at two places is written twice', () => {
  const shared = { a: 1 };

  expect(serialize({ one: shared, two: [shared] }, places).body).toBe('{"one":{"a":1},"two":[{"a":1}]}');
});

describe('nesting', () => {
  const finished = (deep: unknown) =>
    finishedRun({ run: { ...finishedRun().run, output_data: { deep: deep as Json } } });
  const planned = (deep: unknown) =>
    plan(
      followUps({
        name: 'copy',
        actions: ({ run }) => startRun({ workflow_id: 'next', input_values: { ...run.output_data } }),
      }),
      finished(deep),
      PLAN_CONTEXT,
    );

  it.each([5000, 100_000])('nesting of %i levels is not blamed on the rule', (depth) => {
    expect(planned(nested(depth))).toMatchObject({ kind: 'failed', reason: 'too_deep' });
  });

  it('nesting is passed on up to the limit', () => {
    // `input_values` and `deep` are two levels.
    expect(planned(nested(MAX_DEPTH - 2)).kind).toBe('planned');
    expect(planned(nested(MAX_DEPTH - 1))).toMatchObject({ kind: 'failed', reason: 'too_deep' });
  });

  it.each([MAX_DEPTH + 1, 2 * MAX_DEPTH])(
    'nesting of %i levels in the result of a toJSON is too deep as well',
    (depth) => {
      const written = (levels: number) => serialize({ toJSON: () => nested(levels) }, places);

      expect(() => written(depth)).toThrow(TooDeepError);
      expect(() => written(MAX_DEPTH)).not.toThrow();
    },
  );

  it('nesting without end, in an object that contains itself, is blamed on the rule', () => {
    const cycle: Record<string, unknown> = {};
    cycle.self = [cycle];

    expect(planned(cycle)).toMatchObject({ kind: 'failed', reason: 'rule_threw' });
  });
});

it('a string of millions of escapes is no deep nesting', () => {
  const text = '"'.repeat(4_000_000);
  const { body } = serialize({ toJSON: () => ({ text: [text] }) }, places);
  expect(body.length).toBeGreaterThan(8_000_000);
});
