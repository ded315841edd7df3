import { expect, it } from 'vitest';
import { readSource } from './source.ts';

it('the reader counts casts, but neither "as const" nor aliases of imports and exports', () => {
  const text = `
    import { a as b } from './a.ts';
    export { b as c };
    const one = x as unknown as Y;
    const two = [1] as const;
    const three = <Y>x;
  `;

  expect(readSource('lib/a.ts', text).casts).toBe(3);
});

it('the reader counts parameters and lines of every kind of function, with its name', () => {
  const text = [
    'function declared(a, b) {',
    '}',
    'const arrow = ({ a }, b = 1, ...rest) =>',
    '  a;',
    'class Box { method() {} set value(v) {} }',
  ].join('\n');

  expect(readSource('lib/a.ts', text).functions).toEqual([
    { name: 'declared', line: 1, lines: 2, parameters: 2 },
    { name: 'arrow', line: 3, lines: 2, parameters: 3 },
    { name: 'method', line: 5, lines: 1, parameters: 0 },
    { name: 'value', line: 5, lines: 1, parameters: 1 },
  ]);
});

it('the reader knows classes and what they extend', () => {
  const text = 'class A {} class B extends Error {} const C = class extends errors.BaseError {};';

  expect(readSource('lib/a.js', text).classes.map(({ name, parent }) => [name, parent])).toEqual([
    ['A', undefined],
    ['B', 'Error'],
    ['C', 'BaseError'],
  ]);
});

it('the reader counts "any" and non-null assertions', () => {
  const source = readSource('lib/a.ts', 'const x: any = y!; type Many = string;');

  expect([source.anyTypes, source.nonNulls]).toEqual([1, 1]);
});

it('the reader joins the lines of a comment', () => {
  const [comment] = readSource('lib/a.ts', '/**\n * One\n * two.\n */').comments;

  expect(comment?.text).toBe('* One two.');
});

it('the reader refuses what it cannot parse', () => {
  expect(() => readSource('lib/a.ts', 'const = 1')).toThrow('lib/a.ts');
});
