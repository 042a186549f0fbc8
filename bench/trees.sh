#!/usr/bin/env bash
# Compare `neokeys scan` with ripgrep on folders, with archives shut, so that both read the same
# files: processor time, with all files in the page cache.
#
#   bench/trees.sh [FOLDER...]
#
# Without folders, it measures Go's root and module cache, and 40 large npm packages, which it
# fetches (500 MB). Needs go, hyperfine, jq and rg, and npm where it fetches.
set -euo pipefail
folders=()
for folder in "$@"; do folders+=("$(realpath "$folder")"); done
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
. bench/measure.sh

packages='mermaid typescript next @angular/core @angular/compiler @angular/cli @angular/material three plotly.js
	monaco-editor aws-sdk googleapis antd @mui/material date-fns core-js rxjs firebase @aws-sdk/client-ec2 @aws-sdk/client-s3
	echarts lodash react-icons @fluentui/react @babylonjs/core cesium highcharts ace-builds @ionic/core @tabler/icons
	@sentry/core pdfjs-dist @tensorflow/tfjs element-plus vuetify gatsby webpack @faker-js/faker ol stripe'
if [ ${#folders[@]} = 0 ]; then
	for package in $packages; do # what a package depends on is left out
		archive=$(cd "$work" && npm pack --silent "$package")
		mkdir -p "$work/npm/$archive"
		tar -xzf "$work/$archive" -C "$work/npm/$archive"
		rm "$work/$archive"
	done
	chmod -R u+rwX "$work/npm"
	folders=("$work/npm" "$(go env GOROOT)" "$(go env GOMODCACHE)")
fi

echo "$(getconf _NPROCESSORS_ONLN) processors, $(uname -sm), $(rg --version | sed -n 1p)"
echo "| folder | files | MB | \`neokeys scan\` | \`rg -uuu\` | relative to rg | peak memory |"
echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
for folder in "${folders[@]}"; do
	in=$(printf %q "$folder")
	shut="scan --no-ignore --max-archive-depth 0"
	{ "$work/neokeys" $shut -f json --exit-zero "$folder" || true; } | jq -r '"\(.summary.files)\t\(.summary.bytes / 1e6 | round)"' > "$work/size"
	rm -f "$work/table.tsv"
	measure 1 1 neokeys "$work/neokeys $shut -q $in" rg "rg -uuu -c neo_sk_ $in"
	for _ in 1 2 3 4 5; do # in turn, since a machine is slower at one time than at another
		measure 1 0 neokeys "$work/neokeys $shut -q $in" rg "rg -uuu -c neo_sk_ $in"
	done
	median() { awk -F '\t' -v name="$1" -v column="$2" 'NR > 2 && $1 == name { print $column }' "$work/table.tsv" | sort -n | sed -n 3p; }
	awk -F '\t' -v name="$(basename "$folder")" -v n="$(median neokeys 3)" -v rg="$(median rg 3)" -v peak="$(median neokeys 4)" \
		'{ printf "| %s | %d | %d | %.2f s | %.2f s | %.2f | %s |\n", name, $1, $2, n, rg, n / rg, peak == "" ? "-" : sprintf("%d MB", peak / 1024) }' "$work/size"
done
