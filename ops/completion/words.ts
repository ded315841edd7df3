import type { Grammar } from './grammar.ts';

/** Means "a file" in place of candidates. */
export const FILE = ':file:';

export const functionName = ({ name }: Grammar): string => `_${name.replaceAll('-', '_')}`;

/**
 * The shell function that prints what may follow the words it is given, for bash and zsh alike. Its variable is not
 * called `path`: in zsh that is PATH.
 */
export function wordsFunction(grammar: Grammar): string {
  const { places, listed, files, free } = grammar;
  const paths = places.map(({ path }) => path).filter(Boolean);
  const valued = [...listed.keys(), ...files, ...free];
  return `${functionName(grammar)}_words() {
  local place="" previous="" word
  for word in "$@"; do
    case "$previous" in
      ${valued.join('|')}) previous=""; continue ;;
    esac
    previous="$word"
    case "\${place:+$place }$word" in
      ${paths.map((path) => `"${path}"`).join('|')}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$previous" in
${[...listed].map(([option, values]) => `    ${option}) echo "${values.join(' ')}"; return ;;`).join('\n')}
    ${files.join('|')}) echo "${FILE}"; return ;;
    ${free.join('|')}) return ;;
  esac
  case "$place" in
${places.map(({ path, words }) => `    "${path}") echo "${words.join(' ')}" ;;`).join('\n')}
  esac
}
`;
}
