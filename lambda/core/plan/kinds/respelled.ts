import { parseTime } from '../../../cyberdesk/time.ts';
import { ExactNumber } from '../../../json/exact-number.ts';
import { isSameText } from './text-spellings.ts';

type Scalar = string | number | boolean | ExactNumber;

export const isScalar = (value: unknown): value is Scalar =>
  ['string', 'number', 'boolean'].includes(typeof value) || value instanceof ExactNumber;

/** Whether an API may show the one value where it was sent the other: in another spelling, rounded, masked or cut off. */
export function isRespelled(sent: Scalar, shown: Scalar): boolean {
  const [a, b] = [String(sent).trim(), String(shown).trim()];
  if (a === '' || b === '') return true;
  const [xs, ys] = [readings(sent), readings(shown)];
  const areTexts = typeof sent === 'string' && typeof shown === 'string';
  const isNumber = xs.some((x) => ys.some((y) => isRounded(Number(x), Number(y), { spelled: y, areTexts })));
  // Of plain numbers, nothing else is the same. A number with marks may also be a text, such as a list of ids.
  const arePlain = [a, b].every((text) => Number.isFinite(Number(text)));
  return isNumber || (!arePlain && (isSameDate(a, b) || isSameText(a, b)));
}

/** The numbers that a value may stand for, as JSON spells them; none for any other text. */
function readings(value: Scalar): string[] {
  if (typeof value === 'boolean') return [String(Number(value))];
  const text = String(value).trim();
  if (Number.isFinite(Number(text))) return [text];
  if (!AS_PEOPLE_WRITE.test(text)) return [];
  const asIn = (decimal: string) => text.replace(MARKS, (mark) => (mark === decimal ? '.' : ''));
  return [asIn('.'), asIn(',')].filter((reading) => Number.isFinite(Number(reading)));
}

/** A number with marks between its thousands, or with a decimal comma. */
const AS_PEOPLE_WRITE = /^-?(?:\d{1,3}(?:[,.'’_\s]\d{3})*(?:[.,]\d+)?|\d+,\d+)$/;
const MARKS = /[,.'’_\s]/g;

/** Fewer digits than these no API leaves of a whole number. */
const LEAST_DIGITS = 6;
const MOST_DIGITS = 15;

/**
 * Whether `y` is what becomes of `x` with fewer digits, or in another binary form. The whole numbers beside it are others,
 * such as the ids of other orders, unless they are too large for a double to keep them apart.
 */
function isRounded(x: number, y: number, { spelled, areTexts }: { spelled: string; areTexts: boolean }) {
  if (x === y || Math.fround(x) === y) return true;
  const off = Math.abs(x - y);
  const places = /^-?\d+(?:\.(\d+))?$/.exec(spelled);
  if (places && off < 10 ** -(places[1]?.length ?? 0)) return true;
  const areWhole = [x, y].every(areTexts ? Number.isInteger : Number.isSafeInteger);
  if (!areWhole && off <= Math.abs(x) * 1e-6) return true;
  for (let digits = LEAST_DIGITS; digits <= MOST_DIGITS; digits += 1)
    if (Number(x.toPrecision(digits)) === y) return true;
  return false;
}

function isSameDate(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => (/^\d{4}-\d\d-\d\d/.test(text) ? parseTime(text) : undefined));
  return x !== undefined && x === y;
}
