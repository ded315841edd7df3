import { decimalOf, ExactNumber } from '../../../json/exact-number.ts';
import { isJsonObject } from '../../../json/parse.ts';
import { canonicalJson } from '../../../json/write.ts';
import { isRespelled, isScalar } from './respelled.ts';

/**
 * How the inputs that Cyberdesk shows of a run resemble those that were sent.
 *
 * - `equal`: the same JSON, whatever the order of its keys.
 * - `similar`: nothing that is shown distinguishes them. An API may add, leave out, empty, shorten or respell what it got.
 * - `different`: both have a value in the same place, and the one that is shown cannot have been made of the other.
 */
export type Resemblance = 'equal' | 'similar' | 'different';

export function resemblance(sent: unknown, shown: unknown): Resemblance {
  if (Array.isArray(sent) && Array.isArray(shown)) return compareLists(sent, shown);
  if (isJsonObject(sent) && isJsonObject(shown)) return compareObjects(sent, shown);
  if (Object.is(sent ?? null, shown ?? null) || isSameNumber(sent, shown)) return 'equal';
  // Of a value that is null or has another structure, such as a list that became text, no difference can be shown.
  if (!isScalar(sent) || !isScalar(shown)) return 'similar';
  return isRespelled(sent, shown) ? 'similar' : 'different';
}

function compareObjects(sent: Json, shown: Json): Resemblance {
  const names = new Set([...Object.keys(sent), ...Object.keys(shown)]);
  return least(
    [...names].map((name) => {
      if (sent[name] === undefined && shown[name] === undefined) return 'equal';
      // Only what both of them show can be another value.
      if (!Object.hasOwn(sent, name) || !Object.hasOwn(shown, name)) return 'similar';
      return resemblance(sent[name], shown[name]);
    }),
  );
}

type Json = Record<string, unknown>;

/** A list may also come back shortened, sorted, without its blank entries or without those that it has twice. */
function compareLists(sent: unknown[], shown: unknown[]): Resemblance {
  const known = shown.slice(0, sent.length);
  const inOrder = least(known.map((entry, index) => resemblance(sent[index], entry)));
  if (sent.length === shown.length && inOrder !== 'different') return inOrder;
  if (sent.length === 0 || (shown.length < sent.length && inOrder !== 'different')) return 'similar';
  const all = new Set(sent.map(canonicalJson));
  return shown.every((entry) => all.has(canonicalJson(entry))) ? 'similar' : 'different';
}

/** A plain number never has the value of an exact one. */
const isSameNumber = (sent: unknown, shown: unknown): boolean =>
  sent instanceof ExactNumber &&
  shown instanceof ExactNumber &&
  decimalOf(sent.text) === decimalOf(shown.text);

const least = (all: Resemblance[]): Resemblance =>
  all.find((each) => each === 'different') ?? all.find((each) => each === 'similar') ?? 'equal';
