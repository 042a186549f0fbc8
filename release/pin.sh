#!/usr/bin/env bash
# Have the documentation use the action at the commit of a release, which nobody can move.
#
#   release/pin.sh vX.Y.Z
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:?usage: release/pin.sh vX.Y.Z}
commit=$(git rev-parse --verify "$tag^{commit}")
for page in README.md docs/*.md; do
	sed -E "s|(neokeys/neokeys@)[0-9a-f]{40} # .*|\\1$commit # $tag|" "$page" > "$page.new"
	cat "$page.new" > "$page"
	rm "$page.new"
done
