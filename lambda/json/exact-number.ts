/**
 * A number of a payload that a JavaScript number would change: an account number of 17 digits, an amount with many
 * decimals, `1e400`. All other numbers stay plain numbers.
 *
 * Pass it on as it is, and the same digits are sent: `input_values: { account: run.output_data?.account }`. `String(n)`
 * and `${n}` give its digits, `Number(n)`, arithmetic and a copy
 * by `JSON.parse(JSON.stringify(run))` the nearest double; copy objects with `{ ...run }` instead. With `+` and `==` it throws, because they
 * would silently round the digits of a text. Two of them are never `===`: compare their texts.
 */
export class ExactNumber {
  /** The number as it was spelled. */
  readonly text: string;
  /**
   * Writes the digits; called by `JSON.stringify`. A property of each instance, so that `{ ...n }` is written as the
   * number as well, and `structuredClone(n)` throws instead of making another object of it.
   */
  readonly toJSON: (this: { readonly text: string }) => unknown = toRawJson;

  /**
   * @param text A number as JSON spells it.
   * @throws TypeError for any other text
   */
  constructor(text: string) {
    if (!JSON_NUMBER.test(text)) throw new TypeError('an ExactNumber needs a number as JSON spells it');
    this.text = text;
  }

  /** Its digits. */
  toString(): string {
    return this.text;
  }

  /** The nearest double, which is a different number; infinite beyond the range of doubles. */
  valueOf(): number {
    return Number(this.text);
  }

  /** @throws TypeError for `+` and `==`, which do not say whether its digits or its nearest double are meant */
  [Symbol.toPrimitive](hint: 'string' | 'number' | 'default'): string | number {
    if (hint === 'default')
      throw new TypeError(
        'with + or ==, say what is meant: String(n) for its digits, Number(n) for a double',
      );
    return hint === 'string' ? this.text : this.valueOf();
  }
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function toRawJson(this: { readonly text: string }): unknown {
  // TypeScript does not know this function yet.
  const rawJson: (text: string) => unknown = Reflect.get(JSON, 'rawJSON');
  return rawJson(this.text);
}

/** A number, given as JSON spells it: a plain one unless that has another decimal value. */
export function readNumber(text: string): number | ExactNumber {
  const near = Number(text);
  return Number.isFinite(near) && decimalOf(text) === decimalOf(String(near)) ? near : new ExactNumber(text);
}

/** A number's decimal value in one spelling, whichever of its spellings is given. */
export function decimalOf(text: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  // Not by a pattern: from each zero of a long row it would look for the end again.
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  if (end === 0) return '0';
  const power = Number(exponent) - fraction.length + digits.length - end;
  return Number.isSafeInteger(power) ? `${sign}${digits.slice(0, end)}e${power}` : text;
}
