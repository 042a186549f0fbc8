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

# have TOOL: a program, or what install brought.
have() {
	command -v "$1" >/dev/null && return
	skipped="$skipped $1"
	return 1
}

# install brings the compilers and grammars that registries have: Kotlin's, Scala's and Groovy's from
# Maven Central, Deno, Bun and tsc from npm, grammars from PyPI.
install() {
	mkdir "$work/bin" "$work/jvm"
	PATH=$work/bin:$PATH
	cat >"$work/jvm/pom.xml" <<-'POM'
		<project><modelVersion>4.0.0</modelVersion><groupId>e2e</groupId><artifactId>fix</artifactId><version>1</version>
		<dependencies>
		<dependency><groupId>org.jetbrains.kotlin</groupId><artifactId>kotlin-compiler-embeddable</artifactId><version>2.2.21</version></dependency>
		<dependency><groupId>org.scala-lang</groupId><artifactId>scala-compiler</artifactId><version>2.13.18</version></dependency>
		<dependency><groupId>org.apache.groovy</groupId><artifactId>groovy</artifactId><version>4.0.33</version></dependency>
		</dependencies></project>
	POM
	if mvn -q -B -Dstyle.color=never -f "$work/jvm/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/jvm/jars" >/dev/null; then
		classes="-cp '$work/jvm/jars/*:.'"
		echo "exec java $classes org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-stdlib -no-reflect -nowarn -cp '$work'/jvm/jars/kotlin-stdlib-*.jar \"\$1\"" >"$work/bin/kotlinc"
		echo "exec java $classes scala.tools.nsc.Main -usejavacp -nowarn \"\$1\"" >"$work/bin/scalac"
		echo "exec java $classes groovy.ui.GroovyMain \"\$1\"" >"$work/bin/groovy"
		chmod +x "$work"/bin/*
	fi
	npm install --silent --no-audit --no-fund --prefix "$work/npm" typescript@5 deno@2 bun@1 >/dev/null && PATH=$work/npm/node_modules/.bin:$PATH
	python3 -m venv "$work/grammars" && "$work/grammars/bin/pip" install -q 'tree-sitter-language-pack==0.13.0' && cat >"$work/bin/grammar" <<-PYTHON && chmod +x "$work/bin/grammar"
		#!$work/grammars/bin/python
		import sys
		from tree_sitter_language_pack import get_parser
		tree = get_parser(sys.argv[1]).parse(open(sys.argv[2], "rb").read())
		sys.exit(f"{sys.argv[2]} does not parse as {sys.argv[1]}: {tree.root_node}" if tree.root_node.has_error else 0)
	PYTHON
}

# jvm CLASS: runs what was compiled into the current folder.
jvm() { java -cp "$work/jvm/jars/*:." "$1"; }

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
	typescript) tsc --noEmit --strict --target es2022 --module nodenext --moduleResolution nodenext "$2" ;;
	deno) deno run --quiet --allow-env "$2" ;;
	bun) bun run "$2" ;;
	kotlin) kotlinc "$2" && jvm shop.ContextsKt ;;
	scala) scalac "$2" && jvm Contexts ;;
	groovy) groovy "$2" ;;
	esac
}

# check LANGUAGE TOOL FILE [FOLDER]
check() {
	have "$2" || return 0
	local from=${4:-$1} folder=$work/$1-${3%.*} before after
	mkdir -p "$folder"
	sed "s/{{KEY}}/$key/g" "$here/fix/testdata/$from/$3" >"$folder/$3"
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

# parses LANGUAGE: each program of testdata parses before and after it is fixed.
parses() {
	have grammar || return 0
	local folder=$work/grammar-$1 file
	mkdir -p "$folder"
	for file in "$here/fix/testdata/$1"/*; do
		[[ $file == *.want ]] || sed "s/{{KEY}}/$key/g" "$file" >"$folder/${file##*/}"
	done
	parse() { for file in "$folder"/*; do grammar "$([[ $file == *.tsx ]] && echo tsx || echo "$1")" "$file"; done; }
	parse "$1"
	"$neokeys" fix --write --unsafe "$folder" >/dev/null
	parse "$1"
	echo "ok $1, by its grammar"
}

check javascript node contexts.mjs
check javascript node env.cjs
for file in contexts fallback alias; do check python python3 $file.py; done
check shell bash contexts.sh
check perl perl contexts.pl
for file in contexts places; do check ruby ruby $file.rb; done
check php php contexts.php
if [ -n "$all" ]; then
	install
	for file in contexts one_import no_import alias; do check go go $file.go; done
	check java java Contexts.java
	for file in contexts places; do check rust rustc $file.rs; done
	check csharp mcs Contexts.cs
	check elixir elixir contexts.exs
	check typescript tsc client.ts
	check deno deno deno.mts typescript
	check bun bun bun.ts typescript
	check kotlin kotlinc Contexts.kt
	check scala scalac Contexts.scala
	check groovy groovy contexts.groovy
	for language in kotlin scala groovy swift dart powershell elixir csharp rust java php ruby perl python go typescript javascript; do parses $language; done
fi
[ -z "$skipped" ] || echo "skipped, because the tools are not installed:$skipped"
