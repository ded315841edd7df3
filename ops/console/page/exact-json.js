/** JSON of payloads: a number of this page would lose digits, so long ones stand for themselves. */

/** A double keeps 15 digits. */
const MAY_BE_CHANGED = /[\d.]{16}|e/i;

/**
 * @param {string} text @returns {any} long numbers are objects that `JSON.stringify` writes as they were
 * @throws Error for what is not JSON, for a depth that the browser gives up on, and in browsers from before 2025
 */
export function parse(text) {
  const rawJson = Reflect.get(JSON, 'rawJSON');
  /** @param {string} _key @param {unknown} value @param {{ source?: string }} [context] */
  const exact = (_key, value, { source } = {}) =>
    typeof value === 'number' && (source === undefined || MAY_BE_CHANGED.test(source))
      ? rawJson(source)
      : value;
  return JSON.parse(text, exact);
}

/** Indents a text; one that cannot be read is left as it is. @param {string} text */
export function indent(text) {
  try {
    return JSON.stringify(parse(text), null, 2);
  } catch {
    return text;
  }
}
