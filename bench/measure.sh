# What the benchmarks have in common: the rules that neokeys' peers are given, and how
# commands are measured. It is sourced, with $work a folder for what is needed meanwhile.

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

timer=
for candidate in gtime /usr/bin/time; do
	if "$candidate" -f %M true 2> /dev/null > /dev/null; then timer=$candidate; break; fi
done

# measure RUNS WARMUPS {NAME COMMAND}... appends a line for each command to the table.
measure() {
	local runs=$1 warmups=$2 args=() peaks=() peak i
	shift 2
	while [ $# -gt 0 ]; do
		peak=$work/peak.${#peaks[@]}
		peaks+=("$peak")
		args+=(-n "$1" "${timer:+$timer -f %M -o $peak }$2")
		shift 2
	done
	hyperfine -N --ignore-failure --style none --runs "$runs" --warmup "$warmups" --export-json "$work/times.json" "${args[@]}" 2> /dev/null
	for i in "${!peaks[@]}"; do
		jq -r --argjson i "$i" --arg peak "$(tail -n 1 "${peaks[i]}" 2> /dev/null || true)" \
			'.results[$i] | [.command, .median, .user + .system, $peak] | @tsv' "$work/times.json" >> "$work/table.tsv"
	done
}

# print_table WHO NAME prints the table in Markdown, with each time relative to that of the
# line NAME, which is WHO's.
print_table() {
	awk -F '\t' -v who="$1" -v base_name="$2" '
		{ name[NR] = $1; time[NR] = $2; cpu[NR] = $3; peak[NR] = $4; if ($1 == base_name) base = $2 }
		END {
			print "| command | median | relative to " who " | processor time | peak memory |"
			print "| --- | ---: | ---: | ---: | ---: |"
			for (i = 1; i <= NR; i++)
				printf "| `%s` | %.2f s | %.2f | %.2f s | %s |\n", name[i], time[i], time[i] / base, cpu[i], peak[i] == "" ? "-" : sprintf("%.0f MB", peak[i] / 1024)
		}' "$work/table.tsv"
}
