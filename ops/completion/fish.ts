import type { Grammar } from './grammar.ts';
import { functionName } from './words.ts';

const ownOf = (grammar: Grammar): string => `_${functionName(grammar)}`;
const indented = (spaces: number, lines: readonly string[]): string => lines.join(`\n${' '.repeat(spaces)}`);

/** fish, as a file in conf.d. Its suggestions after `npx` appear beside those of other completions. */
export function fishScript(grammar: Grammar): string {
  const { name } = grammar;
  const own = ownOf(grammar);
  return `# ${name} completion for fish
${beforeFunction(grammar)}function ${own}_words
${readPlace(grammar)}${suggestions(grammar)}end
complete -c ${name} -f -a '(${own}_words)'
complete -c npx -n '${own}_before >/dev/null' -f -a '(${own}_words)'
`;
}

/** The shell function that prints the words after the command's name. */
function beforeFunction(grammar: Grammar): string {
  const { name } = grammar;
  const own = ownOf(grammar);
  return `function ${own}_before
    # The words after our name; fails where this is a call of something else.
    set -l words (commandline -opc)
    set -l first (string replace -r '.*/' '' -- "$words[1]")
    set -e words[1]
    if test "$first" = npx
        while string match -q -- '-*' "$words[1]"
            set -e words[1]
        end
        test "$words[1]" = ${name}; or return 1
        set -e words[1]
    end
    test (count $words) -eq 0; or printf '%s\\n' $words
end
`;
}

/** Finds the verb that the words name, and the option before the cursor. */
function readPlace(grammar: Grammar): string {
  const { places, listed, files, free } = grammar;
  const own = ownOf(grammar);
  const valued = [...listed.keys(), ...files, ...free];
  const paths = places.map(({ path }) => path).filter(Boolean);
  return `    set -l place
    set -l previous
    for word in (${own}_before)
        if contains -- "$previous" ${valued.join(' ')}
            set previous
            continue
        end
        set previous $word
        set -l longer (string join ' ' -- $place $word)
        if contains -- "$longer" ${paths.map((path) => `'${path}'`).join(' ')}
            set place $longer
        end
    end
`;
}

/** Prints what may stand there. */
function suggestions({ places, listed, files, free }: Grammar): string {
  return `    set -l prefix (string match -r -- '^--[a-z-]+=' (commandline -ct))
    test -z "$prefix"; or set previous (string trim -r -c = -- $prefix)
    switch "$previous"
        ${indented(
          8,
          [...listed].flatMap(([option, values]) => [
            `case ${option}`,
            `    printf '%s\\n' "$prefix"{${values.join(',')}}`,
            '    return',
          ]),
        )}
        case ${files.join(' ')}
            __fish_complete_path (string replace -- "$prefix" '' (commandline -ct))
            return
        case ${free.join(' ')}
            return
    end
    switch "$place"
        ${indented(
          8,
          places.flatMap(({ path, words }) => [`case '${path}'`, `    printf '%s\\n' ${words.join(' ')}`]),
        )}
    end
`;
}
