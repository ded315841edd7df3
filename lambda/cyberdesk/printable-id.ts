/** Ids become part of keys and paths: they are limited in length, and to characters that a log line can show. */
export const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;

/** Whether a value may serve as an id. */
export const isPrintableId = (value: unknown): value is string =>
  typeof value === 'string' && PRINTABLE_ID.test(value);
