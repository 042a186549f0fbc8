#!/usr/bin/env bash
# Install what a release has, each into a place where nothing else is, and run it: the archive, the deb
# and the wheel in a Debian made by debootstrap, npm's packages from a registry that this script runs,
# Python's for pip, pipx and uv, the image, and pre-commit's hooks of all languages. DIST is a folder
# that e2e/release.sh made. It needs Node.js, Python and, for Debian, root.
#
#   e2e/install.sh DIST
set -euo pipefail

dist=$(realpath "${1:?usage: e2e/install.sh DIST}")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
servers=()
trap '[ ${#servers[@]} -eq 0 ] || kill "${servers[@]}"; chmod -R u+w "$work"; rm -rf "$work"' EXIT
version=$(cd "$dist" && ls neokeys_*_linux_amd64.tar.gz | sed 's/neokeys_\(.*\)_linux_amd64.*/\1/')
case $(uname -m) in x86_64) cpu=amd64 ;; aarch64) cpu=arm64 ;; esac
export GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1
git config --global user.name 'A U Thor'
git config --global user.email author@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false
key=neo_sk_prod_$(head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24)

# A repository with a key that only the history has.
git init -q "$work/project"
printf 'key = "%s"\n' "$key" > "$work/project/app.py"
git -C "$work/project" add app.py
git -C "$work/project" commit -qm 'Add a key'
git -C "$work/project" rm -q app.py
git -C "$work/project" commit -qm 'Take it out'

# finds WHAT COMMAND...: the command finds the key, within ten seconds, or those that are in $limit.
finds() {
	local what=$1 status=0 begin=$SECONDS
	shift
	"$@" > "$work/log" 2>&1 || status=$?
	[ $status = 1 ] && grep -q 'app.py' "$work/log" || { echo "FAILED: $what: exit status $status"; cat "$work/log"; exit 1; }
	[ $((SECONDS - begin)) -le "${limit:-10}" ] || { echo "FAILED: $what: it took $((SECONDS - begin)) s"; exit 1; }
	if grep -qF "$key" "$work/log"; then echo "FAILED: $what: it prints the key"; exit 1; fi
	echo "finds it, after $((SECONDS - begin)) s: $what"
}
audit="cd $work/project && neokeys audit"

