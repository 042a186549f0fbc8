#!/usr/bin/env bash
# Compare `neokeys scan` with ripgrep and gitleaks on a folder, each searching every
# file in it for the same two kinds of key, with the files in the page cache.
#
#   bench/scan.sh FOLDER
#
# Needs hyperfine and rg; gitleaks and betterleaks are run where they are installed.
# Prints times, and what each takes relative to neokeys in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?usage: bench/scan.sh FOLDER}
folder=$(cd "$folder" && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
cat > "$work/rules.toml" <<'RULES'
[[rules]]
id = "neo-api-key"
regex = '''\bneo_sk_[a-z][a-z0-9]{1,15}_[A-Za-z0-9]{16,64}\b'''
keywords = ["neo_sk_"]
[[rules]]
id = "neo-legacy-token"
regex = '''(?i)neo[_.-]?(?:agent)?[_.-]?(?:secret|api|auth|webhook)[_.-]?(?:key|token|secret)['"]?\s*[:=]+>?\s*['"]?([A-Za-z0-9._~+/=-]{16,512})'''
keywords = ["neo"]
entropy = 3.5
RULES

files=$(find "$folder" -type f -printf '%s\n' | awk '{n++; b+=$1} END {printf "%d files, %.0f MB", n, b/1e6}')
echo "$folder: $files, $(nproc) processors"

commands=(
	-n "neokeys scan --no-ignore" "$work/neokeys scan --no-ignore -q $folder"
	-n "rg -uuu -c neo_sk_" "rg -uuu -c neo_sk_ $folder"
)
slow=()
for peer in betterleaks gitleaks; do
	if command -v "$peer" > /dev/null; then
		slow+=(-n "$peer dir" "$peer dir --no-banner --config $work/rules.toml $folder")
	fi
done
hyperfine --ignore-failure --warmup 2 --runs 10 --export-json "$work/fast.json" "${commands[@]}" > /dev/null
if [ ${#slow[@]} -gt 0 ]; then
	hyperfine --ignore-failure --warmup 0 --runs 2 --export-json "$work/slow.json" "${slow[@]}" > /dev/null
fi

# The table: median times, their ratio to neokeys', and peak memory.
printf '| %-26s | %8s | %16s | %11s |\n' command median "times neokeys" "peak memory"
printf '| %-26s | %8s | %16s | %11s |\n' --- ---: ---: ---:
row() { # name, seconds, base, command
	local peak
	peak=$( { /usr/bin/time -f %M sh -c "exec $4 > /dev/null 2> /dev/null" || true; } 2>&1 | tail -n 1)
	awk -v n="$1" -v s="$2" -v b="$3" -v m="$peak" 'BEGIN { printf "| %-26s | %6.2f s | %16.2f | %8.0f MB |\n", n, s, s/b, m/1024 }'
}
base=$(jq -r '.results[0].median' "$work/fast.json")
for file in "$work"/fast.json "$work"/slow.json; do
	[ -f "$file" ] || continue
	jq -r '.results[] | [.command, .median] | @tsv' "$file" | while IFS=$'\t' read -r name median; do
		for ((i = 1; i < ${#commands[@]}; i += 3)); do [ "${commands[i]}" = "$name" ] && run=${commands[i+1]}; done
		for ((i = 1; i < ${#slow[@]}; i += 3)); do [ "${slow[i]}" = "$name" ] && run=${slow[i+1]}; done
		row "$name" "$median" "$base" "$run"
	done
done
