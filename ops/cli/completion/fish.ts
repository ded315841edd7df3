import type { Grammar } from './grammar.ts';
import { functionName } from './words.ts';

/** fish, as a file of conf.d. What it offers after `npx` comes beside what others offer there. */
export function fishScript(grammar: Grammar): string {
  const { name, places, listed, files, free } = grammar;
  const own = `_${functionName(grammar)}`;
  const valued = [...listed.keys(), ...files, ...free];
  const paths = places.map(({ path }) => path).filter(Boolean);
  const lines = (indent: string, entries: readonly string[]) => entries.join(`\n${indent}`);
  return `# ${name} completion for fish
function ${own}_before
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
function ${own}_words
    set -l place
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
    set -l prefix (string match -r -- '^--[a-z-]+=' (commandline -ct))
    test -z "$prefix"; or set previous (string trim -r -c = -- $prefix)
    switch "$previous"
        ${lines(
          '        ',
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
        ${lines(
          '        ',
          places.flatMap(({ path, words }) => [`case '${path}'`, `    printf '%s\\n' ${words.join(' ')}`]),
        )}
    end
end
complete -c ${name} -f -a '(${own}_words)'
complete -c npx -n '${own}_before >/dev/null' -f -a '(${own}_words)'
`;
}
