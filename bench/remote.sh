#!/usr/bin/env bash
# Compare `neokeys git URL` with `git clone --mirror` of the same repository, over git's own HTTP
# server on this machine: processor time and peak memory of the client, programs that it starts
# included, and not of the server. The results of searching the URL and the mirror must be the same.
#
#   bench/remote.sh REPOSITORY [RUNS]
#
# Needs go, git and GNU time. REPOSITORY must be whole: the server refuses one with missing objects.
set -euo pipefail
repo=$(realpath "${1:?usage: bench/remote.sh REPOSITORY [RUNS]}")
runs=${2:-3}
cd "$(dirname "$0")/.."

work=$(mktemp -d)
server=
trap 'kill $server 2> /dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
go build -o "$work/httpd" ./bench/httpd
mkdir "$work/srv"
ln -s "$repo" "$work/srv/repo.git"
"$work/httpd" "$work/srv" > "$work/address" &
server=$!
while [ ! -s "$work/address" ]; do sleep 0.1; done
url=$(cat "$work/address")/repo.git

timed() { # NAME COMMAND...
	local name=$1
	shift
	/usr/bin/time -f '%U %S %M %e' -o "$work/time" "$@" > "$work/out" 2> "$work/err" || [ $? = 1 ] || { cat "$work/err"; exit 1; }
	tail -n 1 "$work/time" | awk -v name="$name" '{ printf "%-22s %6.1f s processor  %5d MB  %6.1f s\n", name, $1 + $2, $3 / 1024, $4 }' | tee -a "$work/table"
}
git -C "$repo" count-objects -v | awk '/^(in-pack|size-pack)/ { printf "%s%s", sep, $0; sep = ", " } END { print "" }'
echo "$(git -C "$repo" for-each-ref | wc -l) refs"
for _ in $(seq "$runs"); do # in turn, since a machine is slower at one time than at another
	timed "neokeys git URL" "$work/neokeys" git "$url"
	sed 's/ in [0-9].*s\.$//; s/ in [^ ]* (history)//' "$work/out" > "$work/by-url"
	rm -rf "$work/mirror.git"
	timed "git clone --mirror" git clone -q --mirror "$url" "$work/mirror.git"
done
"$work/neokeys" git "$work/mirror.git" > "$work/out" || [ $? = 1 ]
sed 's/ in [0-9].*s\.$//; s/ in [^ ]* (history)//' "$work/out" > "$work/by-mirror"
cmp "$work/by-url" "$work/by-mirror" && echo "the results are the same"
awk '/neokeys/ { a += $4 } /clone/ { b += $4 } END { printf "neokeys takes %.2f of the processor time of the clone\n", a / b }' "$work/table"
