#!/usr/bin/env bash
# Validate neokeys' GitLab reports, of runs with and without findings, with check-jsonschema. The
# schema that GitLab publishes is at the address that each report names, and in no package
# registry: without it, a restatement of what it asks stands in. GitLab's schema for jobs, which
# check-jsonschema brings along, is for those that neokeys init and the documentation give.
#
#   e2e/gitlab.sh NEOKEYS [SCHEMA]
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/gitlab.sh NEOKEYS [SCHEMA]}")
root=$(cd "$(dirname "$0")/.." && pwd)
schema=$(realpath "${2:-$root/report/testdata/gitlab.schema.json}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0

secret() { head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24; }
key=neo_sk_prod_$(secret)
mkdir -p "$work/tree" "$work/clean"
printf 'key = "%s" # \x01\x1b\xff\n' "$key" > "$work/tree/a&b<c>.txt"
printf 'curl "%s://api.neoagent.io/public-api/agents?key=%s"\n' http "$key" > "$work/tree/with"$'\n'"newline.sh"
printf 'key = "neo_sk_test_%s" # neokeys:ignore for a test\n' "$(secret)" > "$work/tree/known.py"
gzip -c "$work/tree/a&b<c>.txt" > "$work/tree/packed.gz"
printf 'nothing\n' > "$work/clean/readme.txt"
git -C "$work/tree" init -q
git -C "$work/tree" add .
git -C "$work/tree" -c user.name='A "U" Thor' -c user.email=a@example.com commit -qm $'Add it\n\nall'
git -C "$work/tree" rm -q known.py
git -C "$work/tree" -c user.name='A "U" Thor' -c user.email=a@example.com commit -qm 'Take one out'

# run NAME STATUS ARG...: expect STATUS, and validate the report.
run() {
	local name=$1 want=$2 got=0
	shift 2
	(cd "$work" && "$neokeys" "$@" -f "gitlab=$name.json") || got=$?
	[ "$got" = "$want" ] || { echo "$name: exit status $got, want $want" >&2; exit 1; }
	"$work/venv/bin/check-jsonschema" --schemafile "$schema" "$work/$name.json"
	if grep -F "$key" "$work/$name.json"; then echo "$name: the report holds a key" >&2; exit 1; fi
}
run findings 1 scan tree missing
run history 1 git tree
run audit 1 audit tree
run stdin 1 scan - < "$work/tree/a&b<c>.txt"
run empty 0 scan clean
run incomplete 2 scan missing

awk '/^```/ { yaml = /^```yaml/; job = 0; next } yaml && /^neokeys:/ { job = 1 } job' "$root/docs/ci.md" > "$work/docs.yml"
"$work/venv/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci "$root/internal/setup/templates/gitlab-ci.yml" "$work/docs.yml"

# The examples for others, by the schemas that their makers publish.
example() { # HEADING: the YAML below it in docs/ci.md
	awk -v heading="## $1" '$0 == heading { in_it = 1; next } /^## / { in_it = 0 } in_it && /^```/ { yaml = /^```yaml/; next } in_it && yaml' "$root/docs/ci.md"
}
example "Azure Pipelines" > "$work/azure-pipelines.yml"
example "Bitbucket Pipelines" > "$work/bitbucket-pipelines.yml"
example CircleCI > "$work/circleci.yml"
"$work/venv/bin/check-jsonschema" --regex-variant nonunicode --builtin-schema vendor.azure-pipelines --data-transform azure-pipelines "$work/azure-pipelines.yml"
"$work/venv/bin/check-jsonschema" --regex-variant nonunicode --builtin-schema vendor.bitbucket-pipelines "$work/bitbucket-pipelines.yml"
"$work/venv/bin/check-jsonschema" --regex-variant nonunicode --builtin-schema vendor.circle-ci "$work/circleci.yml"
