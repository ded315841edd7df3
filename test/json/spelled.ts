// cspell:ignore letrec
import fc from 'fast-check';

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });

/** A number in any spelling that JSON has, many of them beyond a double. */
export const spelledNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.constantFrom(...'123456789'), digits(0, 30)).map((parts) => parts.join('')),
    ),
    fc.oneof(
      fc.constant(''),
      digits(1, 30).map((text) => `.${text}`),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), digits(1, 3)).map((parts) => parts.join('')),
    ),
  )
  .map((parts) => parts.join(''));

/** Text that a scanner may take for a number, and any other. */
const spelledString = fc
  .oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-\d.eE+[\]{}:,"\\ ]*$/))
  .map((text) => JSON.stringify(text));

const space = fc.constantFrom('', '', ' ', '\n\t');

/**
 * Names that keep their order, once each. None has a backslash: after one, the `JSON.parse` of Node.js 24 may misread an
 * escaped name of another object that looks alike.
 */
const names = fc.uniqueArray(
  fc.oneof(fc.constantFrom('__proto__', 'toJSON', 'constructor', 'a'), fc.stringMatching(/^[a-z ":]{1,5}$/)),
  { maxLength: 4 },
);

/** The text of any JSON value, with its numbers in their own spellings. */
export const spelledJson = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    spelledNumber,
    spelledNumber,
    spelledString,
    fc.constantFrom('true', 'false', 'null'),
    fc
      .tuple(space, fc.array(tie('value'), { maxLength: 4 }))
      .map(([gap, all]) => `[${gap}${all.join(`${gap},`)}]`),
    fc
      .tuple(space, names)
      .chain(([gap, keys]) =>
        fc
          .tuple(...keys.map(() => tie('value')))
          .map(
            (all) =>
              `{${keys.map((key, i) => `${JSON.stringify(key)}${gap}:${gap}${all[i]}`).join(',')}${gap}}`,
          ),
      ),
  ),
})).value;

/** The numbers of a JSON text, in order, as exact decimal values. */
export const decimalsOf = (text: string): string[] =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"|(-?\d[\d.eE+-]*)/g)].flatMap(([, number]) =>
    number === undefined ? [] : [exactly(number)],
  );

/** The value as a whole number and a power of ten, by other means than those of the product. */
function exactly(number: string): string {
  const [, mantissa = '', exponent = '0'] = /^([^eE]+)(?:[eE](.+))?$/.exec(number) ?? [];
  const [whole = '', fraction = ''] = mantissa.split('.');
  let value = BigInt(whole.replace('-', '') + fraction);
  let power = BigInt(exponent.replace('+', '')) - BigInt(fraction.length);
  if (value === 0n) return '0';
  for (; value % 10n === 0n; value /= 10n) power += 1n;
  return `${mantissa.startsWith('-') ? '-' : ''}${value}e${power}`;
}
