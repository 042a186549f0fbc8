#!/usr/bin/env bash
# Use neokeys through the real pre-commit framework, as a project does that has it in its
# .pre-commit-config.yaml: the framework clones this checkout and builds it. Go, git and
# Python must be there.
#
#   e2e/pre-commit.sh
set -euo pipefail
cd "$(dirname "$0")/.."

version=4.7.0

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

venv=${XDG_CACHE_HOME:-$HOME/.cache}/neokeys-e2e/pre-commit-$version
if ! [ -x "$venv/bin/pre-commit" ]; then
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check "pre-commit==$version"
fi
PATH=$venv/bin:$PATH

# What is built is this checkout as it is, with what is not committed yet. Modules need
# not be downloaded again for it, nor, without the paths of folders in them, packages be
# compiled again.
GOMODCACHE=$(go env GOMODCACHE) GOCACHE=$(go env GOCACHE) GOFLAGS="$(go env GOFLAGS) -trimpath"
export GOMODCACHE GOCACHE GOFLAGS PRE_COMMIT_HOME=$work/home HOME=$work GIT_CONFIG_NOSYSTEM=1
git config --global user.name 'A U Thor'
git config --global user.email author@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git init -q "$work/neokeys"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
	[ ! -f "$file" ] || printf '%s\0' "$file"
done | tar -c --null -T - | tar -x -C "$work/neokeys"
git -C "$work/neokeys" add -A
git -C "$work/neokeys" commit -qm 'This checkout'

secret() { head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24; }
old=neo_sk_prod_$(secret)
new=neo_sk_prod_$(secret)

# passes WHAT COMMAND..., and refuses WHAT TEXT COMMAND...: what it says has TEXT in it.
passes() {
	local what=$1
	shift
	"$@" > "$work/log" 2>&1 || { echo "FAILED, it is to pass: $what"; cat "$work/log"; exit 1; }
	clean "$what"
	echo "passes:  $what"
}
refuses() {
	local what=$1 text=$2
	shift 2
	if "$@" > "$work/log" 2>&1; then echo "FAILED, it is to be refused: $what"; cat "$work/log"; exit 1; fi
	grep -qF -- "$text" "$work/log" || { echo "FAILED, it does not say \"$text\": $what"; cat "$work/log"; exit 1; }
	clean "$what"
	echo "refused: $what"
}
clean() {
	if grep -qF -e "$old" -e "$new" "$work/log"; then echo "FAILED, it prints a key: $1"; exit 1; fi
}

git init -q "$work/project"
cd "$work/project"
cat > .pre-commit-config.yaml <<YAML
repos:
  - repo: $work/neokeys
    rev: $(git -C "$work/neokeys" rev-parse HEAD)
    hooks:
      - id: neokeys
        exclude: ^fixtures/
      - id: neokeys-push
YAML
pre-commit install -t pre-commit -t pre-push > "$work/log"

echo 'key = None' > app.py
git add .
passes 'a commit without a key' git commit -m 'Begin'
printf 'key = "%s"\n' "$new" > app.py
git add app.py
refuses 'a commit with a key' 'app.py:1:8' git commit -m 'Add a key'
grep -q 'os.environ\["NEO_API_KEY"\]' "$work/log"
grep -q 'neokeys:ignore\[neo-api-key\]' "$work/log"
refuses 'pre-commit run, by hand' 'app.py:1:8' pre-commit run
git reset -q
refuses 'git commit -a' 'app.py:1:8' git commit -am 'Add a key'
echo 'other' > other.py
git add other.py
refuses 'git commit PATH' 'app.py:1:8' git commit -m 'Add a key' app.py
passes 'git commit PATH, of another file' git commit -m 'Add other' other.py
git checkout -q app.py

mkdir fixtures
printf 'key = "%s"\n' "$new" > fixtures/sample.py
git add fixtures
passes 'a key in a file that the project excludes' git commit -m 'Add a fixture'

printf 'key = "%s"\n' "$new" > app.py
touch -- --exit-zero -q ' a name
of two lines' -
git add .
refuses 'a key beside files that are called like flags' 'app.py:1:8' git commit -m 'Add flags'
git rm -qf --cached app.py
printf 'key = "%s"\n' "$new" > ./-
rm app.py
git add ./-
refuses 'a key in a file called -' '-:1:8' git commit -m 'Add -'
refuses 'the same by hand' '-:1:8' pre-commit run --files=-
git rm -qfr --cached .
git checkout -qf HEAD -- .
git clean -qfd

# More names than fit on a command line: the framework runs several processes.
mkdir many
long=$(printf 'x%.0s' {1..200})
for i in {1000..1900}; do : > "many/$long$i"; done
printf 'key = "%s"\n' "$new" > "many/${long}1500"
git add many
refuses 'a key in one of 900 files with long names' 'x1500:1:8' git commit -m 'Add many'
git rm -qrf many

printf 'key = "%s"\n' "$old" > old.py
git add old.py
git commit -q --no-verify -m 'Add an old key'
echo '# more' >> old.py
passes 'a commit to a file that has a key already' git commit -am 'Change a file with a key'
refuses 'pre-commit run --all-files' 'old.py:1:8' pre-commit run --all-files
refuses 'pre-commit run --files' 'old.py:1:8' pre-commit run --files old.py
sed 's/exclude: .*/args: [--severity=neo-api-key=note, --fail-on=error, --]/' .pre-commit-config.yaml > "$work/flags.yaml"
passes 'it, with flags in args that put up with it' pre-commit run -c "$work/flags.yaml" --all-files
sed 's/, --]/]/' "$work/flags.yaml" > "$work/slip.yaml"
refuses 'it, with args that do not end with --' 'must be "--"' pre-commit run -c "$work/slip.yaml" --all-files
passes 'pre-commit run --files, of another file' pre-commit run --files app.py

git init -q --bare "$work/remote.git"
git remote add origin "$work/remote.git"
refuses 'the first push, of a history with a key' 'old.py:1:8' git push origin main
passes 'git push --no-verify' git push --no-verify origin main
git checkout -qb topic
echo 'x = 1' > topic.py
git add topic.py
git commit -qm 'Add topic' > "$work/log" 2>&1
passes 'a push of a new branch; the remote has the old key already' git push origin topic
printf 'key = "%s"\n' "$new" >> topic.py
git commit -q --no-verify -am 'Add a key'
echo 'x = 1' > topic.py
git commit -qam 'Take it out again' > "$work/log" 2>&1
refuses 'a push of a key that came with --no-verify and was taken out again' 'topic.py:2:8' git push origin topic
refuses 'a push of it as a new branch' 'topic.py:2:8' git push origin topic:refs/heads/other
git reset -q --hard origin/topic
echo 'x = 2' > topic.py
git commit -qam 'Change topic' > "$work/log" 2>&1
passes 'a push without a key' git push origin topic
passes 'a push that removes a branch' git push origin :topic
