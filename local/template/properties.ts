/** Properties of a resource, or of a part of one, whose shape CloudFormation documents. */
export type Properties = Readonly<Record<string, unknown>>;

/** A value as an object; empty when it is missing or something else. */
export function record(value: unknown): Properties {
  return value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {};
}

/** A value as a list; empty when it is missing. */
export function list(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}

export function records(value: unknown): Properties[] {
  return list(value).map(record);
}

export function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}
