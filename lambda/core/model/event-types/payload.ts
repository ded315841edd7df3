/** Ids become part of keys and paths: they are limited in length, and to characters that a log line can show. */
export const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;

export type Payload = Record<string, unknown>;

export const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asObject = (value: unknown): Payload => (isObject(value) ? value : {});

/** A value that may serve as an id. */
export const printable = (value: unknown): string | undefined =>
  typeof value === 'string' && PRINTABLE_ID.test(value) ? value : undefined;
