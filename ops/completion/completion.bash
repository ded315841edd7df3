# cyberdesk-webhooks completion for bash
# WORDS

_cyberdesk_webhooks_after() {
  local current="${COMP_WORDS[COMP_CWORD]}" words="" i IFS=$' \t\n'
  local -a before=()
  # bash takes --stage=dev apart.
  for ((i = $1 + 1; i < COMP_CWORD; i++)); do
    [[ "${COMP_WORDS[i]}" == "=" ]] || before+=("${COMP_WORDS[i]}")
  done
  [[ "$current" == "=" ]] && current=""
  words="$(_cyberdesk_webhooks_words "${before[@]}")"
  if [[ "$words" == ":file:" ]]; then
    IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
_cyberdesk_webhooks() {
  _cyberdesk_webhooks_after 0
}
_cyberdesk_webhooks_npx() {
  local at=1
  while ((at < COMP_CWORD)) && [[ "${COMP_WORDS[at]}" == -* ]]; do ((at++)); done
  if ((at < COMP_CWORD)) && [[ "${COMP_WORDS[at]}" == "cyberdesk-webhooks" ]]; then
    _cyberdesk_webhooks_after "$at"
  elif [[ -n "${_cyberdesk_webhooks_npx_before:-}" ]]; then
    "$_cyberdesk_webhooks_npx_before" "$@"
  fi
}
_cyberdesk_webhooks_npx_now="$(complete -p npx 2>/dev/null)"
if [[ -z "$_cyberdesk_webhooks_npx_now" ]]; then
  complete -o bashdefault -o default -F _cyberdesk_webhooks_npx npx
elif [[ "$_cyberdesk_webhooks_npx_now" =~ \ -F\ ([^\ ]+)\  && "${BASH_REMATCH[1]}" != "_cyberdesk_webhooks_npx" ]]; then
  _cyberdesk_webhooks_npx_before="${BASH_REMATCH[1]}"
  eval "${_cyberdesk_webhooks_npx_now/ -F $_cyberdesk_webhooks_npx_before / -F _cyberdesk_webhooks_npx }"
fi
unset _cyberdesk_webhooks_npx_now
complete -F _cyberdesk_webhooks cyberdesk-webhooks
