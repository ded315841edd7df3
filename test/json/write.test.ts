import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../../lambda/json/parse.ts';
import { canonicalJson, writeJson } from '../../lambda/json/write.ts';

const DEPTH = 20_000;
const deep = (inside: string): string => `${'[{"a":'.repeat(DEPTH)}${inside}${'}]'.repeat(DEPTH)}`;

describe('canonicalJson', () => {
  const reordered = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reordered);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, entry]) => [key, reordered(entry)]),
    );
  };

  it('canonical JSON ignores the order of keys and nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(canonicalJson(reordered(a))).toBe(canonicalJson(a));
        expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(a)));
        const same = canonicalJson(a) === canonicalJson(b);
        expect(same).toBe(
          canonicalJson(JSON.parse(JSON.stringify(a))) === canonicalJson(JSON.parse(JSON.stringify(b))),
        );
      }),
    );
  });

  it('canonical JSON drops what JSON drops', () => {
    expect(canonicalJson({ b: undefined, a: [undefined, null] })).toBe('{"a":[null,null]}');
    expect(canonicalJson(undefined)).toBe('null');
    expect(canonicalJson({ b: 1, a: { d: 2, c: 'x' } })).toBe('{"a":{"c":"x","d":2},"b":1}');
  });

  it('canonical JSON has a text for every depth', () => {
    expect(canonicalJson(JSON.parse(deep('{"c":1,"b":2}')))).toBe(deep('{"b":2,"c":1}'));
  });

  it('canonical JSON spells an exact number in one way', () => {
    const [one, other] = ['[1e400]', '[10e399]'].map((text) => canonicalJson(parseExact(text)));

    expect(one).toBe(other);
  });
});

describe('writeJson', () => {
  it.each([
    ['scalars', deep('[null,true,1.5,"x",12345678901234567890]')],
    ['an empty list', deep('[]')],
    ['a list that is longer than a call may have arguments', deep(`[${'1,'.repeat(300_000)}1]`)],
  ])('what has been parsed is written as it was, at every depth: %s', (_, text) => {
    expect(writeJson(parseExact(text)) === text).toBe(true);
  });
});
