import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyJson, isJsonObject, parseExact } from '../../lambda/json/parse.ts';
import { canonicalJson, writeJson } from '../../lambda/json/write.ts';
import { ExactNumber } from '../../lambda/rules/index.ts';
import { decimalsOf, spelledJson, spelledNumber } from './spelled.ts';

const nested = (depth: number, within: string) => `${'[{"a":'.repeat(depth)}${within}${'}]'.repeat(depth)}`;

describe('parsing exactly', () => {
  it('parsing exactly keeps the decimal value of every number of any text', () => {
    fc.assert(
      fc.property(spelledJson, (text) => {
        expect(decimalsOf(JSON.stringify(parseExact(text)))).toEqual(decimalsOf(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('parsing exactly gives what JSON.parse gives, except for the numbers that a double would change', () => {
    const rounded = (value: unknown): unknown => {
      if (value instanceof ExactNumber) return value.valueOf();
      if (Array.isArray(value)) return value.map(rounded);
      if (!isJsonObject(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, rounded(entry)]));
    };

    fc.assert(
      fc.property(spelledJson, (text) => {
        // The matchers of vitest stumble over a key `constructor`.
        expect(isDeepStrictEqual(rounded(parseExact(text)), JSON.parse(text))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['no long number', '{"a":[1,2.5,-0,1e2],"b":"x","2":null,"1":true,"a":{"c":0.1}}'],
    ['a long number in a text', '{"a":"id: 12345678901234567890, 1e400","b":[1]}'],
    ['names that a number follows', '{"12345678901234567":1,"__proto__":{"b":1},"a\\"e5":2}'],
  ])('parsing exactly leaves a text with %s as JSON.parse reads it', (_, text) => {
    expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(JSON.parse(text)));
    expect(parseExact(text)).toStrictEqual(JSON.parse(text));
  });

  it('parsing exactly reads names of long numbers as JSON.parse reads them, the last of equal ones', () => {
    const text = '{"b":12345678901234567890,"__proto__":1e400,"1":"\\u00e4","b":9007199254740993}';

    expect(JSON.stringify(parseExact(text))).toBe('{"1":"ä","b":9007199254740993,"__proto__":1e400}');
    expect(Object.getPrototypeOf(parseExact(text))).toBe(Object.prototype);
  });

  it.each(['{"a":12345678901234567890', '[12345678901234567890,]', '1e400 2', '01234567890123456789', ''])(
    'parsing exactly refuses %s, which is not JSON',
    (text) => {
      expect(() => parseExact(text)).toThrow(SyntaxError);
    },
  );

  it.each([5000, 20_000])('%i levels of nesting are read, written and copied with their numbers', (depth) => {
    const text = nested(depth, '9007199254740993');

    expect(writeJson(copyJson(parseExact(text))) === text).toBe(true);
  });
});

it('writing gives the bytes of JSON.stringify at any depth', () => {
  const deep = (within: unknown) => {
    let value = within;
    for (let level = 0; level < 8000; level += 1) value = [value];
    return value;
  };

  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(writeJson(value)).toBe(text);
      expect(writeJson(deep(value)) === `${'['.repeat(8000)}${text}${']'.repeat(8000)}`).toBe(true);
    }),
    { numRuns: 20 },
  );
});

it('canonical JSON has one text for each decimal value', () => {
  const [one, other, near] = ['9007199254740993.0', '9.007199254740993e15', '9007199254740992'].map((text) =>
    canonicalJson(parseExact(`{"a":${text}}`)),
  );

  expect(one).toBe(other);
  expect(one).not.toBe(near);
  fc.assert(
    fc.property(spelledNumber, spelledNumber, (a, b) => {
      const [first, second] = [a, b].map((text) => canonicalJson(parseExact(text)));
      expect(first === second).toBe(decimalsOf(a)[0] === decimalsOf(b)[0]);
      expect(decimalsOf(first ?? '')).toEqual(decimalsOf(a));
    }),
    { numRuns: 1000 },
  );
});
