/** DynamoDB refuses larger items, their attribute names included. */
const LARGEST_ITEM = 400 * 1024;

/** A value cannot be stored as an attribute, or the item is too large; DynamoDB or its marshaller refuses it. */
export class NotStorableError extends Error {
  override name = 'NotStorableError';
}

/**
 * A copy of an item as it comes back from the table: nothing in it is shared, and undefined attributes are gone.
 *
 * @throws NotStorableError
 */
export function stored<T extends object>(item: T): T {
  const sum = { bytes: 0 };
  const copy = copied(item, sum);
  if (sum.bytes > LARGEST_ITEM) throw new NotStorableError(`an item of ${sum.bytes} bytes`);
  return copy;
}

/** A copy of something that is in the table. */
export const handedOut = <T extends object>(item: T): T => copied(item, { bytes: 0 });

// What goes in comes out with the same type.
function copied<T>(value: T, sum: { bytes: number }): T {
  switch (typeof value) {
    case 'string':
      // Close enough: an overestimate for nothing but ASCII, which ids and JSON mostly are.
      sum.bytes += value.length;
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new NotStorableError(`the number ${value}`);
      sum.bytes += 8;
      return value;
    case 'boolean':
      sum.bytes += 1;
      return value;
    case 'object':
      if (value === null) return value;
      return copiedObject(value, sum) as T;
    default:
      throw new NotStorableError(`a ${typeof value}`);
  }
}

function copiedObject(value: object, sum: { bytes: number }): object {
  if (value instanceof Uint8Array) {
    sum.bytes += value.byteLength;
    return new Uint8Array(value);
  }
  sum.bytes += 3;
  if (Array.isArray(value)) return value.map((entry) => copied(entry ?? null, sum));
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new NotStorableError('an instance of a class');
  const copy: Record<string, unknown> = {};
  // Faster than its entries; there is nothing but its own properties.
  for (const name in value) {
    const entry: unknown = Reflect.get(value, name);
    if (entry === undefined) continue;
    sum.bytes += name.length + 1;
    copy[name] = copied(entry, sum);
  }
  return copy;
}
