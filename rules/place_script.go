package rules

import (
	"bytes"
	"regexp"
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
// or not. Each is what the bundler itself writes.
var preambles = regexp.MustCompile(`^(?:` +
	// webpack 4 and 5: the entry, and the chunks loaded later.
	`(?:[!(]?function ?\([\w$]*\) ?\{|\(\(\) ?=> ?\{) *// webpackBootstrap` +
	`|(?:\(\(\)=>\{|!function\(\)\{)(?:"use strict";)?var (?:[\w$]+,)*[\w$]+=\{(?:"[^"]{1,80}"|\d+):` +
	`|!function\([\w$]\)\{(?:var|function) [\w$]+(?:=\{\}|\([\w$]\)\{)(?:for\(var|[^}]{0,120}\bexports\b)` +
	`|\(?(?:window|self|globalThis|this)(?:\["|\.)webpack(?:Jsonp|Chunk|HotUpdate)` +
	`|\(function webpackUniversalModuleDefinition\(` +
	// Turbopack's chunks.
	`|\(globalThis(?:\.|\[")TURBOPACK` +
	// Universal modules, of Rollup and others, which look for a page's global object.
	`|[!(+]{0,2} ?function ?\( ?\w+, ?\w+(?:, ?\w+)* ?\) ?\{[^}]{0,120}\btypeof (?:exports|define|module)\b` +
	// Rollup's and esbuild's self-contained scripts.
	`|(?:var|const|let) [\w$]+ ?= ?\(?function ?\([\w$, ]*\) ?\{\s*["']use strict["']` +
	`|\(\(\) ?=> ?\{\s*(?:(?:var|let|const) \w+ ?= ?Object\.(?:create|defineProperty)|// [\w./@-]+\.[cm]?[jt]sx?\n)` +
	// Vite, and the chunks that it and Rollup import.
	`|(?:const|var) __vite__|\(function\(\)\{const \w+=document\.createElement\("link"\)\.relList` +
	`|import(?:\{[^}]{0,900}\}from)?"\./[\w.-]+\.js"` +
	// Parcel.
	`|(?:var |let |const )?\$?parcel(?:Require|\$global)|(?:var|let|const) [\w$]+ ?= ?(?:typeof )?globalThis[^;]{0,200}parcelRequire` +
	// browserify.
	`|(?:[\w$]+ ?= ?)?\(function(?:\(\) ?\{ ?function \w\(e, ?n, ?t\)| e\(t, ?n, ?r\) ?\{ ?function s\(o, ?u\))` +
	// SystemJS and AMD.
	`|System\.register\(|define\((?:["'][^"']{1,100}["'], ?)?\[` +
	`)`)

// licenceBanner is the comment that webpack leaves where it has moved a file's licences.
var licenceBanner = []byte("/*! For license information please see ")

// parcelBanner is a comment, and so not in the preambles.
var parcelBanner = []byte("// modules are defined as an array")

// isBrowserBundle reports whether a file is what a bundler made for browsers; code is
// its head without comments. The same bundlers make files for servers: those say so
// in how they import and export.
func isBrowserBundle(head, code []byte) bool {
	if !preambles.Match(code) && !bytes.HasPrefix(head, licenceBanner) && !bytes.HasPrefix(head, parcelBanner) {
		return false
	}
	return !serverOnly.Match(code) && !bytes.HasPrefix(head, []byte("#!"))
}

// isClientComponent reports whether a React component is marked to run in the browser.
func isClientComponent(code []byte) bool {
	return bytes.HasPrefix(code, []byte(`"use client"`)) || bytes.HasPrefix(code, []byte(`'use client'`))
}

// serverOnly matches imports of what no browser has and bundlers put nothing in the
// place of.
var serverOnly = regexp.MustCompile(`(?:\brequire\(|\bfrom ?|\bimport ?\(?)["'](?:node:[\w/]+|(?:fs|fs/promises|child_process|cluster|net|tls|dgram|dns|http2|readline|repl|v8|vm|worker_threads|async_hooks|perf_hooks|` +
	`express|fastify|koa|@nestjs/[\w-]+|dotenv|pg|mysql2?|mongoose|ioredis|aws-sdk|commander|yargs|webpack|rollup|gulp)["'/])`)

// commonJS matches the head of a module that TypeScript or Babel made for Node.js. No
// browser can load it as it is.
var commonJS = regexp.MustCompile(`^(?:var \w+ ?= ?\([^;]{0,200};\s*)*(?:Object\.defineProperty\(exports, ?["']__esModule["']|exports\.__esModule ?=|module\.exports ?=)`)

// isServerScript reports whether a script, which is no bundle for browsers, runs under
// Node.js; code is its head without comments.
func isServerScript(f *file, code []byte) bool {
	return f.hasExt("cjs", "cts") || f.ends(".config.js", ".config.mjs", ".config.ts", ".conf.js") ||
		bytes.HasPrefix(f.head, []byte("#!")) || commonJS.Match(code) || serverOnly.Match(code)
}
