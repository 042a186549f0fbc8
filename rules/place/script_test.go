package place

import (
	"bytes"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// How bundlers begin what they write, in a folder that says nothing.
func TestBundles(t *testing.T) {
	for name, head := range map[string]string{
		"webpack 4, development":    "/******/ (function(modules) { // webpackBootstrap\n/******/ \t// install a JSONP callback",
		"webpack 4, production":     `!function(e){var t={};function n(r){if(t[r])return t[r].exports;var o=t[r]={i:r,l:!1,exports:{}}`,
		"webpack 4, with chunks":    `!function(e){function t(t){for(var n,o,u=t[0],i=t[1],a=0,c=[];a<u.length;a++)`,
		"webpack 4, chunk":          `(window.webpackJsonp=window.webpackJsonp||[]).push([[1],[,function(n,t,e){"use strict";`,
		"webpack 5, development":    "/*\n * ATTENTION: The \"eval\" devtool has been used\n */\n/******/ (() => { // webpackBootstrap\n/******/ \tvar __webpack_modules__ = ({",
		"webpack 5, production":     `(()=>{"use strict";var e,t,r={480(e,t,r){r.d(t,{L:()=>n})`,
		"webpack 5, chunk":          `"use strict";(self.webpackChunkapp=self.webpackChunkapp||[]).push([[480],{`,
		"webpack 5, quoted chunk":   `(self["webpackChunk_my_app"] = self["webpackChunk_my_app"] || []).push([["main"],{`,
		"webpack library":           "(function webpackUniversalModuleDefinition(root, factory) {\n\tif(typeof exports === 'object'",
		"webpack with licences":     "/*! For license information please see main.8e0a.js.LICENSE.txt */\nlet a=1",
		"Turbopack":                 `(globalThis.TURBOPACK = globalThis.TURBOPACK || []).push(["static/chunks/a.js", {`,
		"Rollup, universal":         "(function (global, factory) {\n  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) :",
		"Rollup, minified":          `!function(e,t){"object"==typeof exports&&"undefined"!=typeof module?t(exports):"function"==typeof define&&define.amd`,
		"Rollup, script":            "var App = (function (exports) {\n    'use strict';\n",
		"Rollup, minified script":   `var App=function(e){"use strict";function t(e){return fetch(`,
		"esbuild":                   "(() => {\n  var __defProp = Object.defineProperty;\n  var __getOwnPropNames",
		"esbuild, one file":         "\"use strict\";\n(() => {\n  // src/main.ts\n  console.log(1)",
		"esbuild, named":            "var App = (() => {\n  var __defProp = Object.defineProperty;",
		"esbuild, minified":         `(()=>{var t=(r,e)=>()=>{try{return e||r((e={exports:{}}).exports,e),e.exports}`,
		"Vite":                      `(function(){const e=document.createElement("link").relList;if(e&&e.supports&&e.supports("modulepreload"))return;`,
		"Vite, not minified":        "(function polyfill() {\n  const relList = document.createElement(\"link\").relList;",
		"Vite, preloading":          `const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/a.js"])))=>i.map(i=>d[i]);`,
		"Vite, chunk":               `import{n as e,t}from"./index-C_gcIYdA.js";var n=t(((e,t)=>{`,
		"Parcel 1":                  "// modules are defined as an array\n// [ module function, map of requires ]\nparcelRequire = (function (modules, cache, entry, globalName) {",
		"Parcel 2":                  `var e=globalThis,t={},n={},o=e.parcelRequire94c2;null==o&&((o=function(e)`,
		"browserify":                `(function(){function r(e,n,t){function o(i,f){if(!n[i]){if(!e[i]){var c="function"==typeof require&&require;`,
		"browserify 13":             `(function e(t,n,r){function s(o,u){if(!n[o]){if(!t[o]){var a=typeof require=="function"&&require;`,
		"browserify, minified":      `!function r(n,e,t){function o(i,f){if(!e[i]){if(!n[i]){var c="function"==typeof require&&require;`,
		"browserify, exposed":       `require=(function(){function r(e,n,t){function o(i,f){if(!n[i]){`,
		"browserify, universal":     `(function(f){if(typeof exports==="object"&&typeof module!=="undefined"){module.exports=f()}else if(typeof define`,
		"jQuery":                    "/*!\n * jQuery JavaScript Library v3.7.1\n */\n( function( global, factory ) {\n\n\t\"use strict\";\n\n\tif ( typeof module === \"object\"",
		"SystemJS":                  "System.register(['./a.js'], (function (exports) {",
		"AMD":                       "define(['exports', 'jquery'], (function (exports, $) { 'use strict';",
		"AMD, named":                `define("vs/index",["exports"],(function(e){"use strict";`,
		"React's client components": "'use client'\n\nimport { useState } from 'react'",
	} {
		for _, lead := range []string{"", "\ufeff", "/* (c) 2024 */\n", "// a\n\n"} {
			if strings.HasPrefix(head, "/*! For") || strings.HasPrefix(head, "// modules are") {
				lead = ""
			}
			if got := Of("src/a.js", []byte(lead+head)).Exposure; got != finding.Browser {
				t.Errorf("%s after %q is %s", name, lead, got)
			}
		}
	}
}

// What bundlers write for servers, and what people write.
func TestScriptsThatAreNoBundles(t *testing.T) {
	for name, head := range map[string]string{
		"esbuild for Node.js":   "var __create = Object.create;\nvar __defProp = Object.defineProperty;\n// src/server.js\nvar import_fs = __toESM(require(\"fs\"));",
		"webpack for Node.js":   `(()=>{"use strict";var e={896:e=>{e.exports=require("fs")},611:e=>{e.exports=require("http")}}`,
		"webpack 4 for Node.js": "(function(modules) { // webpackBootstrap\n/******/ \t// object to store loaded chunks\n/******/ \t// \"0\" means \"already loaded\"",
		"webpack 4, node chunk": `exports.ids=[1],exports.modules=[,function(e,t,r){"use strict";`,
		"Rollup for Node.js":    "'use strict';\n\nvar fs = require('fs');",
		"a program":             "#!/usr/bin/env node\n(()=>{var e=Object.create;",
		"a server":              "const express = require('express');\nconst app = express();",
		"a module":              "import { call } from './util.js'\nexport const a = 1",
		"a function":            "(async () => {\n  await main();\n})();",
		"a React component":     "import React from 'react'",
		"webpack's own source":  "const RuntimeGlobals = require('./RuntimeGlobals'); // __webpack_require__ webpackBootstrap",
		"a comment":             "/* webpackBootstrap",
		"nothing":               "",
	} {
		if got := Of("src/a.js", []byte(head)).Exposure; got != finding.Source {
			t.Errorf("%s is %s", name, got)
		}
	}
	// A folder for browsers is no proof for what browsers cannot run.
	for name, head := range map[string]string{
		"a server":            "import fs from 'node:fs'\n",
		"compiled TypeScript": "\"use strict\";\nvar __importDefault = (this && this.__importDefault) || function (mod) {\n    return mod;\n};\nObject.defineProperty(exports, \"__esModule\", { value: true });",
		"a build script":      "const path = require('path')\nconst gulp = require('gulp')",
		"a program":           "#!/usr/bin/env node\nconsole.log(1)",
	} {
		if got := Of("dist/a.js", []byte(head)).Exposure; got != finding.Source {
			t.Errorf("%s in dist is %s", name, got)
		}
	}
	for name, head := range map[string]string{
		"a script": "const key = 1", "a module": "export default 1", "a bundle with a polyfill": `(()=>{var e=require("path")`,
	} {
		if got := Of("dist/a.js", []byte(head)).Exposure; got != finding.Browser {
			t.Errorf("%s in dist is %s", name, got)
		}
	}
}

// What the beginning of a file says where its name does not.
func TestExposureByContent(t *testing.T) {
	for _, c := range []struct {
		path, head string
		want       finding.Exposure
	}{
		{"deploy/api.yaml", "apiVersion: v1\nkind: Secret\n", finding.Container},
		{"deploy/api.yaml", "# a comment\n---\nkind: \"Secret\"\napiVersion: \"v1\"\n", finding.Container},
		{"deploy/api.yaml", "{{- if .Values.x }}\napiVersion: v1\nkind: Secret\n", finding.Container},
		{"deploy/api.json", `{"kind":"Secret","apiVersion":"v1"}`, finding.Container},
		{"deploy/api.json", "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"Secret\"\n", finding.Container},
		{"deploy/api.yaml", "version: 1\nkind: x\n", finding.Config},
		{"deploy/api.yaml", "description: |\n  the apiVersion: and kind: of it\n", finding.Config},
		{"deploy/api.go", "apiVersion: v1\nkind: Secret\n", finding.Source},
		{"App/Neo.swift", "import Foundation\nimport UIKit\n", finding.Mobile},
		{"App/Neo.swift", "import Vapor\n// import UIKit\n", finding.Source},
		{"App/Neo.m", "#import <UIKit/UIKit.h>\n", finding.Mobile},
		{"app/src/main/kotlin/Neo.kt", "package x\n\nimport androidx.compose.runtime.Composable\n", finding.Mobile},
		{"app/src/main/kotlin/Neo.kt", "package x\n\nimport org.springframework.boot.Boot\n", finding.Source},
		{"bin/x.dart", "import 'package:flutter/material.dart';\n", finding.Mobile},
		{"lib/x.dart", "import 'package:shelf/shelf.dart';\n", finding.Source},
		{"test/x.dart", "import 'package:flutter/material.dart';\n", finding.Source},
		{"src/App.tsx", "import { View } from 'react-native'\n", finding.Mobile},
		{"src/App.tsx", "import * as SecureStore from 'expo-secure-store'\n", finding.Mobile},
		{"src/App.tsx", "\"use client\";\nimport React from \"react\"\n", finding.Browser},
		{"app.json", `{"expo": {"extra": {}}}`, finding.Mobile},
		{"app.json", `{"name": "x"}`, finding.Config},
		{"main.bundle.js", "var __BUNDLE_START_TIME__=this.nativePerformanceNow", finding.Mobile},
		{"a.js.map", `{"version":3,"sources":["a.ts"]}`, finding.Browser},
		{"a.js.map", ")]}'\n{\"version\":3}", finding.Browser},
		{"firmware.map", "Archive member included to satisfy reference", finding.Source},
		{"a.py", "# Databricks notebook source\nx = 1", finding.Notebook},
		{"a.py", "import marimo\n\napp = marimo.App()\n", finding.Notebook},
		{"a.sql", "-- Databricks notebook source\nselect 1", finding.Notebook},
		{"dist/a.yaml", "apiVersion: v1\nkind: Secret\n", finding.Container},
		{".github/workflows/a.yml", "apiVersion: v1\nkind: Secret\n", finding.CI},
	} {
		if got := Of(c.path, []byte(c.head)).Exposure; got != c.want {
			t.Errorf("%s with %q is %s, want %s", c.path, c.head, got, c.want)
		}
	}
}

func FuzzPlaceOf(f *testing.F) {
	f.Add("dist/a.js", []byte("/* x */ (()=>{"))
	f.Add(`C:\build\.env`, []byte("\xef\xbb\xbf{\"apiVersion\":1,\n\"kind\":"))
	f.Add("/", []byte("//"))
	f.Add("public/", []byte("\"use strict\";;/*"))
	f.Add("a.apk!/.", []byte("#!"))
	f.Fuzz(func(t *testing.T, path string, head []byte) {
		before := bytes.Clone(head)
		p := Places{Browser: []string{path}}
		got := p.Of(path, head)
		p.BrowserFolder(path)
		if got.Path != path || got.Exposure == "" {
			t.Errorf("%q is %+v", path, got)
		}
		if !bytes.Equal(before, head) {
			t.Error("the head is written to")
		}
		want := Of(path, head)
		other := Of(strings.ReplaceAll(path, "/", `\`), head)
		if other.Exposure != want.Exposure || other.Code != want.Code {
			t.Errorf("%q is %+v, with backslashes %+v", path, want, other)
		}
	})
}

func BenchmarkPlaceOf(b *testing.B) {
	head := bytes.Repeat([]byte("const a = 1; function f(x) { return x }\n"), 100)
	for _, path := range []string{"src/components/app.js", "main.go", "config/app.yaml"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Of(path, head)
			}
		})
	}
}
