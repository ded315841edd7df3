import { FILE, functionName, type Grammar, wordsFunction } from './grammar.ts';

/**
 * bash, from 3.2 on. After `npx` it completes if this command is the next word; everything else is passed to the
 * function that completed `npx` before. If `npx` is completed without a function, it is left alone.
 */
export const bashScript = (grammar: Grammar): string => ownPart(grammar) + npxPart(grammar);

function ownPart(grammar: Grammar): string {
  const own = functionName(grammar);
  return `# ${grammar.name} completion for bash
${wordsFunction(grammar)}
${own}_after() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" i IFS=$' \\t\\n'
  local -a before=()
  # bash takes --stage=dev apart.
  for ((i = $1 + 1; i < COMP_CWORD; i++)); do
    [[ "\${COMP_WORDS[i]}" == "=" ]] || before+=("\${COMP_WORDS[i]}")
  done
  [[ "$current" == "=" ]] && current=""
  words="$(${own}_words "\${before[@]}")"
  if [[ "$words" == "${FILE}" ]]; then
    IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
${own}() {
  ${own}_after 0
}
`;
}

function npxPart(grammar: Grammar): string {
  const own = functionName(grammar);
  return `${own}_npx() {
  local at=1
  while ((at < COMP_CWORD)) && [[ "\${COMP_WORDS[at]}" == -* ]]; do ((at++)); done
  if ((at < COMP_CWORD)) && [[ "\${COMP_WORDS[at]}" == "${grammar.name}" ]]; then
    ${own}_after "$at"
  elif [[ -n "\${${own}_npx_before:-}" ]]; then
    "$${own}_npx_before" "$@"
  fi
}
${own}_npx_now="$(complete -p npx 2>/dev/null)"
if [[ -z "$${own}_npx_now" ]]; then
  complete -o bashdefault -o default -F ${own}_npx npx
elif [[ "$${own}_npx_now" =~ \\ -F\\ ([^\\ ]+)\\  && "\${BASH_REMATCH[1]}" != "${own}_npx" ]]; then
  ${own}_npx_before="\${BASH_REMATCH[1]}"
  eval "\${${own}_npx_now/ -F $${own}_npx_before / -F ${own}_npx }"
fi
unset ${own}_npx_now
complete -F ${own} ${grammar.name}
`;
}

/**
 * zsh, to be sourced by ~/.zshrc. After `npx` it completes if this command is the next word; everything else is passed
 * to what completed `npx` before. As a file in `fpath` it completes the bare name only: zsh loads it for no other.
 */
export function zshScript(grammar: Grammar): string {
  const { name } = grammar;
  const own = functionName(grammar);
  return `#compdef ${name}
${wordsFunction(grammar)}
${own}_after() {
  local -a before
  before=("\${(@)words[$1 + 1,CURRENT - 1]}")
  # --stage=dev is one word here.
  if compset -P '--*='; then before+=("\${IPREFIX%=}"); fi
  local candidates="$(${own}_words "\${before[@]}")"
  if [[ "$candidates" == "${FILE}" ]]; then
    _files
  else
    compadd -- \${=candidates}
  fi
}
${own}() {
  ${own}_after 1
}
${own}_npx() {
  local at=2
  while ((at < CURRENT)) && [[ "\${words[at]}" == -* ]]; do ((at++)); done
  if ((at < CURRENT)) && [[ "\${words[at]}" == "${name}" ]]; then
    ${own}_after $at
  else
    \${${own}_npx_before:-_default}
  fi
}
if [[ "\${funcstack[1]}" == "_${name}" ]]; then
  ${own}
else
  (($+functions[compdef])) || { autoload -Uz compinit && compinit; }
  [[ "\${_comps[npx]}" == "${own}_npx" ]] || ${own}_npx_before="\${_comps[npx]}"
  compdef ${own} ${name}
  compdef ${own}_npx npx
fi
`;
}

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
