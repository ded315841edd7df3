import type { Grammar } from './grammar.ts';
import { FILE, functionName, wordsFunction } from './words.ts';

/** fish, as a file in conf.d. Its suggestions after `npx` appear beside those of other completions. */
export function fishScript(grammar: Grammar): string {
  const { name } = grammar;
  const words = functionName(grammar);
  const own = `_${words}`;
  return `# ${name} completion for fish
function ${own}_before
    # The words after the command's name; fails if this is a call of something else.
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
    set -l option (string match -r -- '^--[a-z-]+(?==)' (commandline -ct))
    set -l prefix (string replace -r '$' = -- $option)
    set -l found (command sh -c '${wordsFunction(grammar)}${words}_words "$@"' sh (${own}_before) $option)
    if test "$found" = ${FILE}
        __fish_complete_path (string replace -- "$prefix" '' (commandline -ct))
    else if test -n "$found"
        printf '%s\\n' "$prefix"(string split ' ' -- $found)
    end
end
complete -c ${name} -f -a '(${own}_words)'
complete -c npx -n '${own}_before >/dev/null' -f -a '(${own}_words)'
`;
}
