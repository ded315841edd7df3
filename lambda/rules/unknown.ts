/** What a text contains that is made of a value which is not known. */
const MARK = '\u0000unknown\u0000';

export const isKnown = (text: unknown): text is string => typeof text === 'string' && !text.includes(MARK);

/** More looks at what is not known are a loop that only a real value ends. */
const MOST_LOOKS = 10_000;

/** Rules look at an unknown value without end. */
export class EndlessLoopError extends Error {
  override name = 'EndlessLoopError';
}

/**
 * An object of which only some fields are known. Every other one is a value that can be read, called, listed and written in a
 * text, with a result that is not known either: so a rule can be asked before there is an event.
 */
export function partlyKnown(fields: object): unknown {
  let looks = 0;
  const unknown: unknown = new Proxy(() => undefined, {
    get(_, field) {
      looks += 1;
      if (looks > MOST_LOOKS) throw new EndlessLoopError('it looks at an unknown value without end');
      return Object.hasOwn(SHAPE, field) ? SHAPE[field] : unknown;
    },
    apply: () => unknown,
    construct: () => unknown as object,
    ownKeys: () => [],
  });
  return new Proxy(fields, {
    get: (_, field) => (Object.hasOwn(fields, field) ? Reflect.get(fields, field) : unknown),
  });
}

/** How such a value takes part in texts, numbers, JSON and lists. */
const SHAPE: Readonly<Record<PropertyKey, unknown>> = {
  [Symbol.toPrimitive]: (hint: string) => (hint === 'number' ? Number.NaN : MARK),
  [Symbol.iterator]: () => [][Symbol.iterator](),
  toString: () => MARK,
  toJSON: () => MARK,
};
