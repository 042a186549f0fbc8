#!/usr/bin/env bash
# Take a key out of a history as neokeys purge says, with the real git-filter-repo, and see that it is gone.
#
#   e2e/purge.sh NEOKEYS
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/purge.sh NEOKEYS}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
fail() { echo "FAILED: $*"; exit 1; }
status() { # the exit status of a command that may fail
	local got=0
	"${@:2}" > "$work/out" 2>&1 || got=$?
	[ "$got" = "$1" ] || { cat "$work/out"; fail "status $got, want $1: ${*:2}"; }
}

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check git-filter-repo==2.47.0
PATH=$work/venv/bin:$PATH

secret() { python3 -c 'import random, string; print("".join(random.choices(string.ascii_letters + string.digits, k=24)))'; }
key=neo_sk_prod_$(secret)
other=neo_sk_test_$(secret)
id=$(printf %s "$key" | sha256sum | cut -c1-16)

git init -q -b main "$work/origin.git" --bare
git clone -q "$work/origin.git" "$work/repo" 2> /dev/null
cd "$work/repo"
echo "const key = '$key';" > app.js
echo "key: $other" > other.yml
git add . && git commit -qm 'First'
git tag -m "Uses $key" v1
git switch -qc next
echo "x" >> app.js && git commit -qam "Use $key for now"
git notes add -m "the key is $key"
git switch -q main
echo "const key = process.env.NEO_API_KEY;" > app.js && git commit -qam 'Take it out'
kubectl="apiVersion: v1
kind: Secret
data:
  NEO_API_KEY: $(printf %s "$key" | base64)"
echo "$kubectl" > secret.yaml && git add . && git commit -qm 'Add a secret' && git rm -q secret.yaml && git commit -qm 'Remove it'
git push -q origin main next v1 refs/notes/commits
git push -q origin next:refs/pull/1/head
cd "$work"

echo "--- there, by a path, by a URL and by its bytes"
status 1 "$neokeys" git repo --gone "$id"
grep -q '^There: ' out || fail "it does not say that the key is there"
status 1 "$neokeys" git origin.git --gone "$id"
printf %s "$key" > key.txt
status 1 "$neokeys" git repo --gone - < key.txt

echo "--- the plan"
status 1 "$neokeys" purge "$id" --repo repo
for want in 'tags: v1' 'notes: ' 'branches: ' 'secret.yaml' 'git filter-repo --sensitive-data-removal --replace-text' "$(git -C repo rev-parse v1^{commit})"; do
	grep -qF -- "$want" out || { cat out; fail "the plan does not say $want"; }
done
! grep -qF "$key" out || fail "the plan shows the key"
status 1 "$neokeys" purge "$id" --repo repo --show-secrets -o replace.txt
[ "$(stat -c %a replace.txt)" = 600 ] || fail "others can read the keys"
status 2 "$neokeys" purge "$id" --repo repo --show-secrets -o replace.txt
status 2 "$neokeys" purge "$id" --repo repo -o other.txt

echo "--- rewritten with git-filter-repo"
git clone -q --mirror origin.git purge.git
cd purge.git
git filter-repo --sensitive-data-removal --replace-text ../replace.txt --replace-message ../replace.txt > ../log 2>&1 || { cat ../log; fail "git filter-repo"; }
status 1 "$neokeys" git --gone "$id" # what is encoded is not replaced
grep -q 'secret.yaml' ../out || fail "the encoded key is not named"
! grep -q 'app.js' ../out || { cat ../out; fail "the plain key is still there"; }
git filter-repo --sensitive-data-removal --force --invert-paths --path secret.yaml > ../log 2>&1 || { cat ../log; fail "git filter-repo"; }
status 0 "$neokeys" git --gone "$id"
grep -q '^Gone: ' ../out || fail "it does not say that the key is gone"
status 0 "$neokeys" git --gone - < ../key.txt
status 1 "$neokeys" git --gone "$(printf %s "$other" | sha256sum | cut -c1-16)" # the other one was not touched

echo "--- pushed, and gone from the server"
git push -q --force --mirror ../origin.git
cd ..
status 1 "$neokeys" git origin.git --gone "$id" # objects that no ref leads to
git -C origin.git gc -q --prune=now
status 0 "$neokeys" git origin.git --gone "$id"
status 1 "$neokeys" git repo --gone "$id" # a collaborator's clone

echo "purge: all passed"
