import { describe, expect, it } from 'vitest';
import { plan } from '../../../lambda/core/plan/plan.ts';
import { MAX_DEPTH, serialize, TooDeepError } from '../../../lambda/core/plan/serialize.ts';
import { MisplacedReferenceError } from '../../../lambda/rules/actions.ts';
import { type FinishedRun, followUps, type Json, secret, startRun } from '../../../lambda/rules/index.ts';
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

  it('nesting of 100,000 levels is not blamed on a rule whose own copy overflows the stack, but endless recursion is', () => {
    const reasonOf = (write: (run: FinishedRun) => string, levels: number) =>
      plan(
        followUps({
          name: 'copy',
          actions: ({ run }) => startRun({ workflow_id: 'next', input_values: { copy: write(run) } }),
        }),
        finished(nested(levels)),
        PLAN_CONTEXT,
      );
    const endless = (): string => endless();
    const mistaken = () => {
      throw new TypeError('a mistake');
    };

    expect(reasonOf((run) => JSON.stringify(run), 100_000)).toMatchObject({ reason: 'too_deep' });
    expect(reasonOf(endless, 10)).toMatchObject({ reason: 'rule_threw' });
    expect(reasonOf(mistaken, 100_000)).toMatchObject({ reason: 'rule_threw' });
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

it('digits that a rule has made with JSON.rawJSON are written as they are', () => {
  const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');
  const content = { account: rawJson('12345678901234567890'), deep: [rawJson('1.10')] };

  expect(serialize(content, places).body).toBe('{"account":12345678901234567890,"deep":[1.10]}');
});

it('boxed values are written as the values inside', () => {
  const content = { n: Object(5), text: Object('a'), yes: Object(true) };

  expect(serialize(content, places).body).toBe('{"n":5,"text":"a","yes":true}');
});

it.each([
  ['a map', new Map([['a', 1]])],
  ['a set', new Set([1])],
  ['a promise', Promise.resolve(1)],
  ['an error', new Error('x')],
  ['a pattern', /x/],
  ['a list of bytes', new Uint8Array(2)],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a number that is not finite', Number.NaN],
  ['a boxed number that is not finite', Object(Number.NaN)],
])('%s, which JSON would change, fails the plan', (_, value) => {
  expect(() => serialize({ plain: { value } }, places)).toThrow(TypeError);
  expect(() => serialize({ plain: { toJSON: () => ({ value }) } }, places)).toThrow(TypeError);
});

it('an invalid date, which JSON would write as null, fails the plan', () => {
  expect(() => serialize({ plain: { at: new Date('x') } }, places)).toThrow(TypeError);
});

it('an object of a class is written with its own fields', () => {
  class Order {
    readonly id = 7;
  }

  expect(
    serialize({ order: new Order(), bare: Object.assign(Object.create(null), { a: 1 }) }, places).body,
  ).toBe('{"order":{"id":7},"bare":{"a":1}}');
});
