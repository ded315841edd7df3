/** A DynamoDB attribute value in the JSON protocol; binary is base64 text there. */
export type JsonAttribute = Readonly<Record<string, unknown>>;

/** An item of the JSON protocol as plain values; binary becomes bytes, numbers become numbers. */
export function plainItem(item: Readonly<Record<string, JsonAttribute>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));
}

function plain(attribute: JsonAttribute): unknown {
  const [[type, value] = []] = Object.entries(attribute);
  switch (type) {
    case 'N':
      return Number(value);
    case 'B':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'NULL':
      return null;
    case 'L':
      return (value as JsonAttribute[]).map(plain);
    case 'M':
      return plainItem(value as Record<string, JsonAttribute>);
    case 'NS':
      return new Set((value as string[]).map(Number));
    case 'SS':
      return new Set(value as string[]);
    case 'BS':
      return new Set((value as string[]).map((text) => new Uint8Array(Buffer.from(text, 'base64'))));
    default:
      return value;
  }
}
