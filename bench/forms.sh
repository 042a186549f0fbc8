#!/usr/bin/env bash
# Compares what neokeys, gitleaks and kingfisher find of keys that are written otherwise than plainly, and writes
# docs/forms.md. Each scanner has the best rule that it allows. It needs Go and Python; what it installs, it removes.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go build -o "$work/neokeys" .
go build -o "$work/forms" ./bench/forms
GOBIN=$work go install github.com/zricethezav/gitleaks/v8@v8.30.0
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet kingfisher-bin

pattern='neo_sk_[a-z][a-z0-9]{1,15}_[A-Za-z0-9]{24}'
cat >"$work/gitleaks.toml" <<END
[[rules]]
id = "neo"
regex = '''$pattern'''
keywords = ["neo_sk_"]
END
cat >"$work/kingfisher.yml" <<END
rules:
  - name: Neo API key
    id: neo.key
    pattern: '($pattern)'
    min_entropy: 0
    confidence: low
    examples: []
END

files=$work/files
"$work/forms" "$files"
# lines PROGRAM: from a report in JSON on standard input, a line for each finding: its path and the key.
lines() { python3 -c 'import json, sys
for f in '"$1"': print(f["p"], f["k"], sep="\t")'; }

"$work/neokeys" scan --no-ignore --show-secrets -f json "$files" >"$work/neokeys.json" || [ $? = 1 ]
lines '({"p": f["path"], "k": f["key"]["secret"]} for f in json.load(sys.stdin)["findings"] if f["rule"] == "neo-api-key")' \
	<"$work/neokeys.json" >"$work/neokeys.txt"
"$work/gitleaks" dir "$files" --config "$work/gitleaks.toml" --max-decode-depth 5 --max-archive-depth 5 --no-banner \
	--exit-code 0 -f json -r "$work/gitleaks.json" 2>/dev/null
lines '({"p": f["File"], "k": f["Secret"]} for f in json.load(sys.stdin))' <"$work/gitleaks.json" >"$work/gitleaks.txt"
"$work/venv/bin/kingfisher" scan "$files" --rules-path "$work/kingfisher.yml" --load-builtins=false --rule all --confidence low \
	--no-validate --no-dedup --extraction-depth 10 --min-entropy 0 --no-update-check --format json -o "$work/kingfisher.json" \
	>/dev/null 2>&1 || [ $? = 200 ]
lines '({"p": f["finding"]["path"], "k": f["finding"]["snippet"]} for f in json.load(sys.stdin)["findings"])' \
	<"$work/kingfisher.json" >"$work/kingfisher.txt"

version=$("$work/venv/bin/kingfisher" --version)
"$work/forms" -compare "$files" neokeys="$work/neokeys.txt" "gitleaks 8.30.0=$work/gitleaks.txt" "$version=$work/kingfisher.txt" >docs/forms.md
sed -n '/^| found/,/^| wrong/p' docs/forms.md