# npm, from a registry of our own: no other package is asked for.
python3 "$root/e2e/npmregistry.py" "$dist/npm" "$work/address" 2> "$work/registry.log" &
servers+=($!)
for _ in $(seq 100); do [ -s "$work/address" ] && break; sleep 0.1; done
export npm_config_registry npm_config_cache=$work/npm npm_config_update_notifier=false npm_config_audit=false
npm_config_registry=$(cat "$work/address")
mkdir "$work/node" && (cd "$work/node" && echo '{"private": true}' > package.json && npm install --silent "neokeys@$version")
finds "npm install, in a project" bash -c "cd $work/project && $work/node/node_modules/.bin/neokeys audit"
npm install --silent --global --prefix "$work/prefix" "neokeys@$version"
finds "npm install --global" env PATH="$work/prefix/bin:$PATH" bash -c "$audit"
limit=120 finds "npx neokeys" bash -c "cd $work/project && npx --yes neokeys@$version audit"
[ "$(ls "$work/node/node_modules/@neokeys" | wc -l)" = 1 ] || { echo "FAILED: npm installed other platforms, too"; exit 1; }
cmp "$work"/node/node_modules/@neokeys/*/bin/neokeys <(tar -xzOf "$dist/neokeys_${version}_linux_$cpu.tar.gz" neokeys)
status=0
rm -r "$work/node/node_modules/@neokeys"
"$work/node/node_modules/.bin/neokeys" version > "$work/log" 2>&1 || status=$?
[ $status = 2 ] && grep -q 'is not installed' "$work/log" || { echo "FAILED: without the platform's package: $status"; cat "$work/log"; exit 1; }

# Python, from the wheels alone.
export PIP_DISABLE_PIP_VERSION_CHECK=1
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-index --find-links "$dist/python" neokeys
finds "pip install" env PATH="$work/venv/bin:$PATH" bash -c "$audit"
cmp "$work/venv/bin/neokeys" <(tar -xzOf "$dist/neokeys_${version}_linux_$cpu.tar.gz" neokeys)
tools=${XDG_CACHE_HOME:-$HOME/.cache}/neokeys-e2e/python
[ -x "$tools/bin/uv" ] && [ -x "$tools/bin/pipx" ] || { python3 -m venv "$tools"; "$tools/bin/pip" install --quiet uv==0.9.5 pipx==1.8.0 pre-commit==4.7.0; }
limit=120 finds "uvx neokeys" bash -c "cd $work/project && UV_CACHE_DIR=$work/uv UV_TOOL_DIR=$work/uvtools $tools/bin/uvx --offline --no-index --find-links $dist/python neokeys audit"
export PIPX_HOME=$work/pipx
"$tools/bin/pipx" upgrade-shared > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
limit=120 finds "pipx run neokeys" bash -c "cd $work/project && $tools/bin/pipx run --pip-args='--no-index --find-links=$dist/python' neokeys audit"

# pre-commit, with a program from a package.
hooks=$work/hooks
mkdir "$hooks"
cp "$root/.pre-commit-hooks.yaml" "$root/package.json" "$root/pyproject.toml" "$hooks"
wheels=$(cd "$dist/python" && ls | sed 's/^neokeys-\([^-]*\)-.*/\1/' | sort -u) # Python writes a snapshot's version in its own way
sed -i "s/neokeys==[0-9.]*/neokeys==$wheels/; s/neokeys@[0-9.]*/neokeys@$version/" "$hooks/.pre-commit-hooks.yaml"
git -C "$hooks" init -q && git -C "$hooks" add . && git -C "$hooks" commit -qm Hooks
for language in python node; do
	git init -q "$work/by-$language"
	cd "$work/by-$language"
	printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks: [{id: neokeys-%s}, {id: neokeys-push-%s}]\n' "$hooks" "$(git -C "$hooks" rev-parse HEAD)" $language $language > .pre-commit-config.yaml
	printf 'key = "%s"\n' "$key" > app.py
	git add .
	export PRE_COMMIT_HOME=$work/pre-commit
	PIP_FIND_LINKS=$dist/python "$tools/bin/pre-commit" install --install-hooks > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
	limit=120 finds "pre-commit, language: $language" git commit -m 'Add a key'
done
cd "$root"

# The image, in a registry that is in memory.
go build -C "$root/release" -o "$work/crane" github.com/google/go-containerregistry/cmd/crane
"$work/crane" registry serve --address 127.0.0.1:0 > "$work/crane.log" 2>&1 &
servers+=($!)
for _ in $(seq 100); do grep -q 'port' "$work/crane.log" && break; sleep 0.1; done
registry=127.0.0.1:$(grep -oE '[0-9]+$' "$work/crane.log" | head -n 1)
"$work/crane" push "$dist/image" "$registry/neokeys:$version" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
for platform in linux/amd64 linux/arm64; do
	"$work/crane" config --platform $platform "$registry/neokeys:$version" | grep -q '"User":"65532:65532"'
	"$work/crane" validate --platform $platform --remote "$registry/neokeys:$version" > "$work/log"
done
"$work/crane" export --platform "linux/$cpu" "$registry/neokeys:$version" - | tar -x -C "$(mkdir "$work/image" && echo "$work/image")"
ls "$work/image/etc/ssl/certs/ca-certificates.crt" > /dev/null
if [ "$(id -u)" = 0 ]; then
	cp -r "$work/project" "$work/image/scan/project"
	chmod -R a+rX "$work/image"
	finds "the image, as its user" chroot --userspec=65532:65532 "$work/image" /neokeys audit /scan/project
