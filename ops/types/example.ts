import { isObject } from '../json.ts';
import {
  givenIn,
  Heights,
  isRestriction,
  itemsOf,
  listOf,
  restricted,
  typesOf,
  variantsOf,
} from './heights.ts';
import { at, type Schema } from './parts.ts';

/** Nesting beyond which only what is needed is there, by the shortest way to an end: a schema may contain itself. */
const DEEP = 6;

/**
 * A value that a schema describes, the same each time: its own example or default, if it has one. Undefined if none is
 * finite.
 */
export function exampleOf(schema: Schema): unknown {
  const example = new Example(schema);
  return example.isFinite(schema) ? example.of(schema, 0) : undefined;
}

class Example {
  readonly #root: Schema;
  readonly #heights: Heights;

  constructor(root: Schema) {
    this.#root = root;
    this.#heights = new Heights(root);
  }

  isFinite(part: unknown): boolean {
    return Number.isFinite(this.#heights.of(part));
  }

  of(schema: unknown, depth: number): unknown {
    if (!isObject(schema)) return 'text';
    if (typeof schema.$ref === 'string') return this.of(at(this.#root, schema.$ref), depth + 1);
    const given = givenIn(schema);
    if (given !== undefined) return given.value;
    const variant = choose(variantsOf(schema), depth, (one) => this.#heights.ofVariant(schema, one));
    const parts = [...listOf(schema.allOf), ...variant];
    const own = restricted(withoutOthers(schema, variant), parts.filter(isRestriction));
    const examples = parts.filter((part) => !isRestriction(part)).map((part) => this.of(part, depth + 1));
    if (examples.length === 0) return this.#plain(own, depth);
    if (!examples.every(isObject)) return examples[0];
    return Object.assign({}, schema.properties === undefined ? {} : this.#plain(own, depth), ...examples);
  }

  #plain(schema: Schema, depth: number): unknown {
    // Null comes last: it says least.
    const types = typesOf(schema).sort((a, b) => Number(a === 'null') - Number(b === 'null'));
    const [type] = choose(types, depth, (one) => this.#heights.ofType(schema, one));
    if (type === 'object') return this.#object(schema, depth);
    if (type === 'array') return this.#array(schema, depth);
    if (type === 'number' || type === 'integer') return numberExample(schema);
    if (type === 'boolean') return true;
    return type === 'null' ? null : textExample(schema);
  }

  #object({ properties, required }: Schema, depth: number): Schema {
    const needed = listOf(required);
    const entries = Object.entries(isObject(properties) ? properties : {});
    const kept = entries.filter(
      ([name, part]) => needed.includes(name) || (depth <= DEEP && this.isFinite(part)),
    );
    return Object.fromEntries(kept.map(([name, part]) => [name, this.of(part, depth + 1)]));
  }

  #array(schema: Schema, depth: number): unknown[] {
    const { first, rest } = itemsOf(schema);
    const needed = Math.min(Number(schema.minItems) || 0, Math.max(10, first.length));
    const places = [
      ...first,
      ...(rest === undefined ? [] : Array(Math.max(0, needed - first.length)).fill(rest)),
    ];
    const wanted = places.length === 0 && rest !== undefined ? [rest] : places;
    const end = wanted.findIndex((part, place) => place >= needed && (depth > DEEP || !this.isFinite(part)));
    return wanted.slice(0, end === -1 ? undefined : end).map((part) => this.of(part, depth + 1));
  }
}

/** Without what only other alternatives require, because `oneOf` allows no second one to hold. */
function withoutOthers(schema: Schema, [chosen]: readonly unknown[]): Schema {
  const others = listOf(schema.oneOf).filter((one) => isRestriction(one) && one !== chosen);
  if (!isObject(schema.properties) || !isRestriction(chosen) || others.length === 0) return schema;
  const needed = [schema, chosen].flatMap(({ required }) => listOf(required));
  const unwanted = others
    .flatMap((one) => (isObject(one) ? listOf(one.required) : []))
    .filter((name) => !needed.includes(name));
  const properties = Object.entries(schema.properties).filter(([name]) => !unwanted.includes(name));
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** The first of some alternatives that has an end, or deep down the one with the nearest. None has one: none. */
function choose<T>(alternatives: readonly T[], depth: number, height: (one: T) => number): T[] {
  const finite = alternatives.filter((one) => Number.isFinite(height(one)));
  const nearest = Math.min(...finite.map(height));
  return finite.filter((one) => depth <= DEEP || height(one) === nearest).slice(0, 1);
}

function numberExample({ minimum, exclusiveMinimum, maximum }: Schema): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1;
  return typeof maximum === 'number' && maximum < 1 ? maximum : 1;
}

const FORMATS: Record<string, string> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '55555555-0000-4000-8000-000000000005',
};

function textExample({ format, minLength, maxLength }: Schema): string {
  const text = FORMATS[String(format)] ?? 'text';
  return text
    .padEnd(Number(minLength) || 0, 'x')
    .slice(0, typeof maxLength === 'number' ? maxLength : undefined);
}
