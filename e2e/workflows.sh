#!/usr/bin/env bash
# Check this project's workflows, those that neokeys init writes and those in the documentation:
# actionlint for what is wrong, zizmor, for action.yml too, for what is dangerous.
#
#   e2e/workflows.sh
set -euo pipefail

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
GOBIN=$work go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check zizmor==1.32.0

# Workflows in Markdown are blocks of YAML that have jobs.
mkdir "$work/docs"
for page in README.md docs/*.md; do
	awk -v to="$work/docs/$(basename "$page" .md)" '
		/^```/ { if (yaml && jobs && on) { file = to "-" ++n ".yml"; printf "%s", text > file; close(file) }
			yaml = /^```yaml/; jobs = on = 0; text = ""; next }
		yaml { text = text $0 "\n"; jobs = jobs || /^jobs:/; on = on || /^on:/ }' "$page"
done
ls "$work"/docs/ci-*.yml > /dev/null
"$work/actionlint" -shellcheck= -pyflakes= .github/workflows/*.yml internal/setup/templates/workflow.yml "$work"/docs/*.yml
"$work/venv/bin/zizmor" --offline --no-progress --quiet .
# What is written into other projects is judged as theirs. This project's own tag is what
# they are to follow.
mkdir -p "$work/theirs/.github/workflows"
cp internal/setup/templates/workflow.yml "$work/theirs/.github/workflows"
printf 'rules:\n  unpinned-uses:\n    config:\n      policies:\n        "neokeys/*": ref-pin\n        "*": hash-pin\n' > "$work/zizmor.yml"
"$work/venv/bin/zizmor" --offline --no-progress --quiet --config "$work/zizmor.yml" "$work/theirs"
