#!/usr/bin/env bash
# The key is {{KEY}}.
set -eu
KEY={{KEY}}
export OTHER="{{KEY}}"
THIRD='{{KEY}}'
show() { printf '%s\n' "$@"; }
show "$KEY" "$OTHER" "$THIRD" "Authorization: Bearer {{KEY}}" 'Authorization: Bearer {{KEY}}' Bearer\ {{KEY}}
show "${1:-{{KEY}}}" '{"key": "{{KEY}}"}' "a${NEO_API_KEY:-{{KEY}}}b" "$(show "{{KEY}}")" $'tab\t{{KEY}}'
cat <<END
{"key": "{{KEY}}"}
END
NEO_API_KEY={{KEY}} bash -c 'echo "$NEO_API_KEY"'
