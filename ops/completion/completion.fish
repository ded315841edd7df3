# cyberdesk-webhooks completion for fish
function __cyberdesk_webhooks_before
    # The words after the command's name; fails if this is a call of something else.
    set -l words (commandline -opc)
    set -l first (string replace -r '.*/' '' -- "$words[1]")
    set -e words[1]
    if test "$first" = npx
        while string match -q -- '-*' "$words[1]"
            set -e words[1]
        end
        test "$words[1]" = cyberdesk-webhooks; or return 1
        set -e words[1]
    end
    test (count $words) -eq 0; or printf '%s\n' $words
end
function __cyberdesk_webhooks_words
    set -l option (string match -r -- '^--[a-z-]+(?==)' (commandline -ct))
    set -l prefix (string replace -r '$' = -- $option)
    set -l found (command sh -c '# WORDS
_cyberdesk_webhooks_words "$@"' sh (__cyberdesk_webhooks_before) $option)
    if test "$found" = :file:
        __fish_complete_path (string replace -- "$prefix" '' (commandline -ct))
    else if test -n "$found"
        printf '%s\n' "$prefix"(string split ' ' -- $found)
    end
end
complete -c cyberdesk-webhooks -f -a '(__cyberdesk_webhooks_words)'
complete -c npx -n '__cyberdesk_webhooks_before >/dev/null' -f -a '(__cyberdesk_webhooks_words)'
