#!/usr/bin/env bash
# Measure what a hook costs: starting neokeys, and searching what is staged in a repository of very
# many files beside `git diff --cached --quiet`, which compares the same index with HEAD.
#
#   bench/start.sh [FILES]
#
# FILES is how many the repository has: 50,000 if nothing else is said. Needs go, git, hyperfine and
# jq. Prints the median and the least time by the clock, and the mean processor time, in milliseconds.
set -euo pipefail
files=${1:-50000}
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Built as releases are: with cgo, loading the C library takes another millisecond. Copied as installed programs
# are: the kernel maps a copy faster than a file that the linker wrote page by page.
CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o "$work/built" .
cp "$work/built" "$work/neokeys"
repo=$work/repo
git init -q "$repo"
git -C "$repo" config gc.auto 0 # a collection in the background would be measured as well
git -C "$repo" config maintenance.auto false
git -C "$repo" config user.name A
git -C "$repo" config user.email a@example.com
(cd "$repo" && seq "$files" | awk '{ d = "d" int($1 / 100); if (d != last) { system("mkdir -p " d); last = d } f = d "/f" $1 ".txt"; print "text " $1 > f; close(f) }')
git -C "$repo" add .
git -C "$repo" commit -qm all
echo "one line more" >> "$repo/d0/f1.txt"
git -C "$repo" add .
echo "nothing to see" > "$work/one.txt"

cd "$repo"
hyperfine -N --style none --warmup 5 --runs 60 --export-json "$work/times.json" \
	-n "git --version" "git --version" \
	-n "neokeys --version" "$work/neokeys --version" \
	-n "neokeys scan FILE" "$work/neokeys scan -q $work/one.txt" \
	-n "git diff --cached --quiet" "git diff --cached --quiet" -i \
	-n "neokeys git --staged" "$work/neokeys git -q --staged" 2> /dev/null
echo "$files files, one of them changed; $(getconf _NPROCESSORS_ONLN) processors, $(uname -sm), $(git --version)"
echo "| command | median | least | processor |"
echo "| --- | ---: | ---: | ---: |"
jq -r '.results[] | [.command, .median * 1000, .min * 1000, (.user + .system) * 1000] | @tsv' "$work/times.json" |
	awk -F '\t' '{ printf "| `%s` | %.1f ms | %.1f ms | %.1f ms |\n", $1, $2, $3, $4 }'
