#compdef cyberdesk-webhooks
# WORDS

_cyberdesk_webhooks_after() {
  local -a before
  before=("${(@)words[$1 + 1,CURRENT - 1]}")
  # --stage=dev is one word here.
  if compset -P '--*='; then before+=("${IPREFIX%=}"); fi
  local candidates="$(_cyberdesk_webhooks_words "${before[@]}")"
  if [[ "$candidates" == ":file:" ]]; then
    _files
  else
    compadd -- ${=candidates}
  fi
}
_cyberdesk_webhooks() {
  _cyberdesk_webhooks_after 1
}
_cyberdesk_webhooks_npx() {
  local at=2
  while ((at < CURRENT)) && [[ "${words[at]}" == -* ]]; do ((at++)); done
  if ((at < CURRENT)) && [[ "${words[at]}" == "cyberdesk-webhooks" ]]; then
    _cyberdesk_webhooks_after $at
  else
    ${_cyberdesk_webhooks_npx_before:-_default}
  fi
}
if [[ "${funcstack[1]}" == "_cyberdesk-webhooks" ]]; then
  _cyberdesk_webhooks
else
  (($+functions[compdef])) || { autoload -Uz compinit && compinit; }
  [[ "${_comps[npx]}" == "_cyberdesk_webhooks_npx" ]] || _cyberdesk_webhooks_npx_before="${_comps[npx]}"
  compdef _cyberdesk_webhooks cyberdesk-webhooks
  compdef _cyberdesk_webhooks_npx npx
fi
