import type { Grammar } from './grammar.ts';
import { FILE, functionName, wordsFunction } from './words.ts';

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
