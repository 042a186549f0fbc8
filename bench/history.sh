#!/usr/bin/env bash
# Compare `neokeys git` with betterleaks, gitleaks and pipes of git and ripgrep on the whole
# history of a repository, with its packs in the page cache. Ripgrep searches for the one
# literal, the others for the same two kinds of key. git log and gitleaks see only what
# refs lead to; neokeys and git cat-file everything.
#
#   bench/history.sh REPOSITORY
#
# Needs go, git, hyperfine, jq and rg; betterleaks and gitleaks are run where they are
# installed. Prints the median time, what it is relative to neokeys' in the same run, the
# time that all processors took together, and the peak memory of the largest process (with
# GNU time). "inflating alone" inflates each stream of the packs but those of trees once,
# with the same library and as many workers, and does nothing else: the floor for any
# program that searches everything with it. "a thousand keys" is the same history with
# a thousand more branches, evenly spread over it, each of one commit that adds a key.
set -euo pipefail
repo=${1:?usage: bench/history.sh REPOSITORY}
repo=$(cd "$repo" && pwd)
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
go test -c -o "$work/pack.test" ./scanner/pack
. bench/measure.sh

objects=$(cd "$repo" && cd "$(git rev-parse --git-path objects)" && pwd)
git -C "$repo" count-objects -v | awk '/^(count|in-pack|packs|size-pack)/ { printf "%s%s", sep, $0; sep = ", " } END { print "" }'
echo "$(getconf _NPROCESSORS_ONLN) processors, $(uname -sm), $(git --version), $(rg --version | sed -n 1p)"

in=$(printf %q "$repo")
pipe() { # NAME COMMAND: writes a command that may have pipes as a script
	printf '#!/bin/bash\nset -o pipefail\n{ %s; } 2> %s\n' "$2" "$work/$1.err" > "$work/$1"
	chmod +x "$work/$1"
}
pipe log "git -C $in log -p --all | rg -a -c neo_sk_"
pipe batch "git -C $in cat-file --batch-all-objects --batch-check='%(objecttype) %(objectname)' |
	sed -n 's/^blob //p' | git -C $in cat-file --batch --buffer | rg -a -c neo_sk_"
pipe inflate "NEOKEYS_BENCH_REPO=$(printf %q "$(dirname "$objects")") $work/pack.test -test.run '^\$' -test.bench '^BenchmarkInflate\$' -test.benchtime 1x > $work/inflate.out"

planted=$work/planted.git i=0 # shares the repository's objects
git clone --quiet --bare --shared "$repo" "$planted"
git -C "$planted" rev-list --all |
	awk '{ c[NR] = $0 } END { for (i = 0; i < 1000; i++) print c[1 + int(i * NR / 1000)] }' |
	while read -r commit; do
		key=neo_sk_"prod_$(sha256sum <<< "$commit" | cut -c 1-24)"
		printf 'commit refs/heads/planted-%s\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\nfrom %s\n' "$((++i))" "$commit"
		printf 'M 100644 inline planted.env\ndata %d\nKEY=%s\n\n' $((${#key} + 5)) "$key"
	done | git -C "$planted" fast-import --quiet
{ "$work/neokeys" git -q -f json "$planted" || true; } | jq -r '"\(.summary.keys) keys are found with a thousand planted"'

# In turn, since a machine is slower at one time than at another.
for round in 1 2 3 4 5; do
	for of in "neokeys git:$repo" "neokeys git, a thousand keys:$planted"; do
		measure 1 $((round == 1)) "${of%%:*}" "$work/neokeys git -q --rule neo-api-key --rule neo-legacy-token $(printf %q "${of#*:}")"
	done
	measure 1 0 "inflating alone" "$work/inflate"
	# Without the time that it takes to find out which streams are not trees'.
	awk -F '\t' -v OFS='\t' -v floor="$(awk '/^BenchmarkInflate/ { for (i = 1; i < NF; i++) { if ($(i + 1) == "ns/op") s = $i / 1e9; if ($(i + 1) == "cpu-s/op") c = $i } } END { print s "\t" c }' "$work/inflate.out")" \
		'NR > 1 { print row } { row = $0 } END { split(floor, f, "\t"); $0 = row; $2 = f[1]; $3 = f[2]; print }' "$work/table.tsv" > "$work/table.new"
	mv "$work/table.new" "$work/table.tsv"
done
for name in "neokeys git" "neokeys git, a thousand keys" "inflating alone"; do # the median of each
	grep "^$name$(printf '\t')" "$work/table.tsv" | sort -t "$(printf '\t')" -k 2n | sed -n 3p
done > "$work/table.new"
mv "$work/table.new" "$work/table.tsv"
measure 1 0 \
	"git cat-file --batch | rg" "$work/batch" \
	"git log -p --all | rg" "$work/log"
for peer in betterleaks gitleaks; do
	if command -v "$peer" > /dev/null; then
		measure 1 0 "$peer git" "$peer git --no-banner --config $work/rules.toml $in"
	fi
done

print_table neokeys "neokeys git"
for err in "$work"/*.err; do # such as for an object that a partial clone lacks
	[ ! -s "$err" ] || echo "$(basename "$err" .err) did not get to its end: $(tail -n 1 "$err")"
done
