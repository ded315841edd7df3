import type { Grammar } from './grammar.ts';
import { FILE, functionName, wordsFunction } from './words.ts';

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
