#!/usr/bin/env bash
# Validate neokeys' SARIF with Microsoft's validator and GitHub's ingestion rules, on runs
# with and without findings. Any error or warning fails.
#
#   e2e/sarif.sh NEOKEYS
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/sarif.sh NEOKEYS}")
validator=@microsoft/sarif-multitool@5.7.0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The validator is 100 MB: keep it between runs.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/neokeys-e2e/${validator//[@\/]/_}
[ -x "$cache/node_modules/.bin/sarif-multitool" ] ||
	npm install --silent --no-audit --no-fund --prefix "$cache" "$validator"

secret() { head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24; }

tree=$work/tree
mkdir -p "$tree/src" "$tree/dist" "$tree/name with space" "$work/outside" "$work/clean"
prod=neo_sk_prod_$(secret)
printf 'const key = "%s";\n' "$prod" > "$tree/src/app.js"
printf 'const k="%s",other="neo_sk_test_%s";\n' "$prod" "$(secret)" > "$tree/dist/bundle.js"
printf 'NEO_API_KEY=%s\n' "$prod" > "$tree/name with space/100%#?.env"
printf 'Schl\xc3\xbcssel: %s\n' "$prod" > "$tree/sch"$'\xc3\xbc'"ssel.txt"
printf '%s\n' "$prod" > "$tree/not"$'\xff'"utf8" || true # not every file system takes the name
printf '%s\n' "$prod" > "$tree/with"$'\n'"newline"
printf 'nothing\n' > "$tree/neo_sk_prod_$(secret).txt"
tar -C "$tree" -cf - src "name with space" | gzip > "$tree/release 1%.tgz"
gzip -c "$tree/dist/bundle.js" > "$tree/dist/bundle.js.gz"
printf '%s\n' "$prod" > "$work/outside/key.txt"
printf 'nothing\n' > "$work/clean/readme.txt"

# run NAME STATUS ARG...: scan in the tree, expect STATUS, keep the report as NAME.sarif.
run() {
	local name=$1 want=$2 got=0
	shift 2
	(cd "$tree" && "$neokeys" scan -f "sarif=$work/$name.sarif" "$@") || got=$?
	[ "$got" = "$want" ] || { echo "$name: exit status $got, want $want" >&2; exit 1; }
}
run findings 1 . ../outside "$work/outside/key.txt" missing
run stdin 1 - < "$tree/src/app.js"
run empty 0 "$work/clean"
run incomplete 2 missing
if grep -l "$prod" "$work"/*.sarif; then
	echo "a report holds a key" >&2
	exit 1
fi

failed=0
for report in findings stdin empty incomplete; do
	# The npm wrapper hands its arguments to a shell, hence the inner quotes.
	"$cache/node_modules/.bin/sarif-multitool" validate "$work/$report.sarif" \
		--rule-kind "'Sarif;Ghas'" --output "$work/$report.result" --log ForceOverwrite > "$work/log" 2>&1 ||
		{ cat "$work/log"; failed=1; }
	node - "$report" "$work/$report.result" <<-'JS' || failed=1
		const [name, file] = process.argv.slice(2)
		const run = JSON.parse(require('fs').readFileSync(file, 'utf8').replace(/^\uFEFF/, '')).runs[0]
		const bad = (run.results ?? []).filter(r => ['error', 'warning'].includes(r.level ?? 'warning'))
		for (const r of bad) {
		  const at = r.locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName
		  console.log(`${name}: ${r.level ?? 'warning'} ${r.ruleId} at ${at}: ${JSON.stringify(r.message)}`)
		}
		const broken = run.invocations?.some(i => i.executionSuccessful === false)
		if (broken) console.log(`${name}: the validator did not finish`)
		console.log(`${name}: ${bad.length} errors and warnings`)
		process.exitCode = bad.length || broken ? 1 : 0
	JS
done
exit $failed
