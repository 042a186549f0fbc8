#!/usr/bin/env bash
# Compare `neokeys site` with `curl --parallel` of the same addresses: a site of 500 chunks with
# their source maps (90 MB), on loopback. neokeys also finds the addresses and searches the files.
#
#   bench/site.sh
#
# Needs go, curl, hyperfine and jq.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
go build -o "$work/site" ./bench/site
coproc SITE { "$work/site" "$work/list"; }
read -r address <&"${SITE[0]}"

hyperfine --warmup 1 --runs 8 --ignore-failure --export-json "$work/times.json" \
	-n "neokeys site" "$work/neokeys site -q $address" \
	-n "curl --parallel" "curl -s --parallel --parallel-max 16 --config $work/list" > /dev/null
jq -r '.results | .[1] as $curl | .[] | "\(.command): median \(.median * 1000 | round) ms, \(.median / $curl.median * 100 | round / 100) times curl"' "$work/times.json"
