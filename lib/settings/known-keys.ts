import type * as v from 'valibot';

/** The keys that a schema knows of the object at this path; none if it is no object with certain keys. */
export function knownKeys(schema: v.GenericSchema, path: readonly string[]): string[] {
  const at = path.reduce<unknown>((outer, key) => partOf(outer, key), schema);
  return Object.keys(fieldOf(required(at), 'entries') ?? {});
}

function partOf(schema: unknown, key: string): unknown {
  const outer = required(schema);
  const entries = fieldOf(outer, 'entries');
  // All values of a record have one schema.
  return entries === undefined ? fieldOf(outer, 'value') : fieldOf(entries, key);
}

/** The schema of a value that may be left out, or that comes after other checks. */
function required(schema: unknown): unknown {
  const wrapped = fieldOf(schema, 'wrapped') ?? schema;
  const pipe = fieldOf(wrapped, 'pipe');
  const record = Array.isArray(pipe) ? pipe.find((part) => fieldOf(part, 'value') !== undefined) : undefined;
  return record ?? wrapped;
}

const fieldOf = (value: unknown, field: string): object | undefined => {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  return typeof found === 'object' && found !== null ? found : undefined;
};
