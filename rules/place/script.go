package place

import (
	"bytes"
	"sync"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// isScript reports whether the file is JavaScript or TypeScript.
func isScript(f *file) bool {
	return f.hasExt("js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx")
}

// skipComments returns head without the white space, comments and strict-mode
// directives that it begins with. What bundlers write comes right after.
func skipComments(head []byte) []byte {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for {
		head = bytes.TrimLeft(head, " \t\r\n;")
		switch {
		case bytes.HasPrefix(head, []byte("/*")):
			_, after, ok := bytes.Cut(head[2:], []byte("*/"))
			if !ok {
				return nil
			}
			head = after
		case bytes.HasPrefix(head, []byte("//")):
			_, after, ok := bytes.Cut(head, []byte("\n"))
			if !ok {
				return nil
			}
			head = after
		case bytes.HasPrefix(head, []byte(`"use strict"`)), bytes.HasPrefix(head, []byte(`'use strict'`)):
			head = head[len(`"use strict"`):]
		default:
			return head
		}
	}
}

// preambles match how bundlers for browsers begin a file, after its comments, minified
// or not. They were taken from what the bundlers write; the tests hold samples.
var preambles = lazyRegexp(`^(?:` +
	// webpack: the entry, and the chunks loaded later.
	`(?:[!(]?function ?\([\w$]*\) ?\{|\(\(\) ?=> ?\{) *// webpackBootstrap` +
	`|!function\([\w$]\)\{(?:var|function) [\w$]+(?:=\{\}|\([\w$]\)\{)(?:for\(var|[^}]{0,120}\bexports\b)` +
	`|\(?(?:window|self|globalThis|this)(?:\["|\.)webpack(?:Jsonp|Chunk|HotUpdate)` +
	`|\(function webpackUniversalModuleDefinition\(` +
	// Turbopack's chunks.
	`|\(globalThis(?:\.|\[")TURBOPACK` +
	// Universal modules, of Rollup, browserify and others, which look for a page's global
	// object.
	`|[!(+]{0,2} ?function ?\( ?\w+(?:, ?\w+)* ?\) ?\{[^}]{0,120}\btypeof (?:exports|define|module)\b` +
	// Self-contained scripts of Rollup, esbuild and, minified, of any bundler.
	`|var [\w$]+ ?= ?\(?function ?\((?:[\w$]+, ?)*exports(?:, ?[\w$]+)*\) ?\{\s*['"]use strict` +
	`|(?:var [\w$]+=)?[!(]?function\([\w$,]*\)\{"use strict";` +
	`|(?:var [\w$]+ ?= ?)?\(\(\) ?=> ?\{\s*(?:(?:"use strict";\s*)?var \w+ ?= ?Object\.|// [\w./@-]+\.[cm]?[jt]sx?\n)` +
	`|(?:var [\w$]+=)?\(\(\)=>\{(?:"use strict";)?(?:var|let|const|function) ` +
	// Vite, and the chunks that it and Rollup import.
	`|(?:const|var) __vite__|\(function(?: polyfill)?\(\) ?\{\s*const \w+ ?= ?document\.createElement\("link"\)\.relList` +
	`|import(?:\{[^}]{0,900}\}from)?"\./[\w.-]+\.js"` +
	// Parcel.
	`|(?:var |let |const )?\$?parcel(?:Require|\$global)|(?:var|let|const) [\w$]+ ?= ?(?:typeof )?globalThis[^;]{0,200}parcelRequire` +
	// browserify.
	`|(?:[\w$]+ ?= ?)?\(function(?:\(\) ?\{ ?function \w\(e, ?n, ?t\)| e\(t, ?n, ?r\) ?\{ ?function s\(o, ?u\))` +
	`|(?:[\w$]+=|!)function \w\(\w,\w,\w\)\{function \w\(\w,\w\)\{if\(!` +
	// SystemJS and AMD.
	`|System\.register\(|define\((?:["'][^"']{1,100}["'], ?)?\[` +
	`)`)

// lazyRegexp compiles an expression when it is first used: few runs of neokeys look at
// a script.
func lazyRegexp(expr string) func() *lazyregexp.Regexp {
	return sync.OnceValue(func() *lazyregexp.Regexp { return lazyregexp.New(expr) })
}

// licenceBanner is the comment that webpack leaves where it has moved a file's licences.
var licenceBanner = []byte("/*! For license information please see ")

// parcelBanner is a comment, and so not in the preambles.
var parcelBanner = []byte("// modules are defined as an array")

// isBrowserBundle reports whether a file is what a bundler made for browsers; code is
// its head without comments. The same bundlers make files for servers: those say so
// in how they import and export.
func isBrowserBundle(head, code []byte) bool {
	if !preambles().Match(code) && !bytes.HasPrefix(head, licenceBanner) && !bytes.HasPrefix(head, parcelBanner) {
		return false
	}
	// The strings are what webpack writes for Node.js.
	return !importsServerModule(code) && !containsAny(code, `// "0" means "already loaded"`, "})(global, () =>", "})(global, function") && !bytes.HasPrefix(head, []byte("#!"))
}

// isClientComponent reports whether a React component is marked to run in the browser.
func isClientComponent(code []byte) bool {
	return bytes.HasPrefix(code, []byte(`"use client"`)) || bytes.HasPrefix(code, []byte(`'use client'`))
}

// isServerScript reports whether a script, which is no bundle for browsers, runs under
// Node.js.
func isServerScript(f *file) bool {
	return f.hasExt("cjs", "cts") || f.ends(".config.js", ".config.mjs", ".config.ts", ".conf.js") ||
		bytes.HasPrefix(f.head, []byte("#!")) || importsServerModule(f.head) ||
		// What TypeScript and Babel make of a module for Node.js: no browser can load it.
		containsAny(f.head, `Object.defineProperty(exports, "__esModule"`, `Object.defineProperty(exports,"__esModule"`,
			`Object.defineProperty(exports, '__esModule'`, "exports.__esModule =") ||
		importsAny(f.head, "module.exports =")
}

// IsServerScript reports whether the script at path, which is no bundle for browsers, runs
// under Node.js by its name and its beginning.
func IsServerScript(path string, head []byte) bool {
	f := newFile(path, head)
	return isServerScript(&f)
}

// serverModules are those that no browser has and that bundlers put nothing in the
// place of.
var serverModules = text.Set("fs", "child_process", "cluster", "net", "tls", "dgram", "dns", "http2", "readline", "repl", "v8", "vm",
	"worker_threads", "async_hooks", "perf_hooks", "express", "fastify", "koa", "@nestjs", "dotenv", "pg", "mysql", "mysql2", "mongoose",
	"ioredis", "aws-sdk", "commander", "yargs", "webpack", "rollup", "gulp")

// importsServerModule reports whether a script imports one of serverModules.
func importsServerModule(head []byte) bool {
	for at := 0; ; {
		n := bytes.IndexAny(head[at:], `"'`)
		if n < 0 {
			return false
		}
		quote := at + n
		at = quote + 1
		if !endsInImport(head[:quote]) {
			continue
		}
		name := head[at:]
		end := bytes.IndexByte(name, head[quote])
		if end < 0 {
			return false
		}
		name, _, _ = bytes.Cut(name[:end], []byte("/"))
		if bytes.HasPrefix(name, []byte("node:")) || serverModules[string(name)] {
			return true
		}
	}
}

// endsInImport reports whether a string that follows before names a module.
func endsInImport(before []byte) bool {
	before = bytes.TrimRight(before, " ")
	for _, word := range []string{"require(", "from", "import", "import("} {
		if rest, ok := bytes.CutSuffix(before, []byte(word)); ok {
			return len(rest) == 0 || !text.IsAlnum(rest[len(rest)-1])
		}
	}
	return false
}

// isUserScript reports whether the script is one that a browser's extension runs in pages, such
// as Tampermonkey: it says so in its first comment.
func isUserScript(f *file) bool {
	return f.ends(".user.js") || containsAny(f.head, "// ==UserScript==")
}
