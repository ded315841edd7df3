import { describe, expect, it } from 'vitest';
import { type Count, countStructure, isExceeded } from './counts.ts';
import { readRepository } from './repository.ts';
import { readSource } from './source.ts';

const limited = countStructure(readRepository()).filter(({ limit }) => limit !== undefined);

describe('the counts of the repository', () => {
  it.each(limited)('the count of $name is within its limit', (count) => {
    expect(
      isExceeded(count),
      `${count.value}, limit ${count.limit}: ${(count.places ?? []).join(', ')}`,
    ).toBe(false);
  });

  it('there is a limit for casts, parameters, length, rooms, circles, arrows, "any" and non-null assertions', () => {
    expect(limited.length).toBeGreaterThanOrEqual(16);
  });
});

describe('a count', () => {
  const exceeded = (path: string, text: string) =>
    countStructure([readSource(path, text)])
      .filter(isExceeded)
      .map(({ name }) => name)
      .filter((name) => name !== 'rooms in lambda/core');

  const long = (lines: number) => '\n'.repeat(lines);

  it.each([
    ['casts', 'const a = b as C;', ['casts per 1000 lines in lambda']],
    ['a fifth parameter', 'const add = (a, b, c, d, e) => a;', ['functions with 5 or more parameters']],
    ['a long function', `function long() {${long(41)}}`, ['functions over 40 lines in lambda/core']],
    [
      'a long file',
      long(150),
      ['median lines of a source file', '90th percentile of lines of a source file'],
    ],
    ['any', 'let a: any;', ['any']],
    ['a non-null assertion', 'a!.b();', ['non-null assertions']],
    ['a circle', "import './new.ts';", ['import circles']],
    ['an arrow up', "import '../act/index.ts';", ['imports that point up, or past an index']],
  ])('a count exceeds its limit with %s', (_, text, names) => {
    expect(exceeded('lambda/core/plan/new.ts', text)).toEqual(names);
  });

  it('a count exceeds its limit with three functions of five parameters in tests', () => {
    const wide = ';((a, b, c, d, e) => a);'.repeat(3);
    const counted = countStructure([readSource('test/a.ts', wide)]).find(({ name }) =>
      name.endsWith('in tests'),
    );

    expect(counted && isExceeded(counted)).toBe(true);
  });

  it('no count exceeds its limit without any of these', () => {
    expect(exceeded('lambda/core/plan/new.ts', 'export const a = 1;')).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ['60', '< 60', true],
    ['59', '< 60', false],
    ['6.0', '6', false],
    ['6.1', '6', true],
  ])('a count of %s with the limit %s exceeds it: %s', (value, limit, isTooMuch) => {
    const count: Count = { name: 'lines', value, limit };

    expect(isExceeded(count)).toBe(isTooMuch);
  });
});
