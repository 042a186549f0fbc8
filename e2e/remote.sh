#!/usr/bin/env bash
# Search a repository by its URL, and compare with its mirror searched in place: over git's own HTTP
# server with a token and, with "all", over git daemon and a local sshd where there is one.
#
#   e2e/remote.sh NEOKEYS [all]
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/remote.sh NEOKEYS [all]}")
all=${2:-}
here=$(cd "$(dirname "$0")" && pwd)

work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2> /dev/null || true; rm -rf "$work"' EXIT
export HOME=$work GIT_CONFIG_NOSYSTEM=1 TMPDIR=$work/tmp
mkdir "$work/tmp" "$work/srv"
git config --global user.name 'A U Thor'
git config --global user.email author@example.com
git config --global init.defaultBranch main
git config --global safe.directory '*'

secret() { head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | cut -c 1-24; }
git init -q "$work/shop"
cd "$work/shop"
for i in $(seq 1 40); do
	seq 1 $((400 + i)) > lines
	[ "$i" != 20 ] || echo "key = 'neo_sk_prod_$(secret)'" >> lines
	git add -A
	git commit -q -m "change $i"
done
git tag -a v1 -m "with neo_sk_test_$(secret)"
git checkout -q -b pull
echo "k: neo_sk_prod_$(secret)" > pull.yaml
git add -A
git commit -q -m pull
git update-ref refs/pull/1/head HEAD
git checkout -q main
git branch -q -D pull
git clone -q --mirror "$work/shop" "$work/srv/shop.git"
cd "$work"

report() { # FILE ARGUMENT... writes what does not differ from run to run
	local file=$1 status=0
	shift
	"$neokeys" audit -f json "$@" > "$file.json" || status=$?
	python3 - "$status" < "$file.json" > "$file" 3<&0 <<-'PY'
	import json, sys
	r = json.load(open(3))
	del r["summary"]["duration_ms"]
	for f in r["findings"]:
	    for name in "repository", "head", "scanned_at":
	        f.pop(name, None)
	print(sys.argv[1], json.dumps(r, indent=1, sort_keys=True))
	PY
}
report by-path srv/shop.git
grep -q '"keys": 3' by-path
same() { # NAME ARGUMENT...
	local name=$1
	shift
	report by-url "$@"
	cmp by-path by-url || { echo "FAILED: $name is not the same as the mirror"; diff by-path by-url || true; exit 1; }
	[ -z "$(ls "$TMPDIR")" ] || { echo "FAILED: $name leaves something behind"; ls "$TMPDIR"; exit 1; }
	echo "same: $name"
}

python3 "$here/githttp.py" "$work/srv" token-of-the-job "$work/address" 2> /dev/null &
pids+=($!)
for _ in $(seq 1 100); do [ -e address ] || sleep 0.1; done
if "$neokeys" git "$(cat address)/shop.git" > log 2>&1; then echo "FAILED: it needs no token"; exit 1; fi
grep -q NEOKEYS_GIT_TOKEN log
export NEOKEYS_GIT_TOKEN=token-of-the-job
same "http with a token" "$(cat address)/shop.git"
if grep -rq token-of-the-job by-url by-url.json log; then echo "FAILED: the token is printed"; exit 1; fi
unset NEOKEYS_GIT_TOKEN
"$neokeys" audit -q srv/shop.git shop > log || true
[ "$(grep -c 'srv/shop.git/lines' log)" -ge 1 ] && grep -q 'shop/lines' log
echo "same: two repositories in one report"
[ "$all" = all ] || exit 0

free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free)
git daemon --listen=127.0.0.1 --port="$port" --base-path="$work/srv" --export-all "$work/srv" 2> /dev/null &
pids+=($!)
sleep 1
same "git daemon" "git://127.0.0.1:$port/shop.git"

sshd=$(command -v sshd || ls /usr/sbin/sshd 2> /dev/null || true)
if [ -n "$sshd" ]; then
	port=$(free)
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f id
	cp id.pub authorized
	mkdir -p /run/sshd 2> /dev/null || true
	printf 'Port %s\nListenAddress 127.0.0.1\nHostKey %s/host\nAuthorizedKeysFile %s/authorized\nStrictModes no\nUsePAM no\nPidFile none\n' \
		"$port" "$work" "$work" > sshd_config
	"$sshd" -D -f "$work/sshd_config" 2> /dev/null &
	pids+=($!)
	sleep 1
	printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 host.pub)" > known_hosts
	same ssh --ssh-key id --known-hosts known_hosts "ssh://$(id -un)@127.0.0.1:$port$work/srv/shop.git"
else
	echo "skipped: ssh, without an sshd"
fi
