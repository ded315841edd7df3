/** Properties of a resource, or of a part of one, whose shape CloudFormation documents. */
export type Properties = Readonly<Record<string, unknown>>;

/** A value as an object; empty when it is missing or something else. */
export const record = (value: unknown): Properties =>
  value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value)) : {};

/** A value as a list; empty when it is missing. */
export const list = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat());

export const records = (value: unknown): Properties[] => list(value).map(record);

export const optionalText = (value: unknown): string | undefined =>
  value === undefined ? undefined : String(value);
