import { isObject } from '../json.ts';
import { at, type Schema } from './parts.ts';

/**
 * How deep the flattest value is that each part of a schema describes; infinite if each value would contain another
 * without an end.
 */
export class Heights {
  readonly #root: Schema;
  readonly #heights = new Map<Schema, number>();

  constructor(root: Schema) {
    this.#root = root;
    const parts = this.#reachable();
    // Each round knows the heights of what is one step further from its end.
    for (let isKnown = false; !isKnown; ) {
      isKnown = true;
      for (const part of parts) {
        const height = this.#measure(part);
        if (height === this.of(part)) continue;
        this.#heights.set(part, height);
        isKnown = false;
      }
    }
  }

  of(part: unknown): number {
    return isObject(part) ? (this.#heights.get(part) ?? Number.POSITIVE_INFINITY) : 0;
  }

  /** Of the values of one of its types. */
  ofType(schema: Schema, type: unknown): number {
    if (type === 'object') {
      const needed = listOf(schema.required).map(String);
      const parts = Object.entries(objectOf(schema.properties)).filter(([name]) => needed.includes(name));
      return 1 + this.#most(parts.map(([, part]) => part));
    }
    const needed = Number(schema.minItems) || 0;
    if (type !== 'array' || needed === 0) return 0;
    const { first, rest } = itemsOf(schema);
    return 1 + this.#most(needed > first.length ? [...first, rest] : first.slice(0, needed));
  }

  /** Of the values that one of its alternatives describes. */
  ofVariant(schema: Schema, variant: unknown): number {
    return isRestriction(variant) ? this.#plain(restricted(schema, [variant])) : this.of(variant);
  }

  #most(parts: readonly unknown[]): number {
    return Math.max(0, ...parts.map((part) => this.of(part)));
  }

  #plain(part: Schema): number {
    return Math.min(...typesOf(part).map((type) => this.ofType(part, type)));
  }

  #measure(part: Schema): number {
    if (typeof part.$ref === 'string') return 1 + this.of(at(this.#root, part.$ref));
    if (givenIn(part) !== undefined) return 0;
    const own = restricted(part, listOf(part.allOf).filter(isRestriction));
    const variants = variantsOf(part).map((one) => this.ofVariant(own, one));
    const combined = [
      ...listOf(part.allOf)
        .filter((one) => !isRestriction(one))
        .map((one) => this.of(one)),
      ...(variants.length > 0 ? [Math.min(...variants)] : []),
    ];
    if (combined.length === 0) return this.#plain(own);
    return 1 + Math.max(...combined, part.properties === undefined ? 0 : this.#plain(own));
  }

  /** All parts that an example may be made of, those with the shortest ways to an end first. */
  #reachable(): Schema[] {
    const found = new Set([this.#root]);
    // The set grows while it is walked.
    for (const part of found) {
      const target = typeof part.$ref === 'string' ? [at(this.#root, part.$ref)] : [];
      const values = Object.values(objectOf(part.properties));
      const lists = [part.items, part.prefixItems, part.additionalItems].flat();
      for (const one of [...target, ...variantsOf(part), ...listOf(part.allOf), ...values, ...lists])
        if (isObject(one)) found.add(one);
    }
    return [...found].reverse();
  }
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const objectOf = (value: unknown): Schema => (isObject(value) ? value : {});

/** The items of a list by their place, and what all after them are; undefined if there may be no more. */
export function itemsOf({ items, prefixItems, additionalItems }: Schema): {
  first: unknown[];
  rest: unknown;
} {
  // Until draft 2019-09, `items` itself was the list of the first ones.
  const [first, rest] = Array.isArray(items) ? [items, additionalItems] : [listOf(prefixItems), items];
  return { first, rest: rest === false ? undefined : (rest ?? true) };
}

/** What a part needs to describe a value by itself; with less, it restricts the values of the part that contains it. */
const DESCRIBES = ['$ref', 'type', 'properties', 'items', 'prefixItems', 'anyOf', 'oneOf', 'allOf'] as const;

/** Whether a part describes no value by itself, such as `{ required: ['id'] }` in an `anyOf`. */
export const isRestriction = (part: unknown): part is Schema =>
  isObject(part) && DESCRIBES.every((keyword) => part[keyword] === undefined) && givenIn(part) === undefined;

/** A part with restrictions in it as keywords of its own. */
export const restricted = (part: Schema, restrictions: readonly Schema[]): Schema => ({
  ...part,
  ...Object.assign({}, ...restrictions),
  required: [part, ...restrictions].flatMap(({ required }) => listOf(required)),
});

export const variantsOf = ({ anyOf, oneOf }: Schema): unknown[] => [...listOf(anyOf), ...listOf(oneOf)];

/** The types of a part, if need be by keywords that schemas without a type are written for. */
export function typesOf({ type, properties, items, prefixItems }: Schema): unknown[] {
  if (type !== undefined) return [type].flat();
  if (properties !== undefined) return ['object'];
  return [(items ?? prefixItems) === undefined ? 'string' : 'array'];
}

/** A value that a part names itself. */
export function givenIn({ examples, default: byDefault, const: fixed, enum: values }: Schema) {
  for (const list of [fixed === undefined ? [] : [fixed], examples, values])
    if (Array.isArray(list) && list.length > 0) return { value: list[0] };
  return byDefault === undefined ? undefined : { value: byDefault };
}
