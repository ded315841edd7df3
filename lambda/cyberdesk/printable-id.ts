/** Ids become part of keys and paths: they are limited in length, and to characters that a log line can show. */
export const PRINTABLE_ID = /^[\x21-\x7e]{1,128}$/;

/** Whether a value may serve as an id. */
export const isPrintableId = (value: unknown): value is string =>
  typeof value === 'string' && PRINTABLE_ID.test(value);

const UUID = /^(?:urn:uuid:)?\{?([\da-f]{8}(?:-?[\da-f]{4}){4}[\da-f]{8})\}?$/i;

/** Whether a value is a UUID: also in braces, without dashes, or after `urn:uuid:`. */
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/**
 * Whether two ids are the same. Ids of Cyberdesk are UUIDs, which a person may have written in capitals, and an API may write
 * without dashes or in braces. Neither a server nor a rule in plain JavaScript is sure to give a text.
 */
export const isSameId = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string' && bare(a) === bare(b);

const bare = (id: string): string => (UUID.exec(id)?.[1]?.replaceAll('-', '') ?? id).toLowerCase();
