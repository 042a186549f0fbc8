#!/usr/bin/env bash
# Compare `neokeys scan` with ripgrep, betterleaks and gitleaks on a folder, each
# searching every file in it, with the files in the page cache. Ripgrep searches for the
# one literal, the others for the same two kinds of key.
#
#   bench/scan.sh FOLDER
#
# Needs go, hyperfine, jq and rg; betterleaks and gitleaks are run where they are
# installed. Prints the median time, what it is relative to ripgrep's in the same run, the
# time that all processors took together, and the peak memory (with GNU time).
set -euo pipefail
folder=${1:?usage: bench/scan.sh FOLDER}
folder=$(cd "$folder" && pwd)
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
. bench/measure.sh

"$work/neokeys" scan --no-ignore -f json --exit-zero "$folder" > "$work/report.json" || true
jq -r '"\(.summary.files) files, \(.summary.bytes / 1e6 | round) MB"' "$work/report.json"
echo "$(getconf _NPROCESSORS_ONLN) processors, $(uname -sm), $(rg --version | sed -n 1p)"

in=$(printf %q "$folder")
measure 10 2 \
	"neokeys scan --no-ignore" "$work/neokeys scan --no-ignore -q $in" \
	"rg -uuu -c neo_sk_" "rg -uuu -c neo_sk_ $in"
for peer in betterleaks gitleaks; do
	if command -v "$peer" > /dev/null; then
		measure 1 0 "$peer dir" "$peer dir --no-banner --config $work/rules.toml $in"
	fi
done

print_table rg "rg -uuu -c neo_sk_"
