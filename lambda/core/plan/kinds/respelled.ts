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
  const [x, y] = [numberIn(sent), numberIn(shown)];
  const areTexts = typeof sent === 'string' && typeof shown === 'string';
  if (Number.isFinite(x) && Number.isFinite(y)) return isRounded(x, y, { spelled: b, areTexts });
  return isSameDate(a, b) || isSameText(a, b);
}

const numberIn = (value: Scalar): number => Number(typeof value === 'boolean' ? value : String(value));

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
