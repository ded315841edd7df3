import { ExactNumber, readNumber } from './exact-number.ts';
import { writeJson } from './write.ts';

/**
 * The value of a JSON text. A number that a double would change is an {@link ExactNumber}. For whatever is written again
 * or compared; `JSON.parse` rounds, and does for the rest.
 *
 * @throws SyntaxError whose message quotes the text
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return MAY_BE_CHANGED.test(text) ? build(text) : value;
}

/** A deep copy of what has been parsed. */
export const copyJson = <T>(value: T): T => parseExact(writeJson(value)) as T;

/** An object of JSON, as opposed to its other values. */
export const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

/**
 * A double keeps 15 digits. Where a text has a number with more characters, or one with an exponent, it is read a second
 * time; so is a text that only quotes such a number, which costs time and changes nothing.
 */
const MAY_BE_CHANGED = /(?:^|[\s[:,])-?\d(?:[\d.]{15}|[\d.]*[eE])/;

/** Strings, brackets, and words or numbers; what stands between them is not needed to read valid JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[^\s[\]{}:,"]+/g;

type Container = unknown[] | Record<string, unknown>;

/** Reads valid JSON without recursion, so that no depth is too much for it. */
function build(text: string): unknown {
  const root: unknown[] = [];
  const open: Container[] = [root];
  let key: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? root;
    if (token === ']' || token === '}') open.pop();
    else if (!Array.isArray(parent) && key === undefined) key = JSON.parse(token);
    else {
      const inner: Container | undefined = token === '[' ? [] : token === '{' ? {} : undefined;
      add(parent, key, inner ?? scalar(token));
      if (inner) open.push(inner);
      key = undefined;
    }
  }
  return root[0];
}

const scalar = (token: string): unknown => (/^[-\d]/.test(token) ? readNumber(token) : JSON.parse(token));

function add(parent: Container, key: string | undefined, value: unknown): void {
  if (Array.isArray(parent)) parent.push(value);
  // An assignment to this name would set the prototype.
  else if (key === '__proto__')
    Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true });
  else if (key !== undefined) parent[key] = value;
}
