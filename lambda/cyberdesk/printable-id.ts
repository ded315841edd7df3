/** Ids become part of keys and paths: they are limited in length, and to characters that a log line can show. */
export const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;

/** Whether a value may serve as an id. */
export const isPrintableId = (value: unknown): value is string =>
  typeof value === 'string' && PRINTABLE_ID.test(value);

/**
 * Whether two ids are the same. Ids of Cyberdesk are UUIDs, which a person may have written in capitals; the API shows them in
 * small letters. Neither a server nor a rule in plain JavaScript is sure to give a text.
 */
export const isSameId = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
