#!/usr/bin/env bash
# Fix programs in many languages with a built neokeys, and check with each language's own tools that
# they parse, and print the same headers as before once the variable is set.
#
#   e2e/fix.sh NEOKEYS [all]
#
# Without all, it takes the languages whose tools start quickly. A language whose tools are not
# installed is skipped, and named.
set -euo pipefail
neokeys=$(realpath "$1")
all=${2:-}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key=neo_sk_prod_$(head -c 200 /dev/urandom | base64 | tr -dc A-Za-z0-9 | head -c 24)
skipped=

have() {
	command -v "$1" >/dev/null && return
	skipped="$skipped $1"
	return 1
}

# run LANGUAGE FILE: prints what the program prints.
run() {
	case $1 in
	javascript) node "$2" ;;
	python) python3 "$2" ;;
	shell) bash -n "$2" && bash "$2" ;;
	perl) perl -w "$2" ;;
	ruby) ruby -w "$2" ;;
	php) php -d error_reporting=-1 -d display_errors=1 "$2" ;;
	go) go vet "$2" >/dev/null && go run "$2" 2>&1 ;;
	java) java "$2" ;;
	rust) rustc --edition 2021 -A dead_code -o "$2.bin" "$2" && "./$2.bin" ;;
	csharp) mcs -nologo -out:"$2.exe" "$2" && mono "$2.exe" ;;
	elixir) elixir "$2" ;;
	typescript) npx --yes --package typescript@5 tsc --noEmit --strict --target es2022 --module nodenext --moduleResolution nodenext "$2" ;;
	powershell) pwsh -NoProfile -File "$2" ;;
	kotlin) kotlinc "$2" -include-runtime -d "$2.jar" 2>/dev/null && java -jar "$2.jar" ;;
	dart) dart run "$2" ;;
	swift) swift "$2" ;;
	groovy) groovy "$2" ;;
	scala) scala "$2" ;;
	esac
}

# check LANGUAGE TOOL FILE
check() {
	have "$2" || return 0
	local folder=$work/$1-${3%.*} before after
	mkdir -p "$folder"
	sed "s/{{KEY}}/$key/g" "$here/fix/testdata/$1/$3" >"$folder/$3"
	before=$(cd "$folder" && NEO_API_KEY=$key run "$1" "$3") || { echo "$1/$3 does not run"; exit 1; }
	"$neokeys" fix --write "$folder" >"$work/said"
	after=$(cd "$folder" && NEO_API_KEY=$key run "$1" "$3") || { cat "$folder/$3"; exit 1; }
	[ "$before" = "$after" ] || { printf '%s/%s printed\n%s\nand prints\n%s\n' "$1" "$3" "$before" "$after"; exit 1; }
	[ "$1" = typescript ] || [[ $before == *"$key"* ]] || { echo "$1/$3 prints no key"; exit 1; }
	! grep -qF "$key" "$folder/$3" || { echo "$1/$3: a key is left"; cat "$work/said"; exit 1; }
	cp "$folder/$3" "$work/once"
	"$neokeys" fix --write "$folder" >/dev/null
	cmp "$work/once" "$folder/$3"
	"$neokeys" scan -q --rule neo-api-key "$folder" || { echo "$1/$3: scan is not clean"; exit 1; }
	echo "ok $1/$3"
}

check javascript node contexts.mjs
check javascript node env.cjs
for file in contexts fallback alias; do check python python3 $file.py; done
check shell bash contexts.sh
check perl perl contexts.pl
check ruby ruby contexts.rb
check php php contexts.php
if [ -n "$all" ]; then
	for file in contexts one_import no_import alias; do check go go $file.go; done
	check java java Contexts.java
	check rust rustc contexts.rs
	check csharp mcs Contexts.cs
	check elixir elixir contexts.exs
	check typescript npx client.ts
	check kotlin kotlinc Contexts.kt
	check dart dart contexts.dart
	check groovy groovy contexts.groovy
	check powershell pwsh headers.ps1
fi
[ -z "$skipped" ] || echo "skipped, because the tools are not installed:$skipped"
