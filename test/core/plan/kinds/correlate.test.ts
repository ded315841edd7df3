import { expect, it } from 'vitest';
import { correlated } from '../../../../lambda/core/plan/kinds/correlate.ts';
import { secret, startChain, startRun } from '../../../../lambda/rules/index.ts';
import { anyAction, plannedActions, planOf } from '../../support/plan.ts';

const NO_NAMES = ['', '__proto__', null, 7, true, ['by'], {}];

it('a correlation input holds the key of the action, beside the other inputs and in place of its old value', () => {
  expect(correlated({ a: 1, by: 'theirs' }, 'by', 'mine')).toEqual({ a: 1, by: 'mine' });
});

it.each([undefined, null])('inputs that are %s hold only the key once they are correlated', (inputs) => {
  expect(correlated(inputs, 'by', 'mine')).toEqual({ by: 'mine' });
});

it('a correlation input may have the name of a property that all objects have', () => {
  expect(correlated({}, 'constructor', 'mine')).toEqual({ constructor: 'mine' });
});

it.each([
  ['a promise', Promise.resolve({ a: 1 })],
  ['a map', new Map([['a', 1]])],
  ['a text', 'a'],
  ['a list', [1]],
  ['a reference', secret('arn:secret')],
  ['an object that says itself how it is written', { toJSON: () => ({ a: 1 }) }],
])('%s is refused as the inputs beside a correlation input', (_, inputs) => {
  expect(() => correlated(inputs as never, 'by', 'mine')).toThrow(TypeError);
});

it.each(NO_NAMES)('%j is refused as the name of a correlation input', (name) => {
  expect(() => correlated({ a: 1 }, name, 'mine')).toThrow(
    new TypeError('correlate must be the name of an input'),
  );
});

it.each(NO_NAMES)('a rule that correlates by %j fails, whatever it starts', (correlate) => {
  for (const action of [startRun({ workflow_id: 'w' }), startChain({ steps: [{ workflow_id: 'w' }] })])
    expect(planOf(() => anyAction({ ...action, correlate }))).toMatchObject({
      kind: 'failed',
      reason: 'rule_threw',
      thrown: { error: 'TypeError' },
    });
});

it('a planned start names its correlation input, and has none without one', () => {
  const chain = { steps: [{ workflow_id: 'w' }] };
  const planned = plannedActions(
    planOf(() => [
      startRun({ workflow_id: 'w' }, { correlate: 'by' }),
      startChain(chain, { correlate: 'by' }),
      startRun({ workflow_id: 'w' }),
      startChain(chain),
    ]),
  );

  expect(planned.map(({ correlate }) => correlate)).toEqual(['by', 'by', undefined, undefined]);
  expect(planned[2]).not.toHaveProperty('correlate');
  expect(planned[2]?.body).toBe('{"workflow_id":"w"}');
});
