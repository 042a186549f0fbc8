#!/usr/bin/env bash
# Compare `neokeys scan` on a folder packed into one file with `rg -z`, which unpacks with
# gzip and zstd, and with unpacking alone; also for each of bzip2, xz, lz4, brotli and 7za that
# is there.
#
#   bench/archive.sh FOLDER
#
# Needs go, hyperfine, jq, rg, tar, gzip, zip, unzip and zstd. Prints the median time, the time
# that all processors took together, what that is relative to the first of the same file,
# and the peak memory (with GNU time).
set -euo pipefail
folder=${1:?usage: bench/archive.sh FOLDER}
folder=$(cd "$folder" && pwd)
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
. bench/measure.sh

tar -C "$folder" -cf - . | gzip > "$work/folder.tgz"
(cd "$folder" && zip -qr "$work/folder.zip" .)
tar -C "$folder" -cf - . | zstd -q > "$work/folder.tar.zst"
measure 5 1 \
	"neokeys scan folder.tgz" "$work/neokeys scan -q $work/folder.tgz" \
	"rg -z -c neo_sk_ folder.tgz" "rg -z -c neo_sk_ $work/folder.tgz" \
	"gzip -dc folder.tgz" "gzip -dc $work/folder.tgz" \
	"neokeys scan folder.zip" "$work/neokeys scan -q $work/folder.zip" \
	"unzip -p folder.zip" "unzip -p $work/folder.zip" \
	"neokeys scan folder.tar.zst" "$work/neokeys scan -q $work/folder.tar.zst" \
	"rg -z -c neo_sk_ folder.tar.zst" "rg -z -c neo_sk_ $work/folder.tar.zst" \
	"zstdcat folder.tar.zst" "zstdcat $work/folder.tar.zst"

# others FILE TOOL PACK UNPACK measures what a tool packs that may not be there.
others() {
	command -v "$2" > /dev/null || return 0
	(cd "$work" && tar -C "$folder" -cf - . | eval "$3")
	measure 5 1 "neokeys scan $1" "$work/neokeys scan -q $work/$1" "$4 $1" "$4 $work/$1"
}
others folder.tar.bz2 bzip2 "bzip2 > folder.tar.bz2" "bzip2 -dc"
others folder.tar.xz xz "xz -T0 > folder.tar.xz" "xz -dc"
others folder.tar.lz4 lz4 "lz4 -q > folder.tar.lz4" "lz4 -dc"
others folder.tar.br brotli "brotli -q 5 > folder.tar.br" "brotli -dc"
others folder.7z 7za "7za a -bd -sifolder.tar folder.7z > /dev/null" "7za x -so"

echo "$(du -h "$work"/folder.* | awk '{ print $1 }' | paste -sd ' ') packed, $(gzip -dc "$work/folder.tgz" | wc -c | awk '{ print int($1 / 1e6) }') MB unpacked"
awk -F '\t' '
	$1 ~ /^neokeys/ { base = $3 }
	FNR == 1 { print "| command | median | processor time | relative | peak memory |"; print "| --- | ---: | ---: | ---: | ---: |" }
	{ printf "| `%s` | %.2f s | %.2f s | %.2f | %s |\n", $1, $2, $3, $3 / base, $4 == "" ? "-" : sprintf("%.0f MB", $4 / 1024) }' "$work/table.tsv"
