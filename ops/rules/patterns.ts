/** What Python has and JavaScript writes otherwise; all else that follows a backslash stays as it is. */
const ESCAPES: Readonly<Record<string, string>> = { '\\A': '^', '\\Z': '$' };

/** Python has the flag at the beginning of a pattern. */
const IGNORE_CASE = /^\(\?i\)([\s\S]*)$/;

const asJavaScript = (pattern: string): string =>
  pattern
    .replaceAll(/\\[\s\S]/g, (pair) => ESCAPES[pair] ?? pair)
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>');

/**
 * The pattern of a schema. Cyberdesk reads schemas in Python, where any punctuation may follow a backslash; with the flag
 * that a schema's patterns have in JavaScript, it may not.
 *
 * @throws SyntaxError
 */
function patternOf(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    const [, rest = pattern] = IGNORE_CASE.exec(pattern) ?? [];
    return new RegExp(asJavaScript(rest), rest === pattern ? '' : 'i');
  }
}

/** For `ajv`, which asks for the code of the function as well, for bundles that nothing here makes. */
export const patterns = Object.assign(patternOf, { code: 'patternOf' });
