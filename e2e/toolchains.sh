#!/usr/bin/env bash
# Keys in what real programs write: binaries of Go and Rust, Hermes bytecode, Python's, SQLite databases, Electron's
# archives. What is not installed and cannot be had is skipped, with a message.
#
#   e2e/toolchains.sh NEOKEYS [all]
#
# Without all, only what needs no download: Go, Python, sqlite3.
set -euo pipefail

neokeys=$(realpath "${1:?usage: e2e/toolchains.sh NEOKEYS [all]}")
all=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

key() { printf 'neo_sk_prod_'; LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 24 || true; }
A=$(key) B=$(key) C=$(key)

# expect NAME FILE KEY...: a scan of the file finds these keys, each of them, and no others.
expect() {
	local name=$1 file=$2
	shift 2
	"$neokeys" scan --no-ignore --show-secrets -f json "$file" >report.json || [ $? = 1 ]
	printf '%s\n' "$@" | sort -u >want
	python3 -c 'import json
for f in json.load(open("report.json"))["findings"]:
    if f["rule"] == "neo-api-key": print(f["key"]["secret"])' | sort -u >got
	if ! diff want got >difference; then
		echo "$name: wrong keys (< is missing, > is no key):" >&2
		sed -E 's/(neo_sk_prod_.{4}).*/\1.../' difference >&2
		exit 1
	fi
	echo "$name: found"
}

# has PROGRAM: whether it is installed.
has() { command -v "$1" >/dev/null || { echo "$1 is not installed: skipped"; return 1; }; }

if has go; then
	cat >main.go <<END
package main

import (
	"net/http"
	"os"
)

var keys = map[string]string{"a": "$A", "b": "$B"}

func main() {
	r, _ := http.NewRequest("GET", "https://api.neoagent.io/public-api/agents", nil)
	r.Header.Set("Authorization", "Bearer "+keys[os.Args[1]])
	r.Header.Set("X-Key", "$C")
	println(r.Header.Get("X-Key"))
}
END
	printf 'module example.com/a\n\ngo 1.21\n' >go.mod
	go build -o go-program .
	expect "Go" go-program "$A" "$B" "$C"
	go build -ldflags='-s -w' -trimpath -o go-stripped .
	expect "Go, stripped" go-stripped "$A" "$B" "$C"
fi

if has python3; then
	printf 'import os\nKEYS = {"a": "%s", "environment": "%s"}\ndef f(key="%s"):\n    return KEYS, key\n' "$A" "$B" "$C" >a.py
	python3 -m compileall -q -b a.py
	expect "Python" a.pyc "$A" "$B" "$C"
fi

if has sqlite3; then
	sqlite3 kv.db "create table kv(k text primary key, v text) without rowid; create table s(id integer primary key, v text, t text);
		insert into kv values('NEO_API_KEY', '$A'), ('theme', 'dark'); insert into s values(1, '$B', 'production'), (2, '$C', NULL);"
	expect "SQLite" kv.db "$A" "$B" "$C"
	sqlite3 wide.db "pragma encoding='UTF-16le'; create table kv(k text, v text); insert into kv values('a', '$A'), ('b', '$B');"
	expect "SQLite, UTF-16" wide.db "$A" "$B"
fi

if [ "$all" != all ]; then
	exit
fi

if has rustc; then
	cat >main.rs <<END
use std::collections::HashMap;
const KEY: &str = "$A";
fn main() {
    let mut m = HashMap::new();
    m.insert("buffer", "$B");
    m.insert("Bearer", KEY);
    let k = std::env::args().nth(1).unwrap_or_default();
    println!("{} {}", m.get(k.as_str()).unwrap_or(&"$C"), "Authorization");
}
END
	rustc -O -o rust-program main.rs
	expect "Rust" rust-program "$A" "$B" "$C"
fi

# npm PACKAGE...: whether the packages could be installed.
npm_has() {
	npm install --silent --no-audit --no-fund --no-save "$@" >npm.log 2>&1 || { echo "$*: not to be had from npm: skipped"; return 1; }
}

if has npm; then
	cat >app.js <<END
const environment = "production"; const key = "$A"; const join = ["$B"].join();
fetch("https://api.neoagent.io/public-api/agents", {headers: {Authorization: "Bearer " + key, "X-Other": "$C" + environment + join}});
END
	if npm_has hermes-compiler; then
		hermesc=$(find node_modules/hermes-compiler -path '*linux64*' -name hermesc | head -1)
		if [ -n "$hermesc" ] && "$hermesc" -emit-binary -O -out index.android.bundle app.js >hermes.log 2>&1; then
			expect "Hermes" index.android.bundle "$A" "$B" "$C"
		else
			echo "hermesc does not run here: skipped"
		fi
	fi
	if npm_has @electron/asar; then
		mkdir -p app && printf 'module.exports="%s"' "$A" >app/a.js && printf '%s' "$B" >app/b && printf 'const c = "%s"' "$C" >app/c.js
		npx --no-install asar pack app app.asar
		expect "asar" app.asar "$A" "$B" "$C"
	fi
fi
