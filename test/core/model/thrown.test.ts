import { expect, it } from 'vitest';
import { describeThrown, framesOf } from '../../../lambda/core/model/index.ts';

const thrown = (stack: string, name = 'Error') =>
  describeThrown('next', Object.assign(new Error('canary-7f3a'), { name, stack }));

it('an error that a rule threw is described by its class and the first frame in a file of the customer', () => {
  const stack = [
    'TypeError: canary-7f3a',
    '    at parse (node:internal/json:1:2)',
    '    at secret (/var/task/../../lambda/rules/actions.ts:7:9)',
    '    at check (/var/task/node_modules/zod/index.js:3:4)',
    '    at total (file:///var/task/src/follow-ups.ts:12:34)',
    '    at actions (/var/task/follow-ups.ts:5:6)',
  ].join('\n');

  expect(thrown(stack, 'TypeError')).toEqual({
    rule: 'next',
    error: 'TypeError',
    frame: 'src/follow-ups.ts:12:34',
  });
});

it('an error without a frame of the customer is described without one', () => {
  expect(thrown('Error: canary-7f3a\n    at /x/lambda/core/plan/plan.ts:1:2')).toEqual({
    rule: 'next',
    error: 'Error',
  });
});

it.each([
  [
    'a line of its message that looks like a frame',
    'Error: canary-7f3a\n    at canary-7f3a (/a/ward.ts:1:2)',
  ],
  ['the computed name of a function', 'Error: canary-7f3a\n    at canary-7f3a (/a/follow-ups.ts:1:2)'],
])('the description of an error does not contain %s', (_, stack) => {
  const error = Object.assign(new Error(stack.replace(/^Error: /, '').split('(')[0]), { stack });
  expect(JSON.stringify(describeThrown('next', error))).not.toContain('canary');
});

it.each([
  ['a text', 'string', 'canary-7f3a'],
  ['null', 'null', null],
  ['nothing', 'undefined', undefined],
])('%s that a rule threw is described by its type', (_, error, value) => {
  expect(describeThrown('next', value)).toEqual({ rule: 'next', error });
});

it('an error that gave itself a text as its name is an Error', () => {
  expect(thrown('', 'canary 7f3a')).toEqual({ rule: 'next', error: 'Error' });
});

const framesIn = (stack: string, message = 'canary-7f3a') =>
  framesOf(Object.assign(new Error(message), { stack }));

it.each([
  ['a file, line and column', '    at total (/var/task/follow-ups.ts:12:34)'],
  ['a file alone', '    at /var/task/follow-ups.ts:12:34'],
  ['an anonymous function', '    at new Promise (<anonymous>)'],
  ['native code', '    at Array.map (native)'],
  ['one of several promises', '    at async Promise.all (index 12)'],
])('a frame may end in %s', (_, frame) => {
  expect(framesIn(`Error: canary-7f3a\n${frame}`)).toEqual([frame]);
});

it.each([
  ['text before it', 'x    at total (/var/task/follow-ups.ts:12:34)'],
  ['text after it', '    at total (/var/task/follow-ups.ts:12:34) canary'],
  ['no place', '    at total (canary)'],
])('a line with %s is no frame', (_, line) => {
  expect(framesIn(`Error: canary-7f3a\n${line}`)).toEqual([]);
});

it('an error that got its message after its stack was captured still has its frames', () => {
  const frame = '    at total (/var/task/follow-ups.ts:12:34)';

  expect(framesIn(`errors.Lost$1\n${frame}`)).toEqual([frame]);
  expect(framesIn(`errors.Lost$1\n${frame}`, '')).toEqual([frame]);
  expect(framesIn('Error')).toEqual([]);
});

it('an error whose message is not in its stack has no frames', () => {
  const frame = '    at total (/var/task/follow-ups.ts:12:34)';

  expect(framesIn(`Error: another\n${frame}`)).toEqual([]);
  expect(framesIn(`Error: another\n${frame}`, '')).toEqual([]);
  expect(framesIn(`canary 7f3a\n${frame}`)).toEqual([]);
});

it('a frame in a file without a folder is described by its file', () => {
  expect(thrown('Error: canary-7f3a\n    at total (follow-ups.mjs:1:2)').frame).toBe('follow-ups.mjs:1:2');
  expect(thrown('Error: canary-7f3a\n    at /var/@own/rules.cts:10:21').frame).toBe('@own/rules.cts:10:21');
});

it('an error without a stack is described without a frame', () => {
  const error = new Error('canary-7f3a');
  delete error.stack;

  expect(framesOf(error)).toEqual([]);
  expect(Object.keys(describeThrown('next', error))).toEqual(['rule', 'error']);
});
