import { parseExact } from '../json/parse.ts';
import { isPrintableId } from './printable-id.ts';

/** Turns the body of a 2xx response into data; undefined when it is not the expected content. */
export type Decode<T> = (body: Uint8Array<ArrayBuffer>) => T | undefined;

/** The body as it is. As a plain array: a `Buffer` slices and serializes differently. */
export const file: Decode<Uint8Array<ArrayBuffer>> = ({ buffer, byteOffset, byteLength }) =>
  new Uint8Array(buffer, byteOffset, byteLength);

// Of JSON, only the fields that callers cannot do without are checked; the types of the OpenAPI file describe the
// rest. A response without them is a proxy's page, or truncated.

export const object: Decode<Record<string, unknown>> = (body) => check(body, isObject);

export const objectWithId = <T extends { id: string }>(body: Uint8Array): T | undefined =>
  check(body, (value): value is T => isObject(value) && isPrintableId(value.id));

export const objectWithItems = <T extends { items: unknown[]; total: number }>(
  body: Uint8Array,
): T | undefined =>
  check(body, (value): value is T => isObject(value) && Array.isArray(value.items) && isCount(value.total));

/** One id for each step: of fewer, nothing shows which runs are missing. */
export const objectWithRunIds =
  (steps: number) =>
  <T extends { run_ids: string[] }>(body: Uint8Array): T | undefined =>
    check(body, (value): value is T => isObject(value) && areIds(value.run_ids, steps));

export const objectWithMachines = <T extends { checked_machines: number; errored_machines: unknown[] }>(
  body: Uint8Array,
): T | undefined =>
  check(
    body,
    (value): value is T =>
      isObject(value) && isCount(value.checked_machines) && Array.isArray(value.errored_machines),
  );

function check<T>(body: Uint8Array, isExpected: (value: unknown) => value is T): T | undefined {
  const value = parse(body);
  return isExpected(value) ? value : undefined;
}

function parse(body: Uint8Array): unknown {
  try {
    return parseExact(new TextDecoder().decode(body));
  } catch {
    // Drop the parser's error: it quotes the text.
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const areIds = (value: unknown, count: number): boolean =>
  Array.isArray(value) &&
  value.every(isPrintableId) &&
  value.length === count &&
  new Set(value).size === count;
