#!/usr/bin/env bash
# Run `neokeys init --hook` in projects whose hooks husky and lefthook manage, with the real ones, and
# see that commits and pushes with a key are refused, and that the projects' own hooks still run; the
# same with `neokeys init --global`, there and with pre-commit.
#
#   e2e/managers.sh NEOKEYS
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/managers.sh NEOKEYS}")
husky=husky@9.1.7
lefthook=lefthook@2.2.2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$neokeys" "$work/bin/neokeys"
export PATH=$work/bin:$PATH GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global user.name 'A U Thor'
git config --global user.email author@example.com
git config --global init.defaultBranch main
key=neo_sk_prod_$(head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24)

# refuses WHAT TEXT COMMAND...: it fails, and says TEXT and no key.
refuses() {
	local what=$1 text=$2
	shift 2
	if "$@" > "$work/log" 2>&1; then echo "FAILED, it is to be refused: $what"; cat "$work/log"; exit 1; fi
	grep -qF -- "$text" "$work/log" || { echo "FAILED, it does not say \"$text\": $what"; cat "$work/log"; exit 1; }
	if grep -qF "$key" "$work/log"; then echo "FAILED, it prints a key: $what"; exit 1; fi
	echo "refused: $what"
}

# says WHAT TEXT COMMAND...: it succeeds, and says TEXT.
says() {
	local what=$1 text=$2
	shift 2
	"$@" > "$work/log" 2>&1 || { echo "FAILED, it is to pass: $what"; cat "$work/log"; exit 1; }
	grep -qF -- "$text" "$work/log" || { echo "FAILED, it does not say \"$text\": $what"; cat "$work/log"; exit 1; }
	echo "passes:  $what"
}

# project PACKAGE: a project that uses it, with a place to push to.
project() {
	local name=${1%@*}
	git init -q --bare "$work/$name.git"
	git init -q "$work/$name"
	cd "$work/$name"
	git remote add origin "$work/$name.git"
	printf '{"private": true}\n' > package.json
	printf 'node_modules\n' > .gitignore
	[ "$name" = plain ] || npm install --silent --no-audit --no-fund --save-dev "$1"
}

# try NAME: commit and push.
try() {
	echo 'x = 1' > app.py
	git add -A
	git commit -q -m Begin > "$work/log" 2>&1 || { echo "FAILED, it is to pass: a commit, $1"; cat "$work/log"; exit 1; }
	git push -q origin main > "$work/log" 2>&1 || { echo "FAILED, it is to pass: a push, $1"; cat "$work/log"; exit 1; }
	printf 'key = "%s"\n' "$key" > app.py
	git add app.py
	refuses "a commit with a key, $1" 'app.py:1:8' git commit -m 'Add a key'
	git commit -q --no-verify -m 'Add a key' > "$work/log" 2>&1
	git rm -q app.py
	git commit -q -m 'Take it out' > "$work/log" 2>&1
	refuses "a push of a key that is gone again, $1" 'app.py:1:8' git push origin main
}

# ran WHAT: the project's own hook, which leaves a mark, has run.
ran() { [ -e "$work/ran" ] || { echo "FAILED, the project's own hook did not run: $1"; exit 1; }; rm "$work/ran"; echo "runs:    the project's own hook, $1"; }

project "$husky"
npx husky init
printf 'touch "%s/ran"\n' "$work" > .husky/pre-commit
printf 'cat > "%s/refs"\n' "$work" > .husky/pre-push
says "init edits husky's files" '+neokeys hook pre-commit' neokeys init --hook --yes
says "init, where husky runs neokeys" 'runs neokeys already' neokeys init --hook --yes
try husky
ran "a commit, husky"
grep -q refs/heads/main "$work/refs" || { echo "FAILED, husky's pre-push has no refs"; exit 1; }
says "doctor, husky" 'pre-push    runs neokeys' sh -c 'neokeys doctor || true'
says "init takes it back" 'Edited .husky/pre-commit' neokeys init --remove --yes
if grep -r neokeys .husky; then echo "FAILED, it is still in .husky"; exit 1; fi

project "$lefthook"
printf 'pre-commit:\n  jobs:\n    - run: touch "%s/ran"\n' "$work" > lefthook.yml
cp lefthook.yml "$work/before.yml"
says "init edits lefthook's file" '+    - run: neokeys hook pre-commit' neokeys init --hook --yes
npx lefthook install > "$work/log"
says "init, where lefthook runs neokeys" 'lefthook runs neokeys already' neokeys init --hook --yes
try lefthook
ran "a commit, lefthook"
says "doctor, lefthook" 'pre-push    runs neokeys' sh -c 'neokeys doctor || true'
neokeys init --remove --yes > "$work/log"
cmp lefthook.yml "$work/before.yml"

# Global hooks: neokeys, then the project's own, whoever manages these.
cd "$work/husky" && git reset -q --hard
cd "$work/lefthook" && git checkout -q .
project plain
printf 'repos:\n  - repo: local\n    hooks: [{id: own, name: own, language: system, entry: touch "%s/ran", always_run: true, pass_filenames: false}]\n' "$work" > .pre-commit-config.yaml
venv=${XDG_CACHE_HOME:-$HOME/.cache}/neokeys-e2e/pre-commit-4.7.0
if ! [ -x "$venv/bin/pre-commit" ]; then
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check pre-commit==4.7.0
fi
"$venv/bin/pre-commit" install > "$work/log"
export XDG_CONFIG_HOME=$work/config
says "init --global" 'Set ' neokeys init --global --yes
for name in husky lefthook plain; do
	cd "$work/$name"
	git add -A
	rm -f "$work/ran"
	printf 'key = "%s"\n' "$key" > leaked.py
	git add leaked.py
	refuses "a commit with a key, by the global hook, $name" 'leaked.py:1:8' git commit -m 'Add a key'
	[ ! -e "$work/ran" ] || { echo "FAILED, the project's own hook ran first: $name"; exit 1; }
	git rm -qf leaked.py
	echo "x = $RANDOM" > app.py
	git add app.py
	says "a commit without a key, $name" '' git commit -m 'Change app'
	ran "after the global one, $name"
done
neokeys init --global --remove --yes > "$work/log"
