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
"$work/actionlint" -shellcheck= -pyflakes= .github/workflows/*.yml
"$work/venv/bin/zizmor" --offline --no-progress --quiet .
# What neokeys init writes into other projects, and what the documentation gives them.
# The commit that it pins is its own, which the go command does not record everywhere.
go build -ldflags "-X github.com/neokeys/neokeys/internal/version.commit=$(git rev-parse HEAD)" -o "$work/neokeys" .
git init -q "$work/theirs"
git -C "$work/theirs" remote add origin https://github.com/example/example
"$work/neokeys" init --yes "$work/theirs" > "$work/log"
cp "$work"/docs/*.yml "$work/theirs/.github/workflows"
"$work/venv/bin/zizmor" --offline --no-progress --quiet "$work/theirs"
"$work/actionlint" -shellcheck= -pyflakes= "$work/theirs"/.github/workflows/*.yml
