import { describe, expect, it } from 'vitest';
import { parseExact } from '../../lambda/json/parse.ts';
import { ExactNumber } from '../../lambda/rules/index.ts';

const LONG = '9007199254740993';

it.each([
  ['an account number', '12345678901234567890'],
  ['2 to the power of 53, plus 1', LONG],
  ['a negative one', '-9007199254740993'],
  ['an amount', '1234567890123456.78'],
  ['a long fraction', '0.1000000000000000055511151231257827'],
  ['one that is too large for a double', '1e400'],
  ['one that is too small for a double', '-1E-400'],
  ['one with a long exponent', `1e${'9'.repeat(400)}`],
  ['one with an exponent', '9007199254740993e1'],
])('%s is an ExactNumber, which is written as it was spelled', (_, text) => {
  const [number] = parseExact(`[${text}]`) as [unknown];

  expect(number).toBeInstanceOf(ExactNumber);
  expect([String(number), JSON.stringify({ number })]).toEqual([text, `{"number":${text}}`]);
});

it.each([
  '0',
  '-0',
  '0.1',
  '1.0',
  '100',
  '1e2',
  '1E+2',
  '1.5e-7',
  '5e-324',
  '1.7976931348623157e308',
  '9007199254740992',
  '9007199254740992.000',
  '0.30000000000000004',
  '123456789012345680000',
  '0.000000000000000000001',
  '0e999999999999999999999',
  `1${'0'.repeat(300)}`,
])('%s stays a plain number, as a double has the same decimal value', (text) => {
  expect(parseExact(`[${text}]`)).toEqual([Number(text)]);
});

it('a row of a million zeros takes no time to compare', () => {
  const text = `0.1${'0'.repeat(1_000_000)}1`;

  expect(String(parseExact(text))).toBe(text);
});

describe('an ExactNumber', () => {
  const number = new ExactNumber(LONG);

  it('an ExactNumber gives its digits as text and the nearest double in arithmetic', () => {
    expect(`account ${number}`).toBe(`account ${LONG}`);
    expect([number.toString(), [number].join()]).toEqual([LONG, LONG]);
    expect([number.valueOf(), Number(number), Math.min(number as never, Infinity)]).toEqual([
      2 ** 53,
      2 ** 53,
      2 ** 53,
    ]);
    expect([(number as never) > 1, (number as never) - 1]).toEqual([true, 2 ** 53 - 1]);
  });

  it('an ExactNumber refuses + and ==, which would silently round', () => {
    expect(() => (number as never) + 1).toThrow(TypeError);
    expect(() => 'account '.concat(('' as never) + number)).toThrow(TypeError);
    // biome-ignore lint/suspicious/noDoubleEquals: what a rule may contain
    expect(() => (number as never) == 1).toThrow(TypeError);
    expect((number as never) == null).toBe(false);
  });

  it('a copy of an ExactNumber is written as the number, or is refused', () => {
    expect(JSON.stringify({ ...number })).toBe(LONG);
    expect(JSON.stringify({ ...{ number } })).toBe(`{"number":${LONG}}`);
    expect(() => structuredClone({ number })).toThrow();
  });

  it('an ExactNumber equals another one of the same text in the assertions of a test', () => {
    expect(new ExactNumber(LONG)).toEqual(number);
    expect(new ExactNumber('9007199254740995')).not.toEqual(number);
  });

  it.each(['', '1 ', '01', '.5', '+1', '1.', 'NaN', 'null', '"1"', '0x1', '1e', '1n'])(
    'an ExactNumber cannot be made of "%s"',
    (text) => {
      expect(() => new ExactNumber(text)).toThrow(TypeError);
    },
  );
});
