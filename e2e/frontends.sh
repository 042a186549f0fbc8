#!/usr/bin/env bash
# Build real front ends with a key in every kind of place, and find each with its line in the source: by
# scanning the folder, and by searching the site; and miss no file that a browser loads of it.
#
#   e2e/frontends.sh NEOKEYS [APP ...]      (vite, webpack and next; all with "all")
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/frontends.sh NEOKEYS [APP ...]}")
shift
here=$(dirname "$(realpath "$0")")/frontends
[ $# -gt 0 ] || set -- vite webpack next
[ "$*" != all ] || set -- vite webpack next esbuild rollup parcel sveltekit

"$(dirname "$here")/chromium.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export NEXT_TELEMETRY_DISABLED=1 ASTRO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1

build() {
	local app=$1 folder=$work/$1 web=dist
	node "$here/plant.mjs" "$app" "$folder"
	(
		cd "$folder"
		npm ci --no-audit --no-fund --loglevel=error
		set -a && . ./.env && set +a
		npm run build
	) > "$work/$app.log" 2>&1 || { cat "$work/$app.log"; echo "FAILED: $app is not built"; return 1; }
	case $app in
	webpack | rollup | esbuild) cp "$folder/index.html" "$folder/dist/" ;;
	next) web=out ;;
	sveltekit) web=build ;;
	esac
	# What was installed is not ours, and takes most of the time to search.
	mv "$folder/node_modules" "$work/$app.modules"
	node "$here/check.mjs" "$neokeys" "$app" "$folder" "$folder/$web"
	rm -rf "$work/$app.modules"
}

failed=0
for app in "$@"; do
	build "$app" || failed=1
done
exit $failed