fi

# A Debian with nothing else.
if [ "$(id -u)" = 0 ]; then
	command -v debootstrap > /dev/null || apt-get install -qq -y debootstrap > /dev/null
	mirror=$(sed -n 's/^deb *\(\[[^]]*\] *\)\{0,1\}\(http[^ ]*\).*/\2/p; s/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1) || true
	debootstrap --variant=minbase bookworm "$work/debian" "$mirror" > "$work/log" 2>&1 || { tail "$work/log"; exit 1; }
	mkdir "$work/debian/packages"
	cp "$dist/neokeys_${version}_linux_$cpu".{tar.gz,deb} "$work/debian/packages"
	cp -r "$work/project" "$work/debian/project"
	in_debian() { chroot "$work/debian" /bin/sh -c "$1"; }
	finds "the archive, in a bare Debian" in_debian "mkdir /opt/neokeys && tar -xzf /packages/neokeys_*.tar.gz -C /opt/neokeys && cd /project && /opt/neokeys/neokeys audit"
	rm -r "$work/debian/opt/neokeys"
	finds "the deb, in a bare Debian" in_debian "dpkg -i /packages/neokeys_*.deb && cd /project && neokeys audit"
	in_debian "ls /usr/share/man/man1/neokeys-audit.1* /usr/share/bash-completion/completions/neokeys" > /dev/null
	in_debian "dpkg -r neokeys" > /dev/null
	cp "$dist/neokeys-fleet_${version}_linux_$cpu.deb" "$work/debian/packages"
	in_debian "dpkg -i /packages/neokeys-fleet_*.deb && neokeys-fleet --version" | grep -F "$version"
	mkdir "$work/debian/wheel" && python3 -m zipfile -e "$dist/python/"*manylinux*"$(uname -m)"*.whl "$work/debian/wheel"
	finds "the program of the wheel, in a bare Debian" in_debian "cd /project && chmod +x /wheel/*/scripts/neokeys && /wheel/*/scripts/neokeys audit"
	mkdir "$work/debian/npm" && tar -xzf "$dist/npm/neokeys-linux-$(echo $cpu | sed s/amd/x/)-$version.tgz" -C "$work/debian/npm"
	finds "the program of npm's package, in a bare Debian" in_debian "cd /project && /npm/package/bin/neokeys audit"
fi

# Linux packages of other kinds, and the files of collections.
for file in neokeys{,-fleet}_"$version"_linux_{amd64,arm64}.{deb,rpm,apk} neokeys{,-fleet}_"$version"_{linux,darwin}_{amd64,arm64}.tar.gz neokeys{,-fleet}_"$version"_windows_{amd64,arm64}.zip homebrew/Formula/neokeys.rb scoop/neokeys.json winget/manifests/n/neokeys/neokeys/"$version"/neokeys.neokeys.yaml nix/pkgs/neokeys/default.nix; do
	[ -s "$dist/$file" ] || { echo "FAILED: there is no $file"; exit 1; }
done
for file in "$dist"/neokeys{,-fleet}_"$version"_*.{tar.gz,zip}; do
	python3 - "$file" << 'END'
import json, sys
cdx, spdx = json.load(open(sys.argv[1] + ".cdx.json")), json.load(open(sys.argv[1] + ".spdx.json"))
names = {c["name"] for c in cdx["components"]}
assert cdx["bomFormat"] == "CycloneDX" and spdx["spdxVersion"].startswith("SPDX-"), sys.argv[1]
assert {"github.com/spf13/cobra", "stdlib"} <= names and "github.com/spf13/cobra" in {p["name"] for p in spdx["packages"]}, sys.argv[1]
END
done
command -v nix-instantiate > /dev/null && nix-instantiate --parse "$dist/nix/pkgs/neokeys/default.nix" > /dev/null
echo "all is there"
