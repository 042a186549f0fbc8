#!/usr/bin/env bash
# Push to a server whose pre-receive hook `neokeys init --server` wrote, with the real git.
#
#   e2e/push.sh NEOKEYS
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/push.sh NEOKEYS}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1
git config --global user.name 'A U Thor'
git config --global user.email author@example.com
git config --global init.defaultBranch main

secret() { head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24; }
old=neo_sk_prod_$(secret)
key=neo_sk_prod_$(secret)

passes() {
	local what=$1
	shift
	"$@" > "$work/log" 2>&1 || { echo "FAILED, it is to pass: $what"; cat "$work/log"; exit 1; }
	if grep 'remote:' "$work/log"; then echo "FAILED, there is nothing to say: $what"; exit 1; fi
	echo "passes:  $what"
}
refuses() {
	local what=$1 text=$2
	shift 2
	if "$@" > "$work/log" 2>&1; then echo "FAILED, it is to be refused: $what"; cat "$work/log"; exit 1; fi
	grep -q "remote: .*$text" "$work/log" || { echo "FAILED, the pusher is not told \"$text\": $what"; cat "$work/log"; exit 1; }
	if grep -F -e "$old" -e "$key" "$work/log"; then echo "FAILED, it prints a key: $what"; exit 1; fi
	if grep -q $'\x1b' "$work/log"; then echo "FAILED, it is colored: $what"; exit 1; fi
	echo "refused: $what"
}

git init -q --bare "$work/server.git"
git init -q "$work/project"
cd "$work/project"
git remote add origin "file://$work/server.git"
printf 'key = "%s"\n' "$old" > old.py
git add .
git commit -qm 'Begin, with a key from before'
git push -q origin main 2> /dev/null

# A hook that is there already goes on working.
printf '#!/bin/sh\ncat >> "%s/seen"\n' "$work" > "$work/server.git/hooks/pre-receive"
chmod +x "$work/server.git/hooks/pre-receive"
"$neokeys" init --server --chain --yes "$work/server.git" > /dev/null

echo 'x = 1' > app.py
git add app.py
git commit -qm 'Add app'
passes 'a push without a key' git push origin main
grep -q refs/heads/main "$work/seen" || { echo 'FAILED: the hook that was there is not run'; exit 1; }
passes 'a new branch of commits that are there' git push origin main:refs/heads/release

printf 'key = "%s"\n' "$key" >> app.py
git commit -qam 'Add a key'
refuses 'a push with a key' 'app.py:2:8' git push origin main
refuses 'a new branch with it' 'app.py:2:8' git push origin main:topic
refuses 'a tag with it' 'app.py:2:8' git push origin main:refs/tags/v1
echo 'x = 1' > app.py
git commit -qam 'Take it out again'
refuses 'a push of a key that is gone again' 'app.py:2:8' git push origin main
refuses 'one such ref among others' 'app.py:2:8' git push origin origin/main:refs/heads/fine main
[ "$(git ls-remote origin | wc -l)" = 3 ] || { echo 'FAILED: a refused push left something'; git ls-remote origin; exit 1; }
git reset -q --hard origin/main

git tag -am "the key is $key" v2
refuses 'a key in the message of a tag' 'tag:' git push origin v2
git commit -q --allow-empty -m "Use $key"
refuses 'a key in the message of a commit' 'commit:' git push origin main
git reset -q --hard origin/main

git tag -d v2 > /dev/null
git tag -am 'All is well' v2
passes 'a tag without one' git push origin v2
passes 'a push that removes branches' git push origin :release :v2

# What cannot be checked is refused, too.
printf '#!/bin/sh\nrm -f "%s"/server.git/HEAD\n' "$work" > "$work/server.git/hooks/pre-receive.before-neokeys"
echo 'x = 2' > app.py
git commit -qam 'Change app'
if git push origin main > "$work/log" 2>&1; then echo 'FAILED: a push that could not be checked went through'; exit 1; fi
grep -q 'remote: .*could not be checked' "$work/log" || { echo 'FAILED: it does not say why'; cat "$work/log"; exit 1; }
echo 'refused: a push that cannot be checked, saying so'
