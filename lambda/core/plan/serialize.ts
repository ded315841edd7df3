import { AttachmentsReference, MisplacedReferenceError, SecretReference } from '../../rules/actions.ts';
import { type Placeholder, referenceOf } from '../model/index.ts';
import type { ReferencePlaces } from './kinds/kind.ts';
import { mayStand } from './reference-places.ts';

/** What a rule asked for is nested too deeply, as a value that it copied from the run is. */
export class TooDeepError extends Error {
  override name = 'TooDeepError';
}

/**
 * Nesting that every later step is sure to handle: storing, comparing and filling a body recurse into it, and a stack
 * that overflows there would look like their fault.
 */
export const MAX_DEPTH = 1000;

/**
 * A body as JSON text, with null in place of each reference, and the references beside it. It is stored and sent as
 * text: key order and bytes are part of the idempotency contract.
 *
 * @param places Where references may stand: never among the inputs that Cyberdesk shows of a run. A lookup compares
 * those with the stored body, which holds null in place of a reference, so it would not find the run, would take it
 * for never started, and start it again.
 * @throws MisplacedReferenceError
 * @throws TooDeepError
 * @throws TypeError for what cannot be written as JSON
 */
export function serialize(
  content: unknown,
  places: ReferencePlaces,
): { body: string; placeholders: Placeholder[] } {
  const placeholders: Placeholder[] = [];
  const ancestors = new Set<object>();
  const walk = (value: unknown, path: string[]): unknown => {
    const placeholder = placeholderOf(value, path);
    if (placeholder) {
      if (!mayStand(places, placeholder))
        throw new MisplacedReferenceError(`${referenceOf(placeholder).kind} at ${path.join('.')}`);
      placeholders.push(placeholder);
      return null;
    }
    refuseUnwritable(value);
    if (!isObject(value) || isWrittenAsItIs(value)) return value;
    if (ancestors.has(value)) throw new TypeError('the action contains itself');
    if (path.length >= MAX_DEPTH) throw new TooDeepError(`more than ${MAX_DEPTH} levels`);
    ancestors.add(value);
    const below = (entry: unknown, key: string | number) => walk(entry, [...path, String(key)]);
    const copy = Array.isArray(value)
      ? value.map(below)
      : Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, below(entry, key)]));
    ancestors.delete(value);
    return copy;
  };
  return { body: write(walk(content, [])), placeholders };
}

/** What an object's own `toJSON` returns has not been walked. */
function write(content: unknown): string {
  // Throws for a BigInt, as if the rule had thrown.
  const body = JSON.stringify(content, (_key, value) => {
    if (placeholderOf(value, [])) throw new MisplacedReferenceError('a reference in the result of a toJSON');
    refuseUnwritable(value);
    return value;
  });
  if (body === undefined) throw new TypeError('the action has no content');
  if (isTooDeep(JSON.parse(body))) throw new TooDeepError(`more than ${MAX_DEPTH} levels`);
  return body;
}

/** Whether more objects and lists are inside each other than a body may hold; without recursion. */
export function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isObject);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === MAX_DEPTH) return true;
    // A set: what a rule has built may hold itself, or the same object many times.
    level = [...new Set(level.flatMap((each) => Object.values(each)).filter(isObject))];
  }
  return false;
}

/** What says itself how it is written. Only a function is what JSON.stringify calls: a payload may have a key of this name, too. */
const isWrittenAsItIs = (value: Record<string, unknown>): boolean =>
  (!Array.isArray(value) && typeof value.toJSON === 'function') || isRawJson(value) || isBoxed(value);

/** Digits that a rule has made with `JSON.rawJSON`. */
function isRawJson(value: object): boolean {
  // TypeScript does not know this function yet.
  const isRaw: (value: object) => boolean = Reflect.get(JSON, 'isRawJSON');
  return isRaw(value);
}

/** `new Number(5)` and the like, which are written as the value inside. */
const isBoxed = (value: object): boolean =>
  value instanceof Number || value instanceof String || value instanceof Boolean;

/**
 * Refuses what JSON would leave out or write as something else, which no rule asked for: a number that is not finite, a function, a
 * map, a set, a promise.
 *
 * @throws TypeError
 */
function refuseUnwritable(value: unknown): void {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError(`a ${typeof value}`);
  const isNumber = typeof value === 'number' || value instanceof Number;
  if (isNumber && !Number.isFinite(Number(value))) throw new TypeError('a number that is not finite');
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new TypeError('a date that is not valid');
  if (!isObject(value) || isWrittenAsItIs(value)) return;
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (!WRITABLE.has(kind))
    throw new TypeError(`a ${kind} cannot be written as JSON; pass an object or a list`);
}

/** Objects of classes are among them, and what `import *` gives. */
const WRITABLE: ReadonlySet<string> = new Set(['Object', 'Array', 'Module']);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function placeholderOf(value: unknown, path: string[]): Placeholder | undefined {
  if (value instanceof AttachmentsReference) return { path, attachments: { ids: value.ids } };
  if (!(value instanceof SecretReference)) return undefined;
  const { id, field } = value;
  return { path, secret: { id, ...(field !== undefined && { field }) } };
}
