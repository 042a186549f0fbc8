#!/usr/bin/env bash
# Compare the Go benchmarks of the hot loops with those of another commit, by benchstat. It fails
# where a benchmark allocates more, or more often; time differs from run to run, and is only shown.
#
#   bench/hot.sh [COMMIT [ROUNDS [PACKAGES]]]
#
# COMMIT is where HEAD has left origin/main, or HEAD's parent on main itself; ROUNDS is 6, and
# PACKAGES, a regular expression, all of the table below. What is compared with COMMIT is the working
# copy. Needs go and git.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:-$(git merge-base HEAD origin/main)}
base=$(git rev-parse --verify --quiet "$base^{commit}") || { echo "bench/hot.sh: no such commit: $1" >&2; exit 2; }
if [ $# = 0 ] && [ "$base" = "$(git rev-parse HEAD)" ]; then base=$(git rev-parse HEAD^); fi
rounds=${2:-6}

# Package, benchmarks, and how often each loop runs: the same number for both, so that what is
# allocated once weighs as much.
hot='
rules/anchor           ^Benchmark(Finder|Narrow|Plain)$       100x
rules                  ^BenchmarkAnchors$                     20x
rules                  ^BenchmarkNewSet$                      50x
rules/place            ^BenchmarkPlaceOf$                     1000x
rules/internal/secret  ^BenchmarkPlaceholder$                 10x
rules/internal/naming  ^BenchmarkGivenToClient$               10x
internal/codec         ^BenchmarkHostile$                     1x
scanner                ^BenchmarkSearchNothing$               20x
scanner                ^BenchmarkWorst$                       1x
scanner/pack           ^BenchmarkStreams$                     1x
scanner/git            ^BenchmarkHistory$                     1x
report                 ^BenchmarkMask$                        10x
'

work=$(mktemp -d)
trap 'git worktree remove --force "$work/base" 2> /dev/null || true; rm -rf "$work"' EXIT
GOBIN=$work go install golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
git worktree add --quiet --detach "$work/base" "$base"
hot=$(grep -E "^(${3:-.*}) " <<< "$hot")
git clone --quiet --bare --no-local . "$work/repo.git" # one pack, and the same for both
export NEOKEYS_BENCH_REPO=$work/repo.git

build() { # NAME FOLDER: a program of each package's tests
	local package
	for package in $(awk '{ print $1 }' <<< "$hot" | sort -u); do
		if [ -d "$2/$package" ]; then
			go -C "$2" test -c -o "$work/$1.${package//\//_}" "./$package"
		fi
	done
}
build base "$work/base"
build head "$PWD"

run() { # NAME FOLDER OUTPUT: all benchmarks once
	local package benchmarks times program
	while read -r package benchmarks times; do
		program=$work/$1.${package//\//_}
		if [ -x "$program" ]; then
			(cd "$2/$package" && "$program" -test.run '^$' -test.benchmem -test.bench "$benchmarks" -test.benchtime "$times") >> "$work/$3"
		fi
	done <<< "$hot"
}
for _ in $(seq "$rounds"); do # in turn, since a machine is slower at one time than at another
	run base "$work/base" base.txt
	run head "$PWD" head.txt
done
# What is allocated is counted without collections of garbage: they empty pools, which are filled again.
export GOGC=off GOMEMLIMIT=2GiB
run base "$work/base" allocated.base
run head "$PWD" allocated.head

echo "base is $(git log -1 --format='%h %s' "$base")"
(cd "$work" && ./benchstat base.txt head.txt)

awk '
	/^pkg: / { package = $2 }
	/^Benchmark/ {
		for (i = 3; i < NF; i++) if ($(i + 1) == "B/op" || $(i + 1) == "allocs/op") {
			name = package " " $1 " " $(i + 1)
			if (FILENAME ~ /base$/) base[name] = $i; else head[name] = $i
		}
	}
	END {
		for (name in head) if (name in base && head[name] > base[name] * 1.05 + (name ~ /B\/op$/ ? 512 : 1)) {
			print name ": " head[name] ", and " base[name] " before"
			failed = 1
		}
		exit failed
	}' "$work/allocated.base" "$work/allocated.head" | sort || { echo "these benchmarks allocate more than at the base"; exit 1; }
echo "no benchmark allocates more than at the base"
