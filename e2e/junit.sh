#!/usr/bin/env bash
# Validate neokeys' JUnit XML against the schema that Jenkins reads it by, on runs with and
# without findings. The schema, MIT licensed, comes out of pytest's source archive, where
# it serves the same purpose.
#
#   e2e/junit.sh NEOKEYS
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/junit.sh NEOKEYS}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check xmlschema==4.3.2
"$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
	--dest "$work" pytest==8.3.4
tar -xzf "$work"/pytest-8.3.4.tar.gz -C "$work" pytest-8.3.4/testing/example_scripts/junit-10.xsd

secret() { head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24; }
mkdir -p "$work/tree" "$work/clean" "$work/nothing"
printf 'key = "neo_sk_prod_%s" # \x01\x1b]]>\xff\n' "$(secret)" > "$work/tree/a&b<c>.txt"
printf 'key = "neo_sk_test_%s"\n' "$(secret)" > "$work/tree/with"$'\n'"newline"
printf 'nothing\n' > "$work/clean/readme.txt"

# run NAME STATUS ARG...: scan, expect STATUS, validate the report.
run() {
	local name=$1 want=$2 got=0
	shift 2
	(cd "$work" && "$neokeys" scan -f "junit=$name.xml" "$@") || got=$?
	[ "$got" = "$want" ] || { echo "$name: exit status $got, want $want" >&2; exit 1; }
	"$work/venv/bin/xmlschema-validate" --schema "$work/pytest-8.3.4/testing/example_scripts/junit-10.xsd" "$work/$name.xml"
}
run findings 1 tree missing
run empty 0 clean
run nothing 2 nothing
run incomplete 2 missing
