#!/usr/bin/env bash
# Do as `neokeys init --hook` says in projects whose hooks husky and lefthook manage, with the
# real ones, and see that commits and pushes with a key are refused.
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
	npm install --silent --no-audit --no-fund --save-dev "$1"
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

project "$husky"
npx husky init
: > .husky/pre-commit
refuses "to write a hook in place of husky's" 'husky runs' neokeys init --hook --yes
sed -n 's/^    \(neokeys hook pre-commit\)$/\1/p' "$work/log" > .husky/pre-commit
sed -n 's/^    \(neokeys hook pre-push .*\)$/\1/p' "$work/log" > .husky/pre-push
says "init, where husky runs neokeys" 'husky runs neokeys already' neokeys init --hook --yes
try husky

project "$lefthook"
: > lefthook.yml
refuses "to write a hook in place of lefthook's" 'lefthook runs' neokeys init --hook --yes
sed -n 's/^    //p' "$work/log" > lefthook.yml
npx lefthook install > "$work/log"
says "init, where lefthook runs neokeys" 'lefthook runs neokeys already' neokeys init --hook --yes
try lefthook
