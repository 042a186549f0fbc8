#!/usr/bin/env bash
# Compare package inflate with klauspost/compress and libdeflate on the streams in a repository's
# packs that are no trees: how much processor time one core takes for them, from memory.
#
#   bench/inflate.sh REPOSITORY
#
# Needs go and git; libdeflate is compared where a C compiler and its header are installed
# (Debian: gcc, libdeflate-dev). "small" are the streams of fewer than 300 bytes.
set -euo pipefail
repository=${1:?usage: bench/inflate.sh REPOSITORY}
repository=$(git -C "$repository" rev-parse --path-format=absolute --git-common-dir)
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
NEOKEYS_BENCH_REPO=$repository NEOKEYS_BENCH_STREAMS=$work/streams \
	go test ./scanner/pack -run '^$' -bench '^BenchmarkStreams$' -benchtime 3x
if cc=$(command -v cc) && "$cc" -O2 -o "$work/inflate" bench/inflate.c -ldeflate 2> "$work/cc.log"; then
	"$work/inflate" "$work/streams"
else
	echo "libdeflate: not compared, bench/inflate.c does not compile here" >&2
fi
