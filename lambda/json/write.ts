import { decimalOf, ExactNumber } from './exact-number.ts';

/** The text of what has been parsed. `JSON.stringify` gives up on values that are nested a few thousand levels deep. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return written(value, PLAIN);
  }
}

/**
 * JSON with sorted keys and one spelling of each number, for comparing values that another system may have rewritten.
 * Whatever a server shows may be compared, at any depth.
 */
export const canonicalJson = (value: unknown): string => written(value, CANONICAL);

/** How values are spelled. */
interface Spelling {
  scalar(value: unknown): string;
  /** Of an object. */
  entries(object: object): [name: string, value: unknown][];
}

const PLAIN: Spelling = { scalar: (value) => JSON.stringify(value), entries: Object.entries };

const CANONICAL: Spelling = {
  scalar: (value) => (value instanceof ExactNumber ? decimalOf(value.text) : JSON.stringify(value ?? null)),
  entries: (object) =>
    Object.entries(object)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
};

/** A value that is still to be written, or text that is. */
type Piece = { value: unknown } | string;

/** Writes without recursion, so that no depth is too much for it. */
function written(whole: unknown, spelling: Spelling): string {
  const left: Piece[] = [{ value: whole }];
  const text: string[] = [];
  for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
    if (typeof piece === 'string') text.push(piece);
    // One by one: a long list has more members than a call may have arguments.
    else if (isContainer(piece.value))
      for (const part of partsOf(piece.value, spelling).reverse()) left.push(part);
    else text.push(spelling.scalar(piece.value));
  }
  return text.join('');
}

/** Whatever has a `toJSON` says itself how it is written. */
const isContainer = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('toJSON' in value && typeof value.toJSON === 'function');

function partsOf(container: object, { entries }: Spelling): Piece[] {
  const isList = Array.isArray(container);
  const members = isList ? Array.from(container, (value) => ['', value] as const) : entries(container);
  const parts = members.flatMap(([name, value], index): Piece[] => [
    `${index > 0 ? ',' : ''}${isList ? '' : `${JSON.stringify(name)}:`}`,
    { value },
  ]);
  return [isList ? '[' : '{', ...parts, isList ? ']' : '}'];
}
