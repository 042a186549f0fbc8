#!/usr/bin/env bash
# The first step of the action: have the neokeys of the action's own release in the tool cache, or
# say that it has to be compiled, since the action is used at a branch or commit without a release.
# Outputs: program, the path of neokeys; or compile=true. action.yml describes the variables; their
# values are untrusted. It also runs on bash 3.2, which macOS has.
set -euo pipefail

# Where releases and tags are; NEOKEYS_SOURCE is for a mirror.
source=${NEOKEYS_SOURCE:-https://github.com/neokeys/neokeys}
exact='^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$'

# shellcheck source=action/fail.sh
. "$GITHUB_ACTION_PATH/action/fail.sh"

# compile says that there is no release, and why.
compile() {
	echo "$1: neokeys is compiled."
	echo compile=true >> "$GITHUB_OUTPUT"
	exit 0
}

# found PROGRAM: it is there.
found() {
	echo "Using $1"
	echo "program=$1" >> "$GITHUB_OUTPUT"
	exit 0
}

case ${RUNNER_OS:-$(uname -s)} in
Linux) os=linux ;;
macOS | Darwin) os=darwin ;;
Windows | MINGW* | MSYS*) os=windows ;;
*) compile "There is no release for ${RUNNER_OS:-this system}" ;;
esac
case ${RUNNER_ARCH:-$(uname -m)} in
X64 | x86_64) arch=amd64 ;;
ARM64 | arm64 | aarch64) arch=arm64 ;;
*) compile "There is no release for ${RUNNER_ARCH:-this processor}" ;;
esac
program=neokeys ext=tar.gz
[ $os = linux ] || [ $os = darwin ] || { program=neokeys.exe ext=zip; }
cache=${RUNNER_TOOL_CACHE:-$RUNNER_TEMP/tools}/neokeys

# cached VERSION: the cache has it whole.
cached() { [ -e "$cache/$1/$arch.complete" ] && [ -x "$cache/$1/$arch/$program" ]; }

# release_at REF prints the tag of the release that a commit id or another tag is.
release_at() {
	local commit=$1 tags file
	if [[ $1 =~ ^[0-9a-f]{40}$ ]]; then
		for file in "$cache"/*/commit; do
			[ ! -e "$file" ] || [ "$(cat "$file")" != "$1" ] || { basename "$(dirname "$file")" | sed 's/^/v/'; return; }
		done
	fi
	tags=$(git ls-remote --tags "$source" 'v*') || return 1
	# A tag object is followed by the commit that it is for.
	tags=$(printf '%s\n' "$tags" | awk '{ sub("refs/tags/", "", $2); peeled = sub(/\^\{\}$/, "", $2); if (peeled || !($2 in at)) at[$2] = $1 } END { for (t in at) print at[t], t }')
	[[ $1 =~ ^[0-9a-f]{40}$ ]] || commit=$(printf '%s\n' "$tags" | awk -v ref="$1" '$2 == ref { print $1 }')
	[ -n "$commit" ] || return 0
	printf '%s\n' "$tags" | awk -v commit="$commit" '$1 == commit { print $2 }' | grep -E "$exact" | sort -V | tail -n 1 || true
}

# sha256 FILE prints its checksum.
sha256() { if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

# download NAME: a file of the release, into the working folder.
download() { curl -fsSL --retry 3 -o "$work/$1" "$source/releases/download/$tag/$1"; }

# attested FILE: where gh is there and may ask, the release workflow must have made it.
attested() {
	[ "$source" = https://github.com/neokeys/neokeys ] && [ -n "$IN_TOKEN" ] && command -v gh > /dev/null && gh attestation verify --help > /dev/null 2>&1 || {
		echo "Its attestation is not checked: that takes gh and a token."
		return 0
	}
	GH_TOKEN=$IN_TOKEN gh attestation verify "$1" --repo neokeys/neokeys \
		--signer-workflow neokeys/neokeys/.github/workflows/release.yml
}

tag=$IN_VERSION
[ -n "$tag" ] || tag=$ACTION_REF
case $tag in
'') compile "The action is used from a folder" ;;
*[!0-9A-Za-z./_-]*) [ -z "$IN_VERSION" ] || fail "version: '$IN_VERSION' is no version; use one such as v0.1.0" ;;
esac
if ! [[ $tag =~ $exact ]]; then
	ref=$tag
	tag=$(release_at "$ref") || compile "The tags of $source cannot be listed"
	[ -n "$tag" ] || compile "There is no release of $ref"
fi
version=${tag#v}
! cached "$version" || found "$cache/$version/$arch/$program"

work=$(mktemp -d "$RUNNER_TEMP/neokeys.XXXXXX")
trap 'rm -rf "$work"' EXIT
archive=neokeys_${version}_${os}_$arch.$ext
download "$archive" || compile "There is no release $tag"
download checksums.txt || fail "the checksums of $tag cannot be downloaded"
want=$(awk -v file="$archive" '$2 == file { print $1 }' "$work/checksums.txt")
[ -n "$want" ] || fail "the checksums of $tag do not name $archive"
[ "$(sha256 "$work/$archive")" = "$want" ] || fail "$archive does not have the checksum that its release names: it is not used"
attested "$work/$archive" || fail "$archive has no attestation of neokeys' release workflow: it is not used"
mkdir "$work/unpacked"
if [ $ext = zip ]; then unzip -q "$work/$archive" -d "$work/unpacked"; else tar -xzf "$work/$archive" -C "$work/unpacked"; fi
mkdir -p "$cache/$version/$arch"
cp "$work/unpacked/$program" "$cache/$version/$arch/$program.new.$$"
mv -f "$cache/$version/$arch/$program.new.$$" "$cache/$version/$arch/$program" # another job may be running it
"$cache/$version/$arch/$program" version -f json | sed -n 's/.*"commit": "\([0-9a-f]*\)".*/\1/p' > "$cache/$version/commit"
touch "$cache/$version/$arch.complete"
found "$cache/$version/$arch/$program"
