import { parseExact } from '../../lambda/json/parse.ts';
import { writeJson } from '../../lambda/json/write.ts';
import type { Kept } from './kept.ts';

/**
 * A map whose entries outlive the process, in the order in which they came. A value that is changed in place has to be set
 * again.
 * @typeParam V JSON
 */
export class KeptMap<V> extends Map<string, V> {
  readonly #kept: Kept | undefined;
  readonly #kind: string;

  /** @param kept undefined: an ordinary map */
  constructor(kept: Kept | undefined, kind: string) {
    super();
    // What is read here has been written below.
    for (const [key, value] of kept?.all(kind) ?? []) super.set(key, parseExact(value) as V);
    this.#kept = kept;
    this.#kind = kind;
  }

  override set(key: string, value: V): this {
    this.#kept?.put(this.#kind, key, writeJson(value));
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#kept?.remove(this.#kind, key);
    return super.delete(key);
  }
}
