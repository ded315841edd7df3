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
  ofType({ properties, required, items, minItems }: Schema, type: unknown): number {
    if (type === 'object') {
      const needed = listOf(required).map(String);
      return 1 + this.#most(Object.entries(objectOf(properties)).filter(([name]) => needed.includes(name)));
    }
    if (type === 'array' && Number(minItems) > 0) return 1 + this.of(Array.isArray(items) ? items[0] : items);
    return 0;
  }

  #most(parts: readonly [string, unknown][]): number {
    return Math.max(0, ...parts.map(([, part]) => this.of(part)));
  }

  #measure(part: Schema): number {
    if (typeof part.$ref === 'string') return 1 + this.of(at(this.#root, part.$ref));
    if (givenIn(part) !== undefined) return 0;
    const variants = variantsOf(part).map((one) => this.of(one));
    const combined = [
      ...listOf(part.allOf).map((one) => this.of(one)),
      ...(variants.length > 0 ? [Math.min(...variants)] : []),
    ];
    const plain = Math.min(...typesOf(part).map((type) => this.ofType(part, type)));
    if (combined.length === 0) return plain;
    return 1 + Math.max(...combined, part.properties === undefined ? 0 : plain);
  }

  /** All parts that an example may be made of, those with the shortest ways to an end first. */
  #reachable(): Schema[] {
    const found = new Set([this.#root]);
    // The set grows while it is walked.
    for (const part of found) {
      const target = typeof part.$ref === 'string' ? [at(this.#root, part.$ref)] : [];
      const values = Object.values(objectOf(part.properties));
      const parts = [...target, ...variantsOf(part), ...listOf(part.allOf), ...values, part.items];
      for (const one of parts.flat()) if (isObject(one)) found.add(one);
    }
    return [...found].reverse();
  }
}

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const objectOf = (value: unknown): Schema => (isObject(value) ? value : {});

export const variantsOf = ({ anyOf, oneOf }: Schema): unknown[] => [...listOf(anyOf), ...listOf(oneOf)];

/** The types of a part, if need be by keywords that schemas without a type are written for. */
export function typesOf({ type, properties, items }: Schema): unknown[] {
  if (type !== undefined) return [type].flat();
  if (properties !== undefined) return ['object'];
  return [items === undefined ? 'string' : 'array'];
}

/** A value that a part names itself. */
export function givenIn({ examples, default: byDefault, const: fixed, enum: values }: Schema) {
  for (const list of [fixed === undefined ? [] : [fixed], examples, values])
    if (Array.isArray(list) && list.length > 0) return { value: list[0] };
  return byDefault === undefined ? undefined : { value: byDefault };
}
