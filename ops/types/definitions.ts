import { at, decoded, type Schema } from './parts.ts';

/** Where the definitions of a schema are for the library. */
const DEFINITIONS = 'definitions';

/** What the references of a schema lead to, wherever that is: for the library, each is a definition with a name. */
export class Definitions {
  readonly #root: Schema;
  readonly #names = new Map<unknown, string>();

  constructor(root: Schema) {
    this.#root = root;
  }

  /** A reference to what a reference within the schema names. */
  refer(reference: string): Schema {
    const target = at(this.#root, reference);
    if (target === this.#root) return { $ref: '#' };
    const name = this.#names.get(target) ?? this.#newName(reference);
    this.#names.set(target, name);
    const step = name.replaceAll('~', '~0').replaceAll('/', '~1');
    return { $ref: `#/${DEFINITIONS}/${encodeURIComponent(step)}` };
  }

  /** All that has been referred to by then, and what that refers to. */
  complete(prepare: (part: unknown) => Schema): Schema {
    const definitions: Schema = {};
    // The map grows while its entries are prepared.
    for (const [part, name] of this.#names) definitions[name] = prepare(part);
    return this.#names.size === 0 ? {} : { [DEFINITIONS]: definitions };
  }

  /** The last word of the reference; of those that would be equal, with a number. */
  #newName(reference: string): string {
    const last = decoded(reference)?.split(/[#/]/).at(-1) ?? '';
    const base = last.replaceAll('~1', '/').replaceAll('~0', '~') || 'Part';
    const taken = [...this.#names.values()];
    let free = base;
    for (let next = 2; taken.includes(free); next += 1) free = `${base}${next}`;
    return free;
  }
}
