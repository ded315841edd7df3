import { decimalOf, ExactNumber } from '../../../json/exact-number.ts';
import { isJsonObject } from '../../../json/parse.ts';

/**
 * How the inputs that Cyberdesk shows of a run resemble those that were sent.
 *
 * - `equal`: the same JSON, whatever the order of its keys.
 * - `similar`: as an API may echo them: with defaults added, nulls dropped, text trimmed, numbers spelled differently.
 * - `different`: the inputs of another run.
 */
export type Resemblance = 'equal' | 'similar' | 'different';

export function resemblance(sent: unknown, shown: unknown): Resemblance {
  if (Array.isArray(sent) && Array.isArray(shown)) {
    if (sent.length !== shown.length) return 'different';
    return least(sent.map((entry, index) => resemblance(entry, shown[index])));
  }
  if (isJsonObject(sent) && isJsonObject(shown)) return compareObjects(sent, shown);
  if (Object.is(sent ?? null, shown ?? null) || isSameNumber(sent, shown)) return 'equal';
  return isSameValue(sent, shown) ? 'similar' : 'different';
}

function compareObjects(sent: Json, shown: Json): Resemblance {
  const names = new Set([...Object.keys(sent), ...Object.keys(shown)]);
  return least(
    [...names].map((name) => {
      if (sent[name] === undefined && shown[name] === undefined) return 'equal';
      // Added by the API, such as a default; or a null that it dropped.
      if (!Object.hasOwn(sent, name)) return 'similar';
      if (!Object.hasOwn(shown, name)) return sent[name] == null ? 'similar' : 'different';
      return resemblance(sent[name], shown[name]);
    }),
  );
}

type Json = Record<string, unknown>;

/** A plain number never has the value of an exact one. */
const isSameNumber = (sent: unknown, shown: unknown): boolean =>
  sent instanceof ExactNumber &&
  shown instanceof ExactNumber &&
  decimalOf(sent.text) === decimalOf(shown.text);

/** The same text except for spaces around it, or the same number in another spelling. */
function isSameValue(sent: unknown, shown: unknown): boolean {
  // An API that keeps doubles has none for this one.
  if (shown === null) return sent instanceof ExactNumber && !Number.isFinite(sent.valueOf());
  if (!isScalar(sent) || !isScalar(shown)) return false;
  const [a, b] = [String(sent).trim(), String(shown).trim()];
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return a !== '' && b !== '' && Number.isFinite(x) && Math.abs(x - y) <= Math.abs(x) * 1e-6;
}

const isScalar = (value: unknown): value is string | number | boolean | ExactNumber =>
  ['string', 'number', 'boolean'].includes(typeof value) || value instanceof ExactNumber;

const least = (all: Resemblance[]): Resemblance =>
  all.find((each) => each === 'different') ?? all.find((each) => each === 'similar') ?? 'equal';
