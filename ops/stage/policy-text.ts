/** Parts of a policy as it is written: a list or a single value, and patterns. */

export const listOf = (value: unknown): unknown[] => (value === undefined ? [] : [value].flat());

export const textsOf = (value: unknown): string[] => listOf(value).filter((one) => typeof one === 'string');

/** `*` and `?` as in a policy; what else may stand in a pattern, such as `${aws:…}`, is like anything. */
export function isLike(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/\$\{[^}]*\}/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(text);
}
