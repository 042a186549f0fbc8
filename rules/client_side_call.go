package rules

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed client_side_call.md
var clientSideCallDoc string

// ClientSideCall finds calls to Neo from programs that run in other people's hands.
var ClientSideCall = &Rule{
	ID:               "client-side-call",
	Title:            "Neo called from a browser or an app",
	Severity:         finding.Error,
	CWEs:             []int{522, 602},
	SecuritySeverity: 8.2,
	Doc:              clientSideCallDoc,
	Anchors:          []string{"neoagent"},
	MatchFile:        matchClientSideCall,
}

func matchClientSideCall(f *File, report func(Match)) {
	w := f.flowing()
	if w == nil {
		return
	}
	client := ""
	var sending, preparing []*apiCall
	for _, c := range f.apiCalls() {
		if c.code == nil {
			continue
		}
		if client == "" {
			if client = w.client(); client == "" {
				return
			}
		}
		switch {
		case w.onServer(c.code.Name):
		case (c.host.own || f.isPage(c.host)) && !c.authorizes(): // a proxy may have a key of its own
		case c.sends:
			sending = append(sending, c)
		case prepares(strings.ToLower(w.Str(c.code.Name))):
			preparing = append(preparing, c)
		}
	}
	if len(sending) == 0 {
		sending = preparing
	}
	for _, c := range sending {
		report(Match{
			Start: c.start, End: c.end, Severity: finding.Error, Confidence: finding.High,
			Message: "this runs in " + client + ", where a key for " + c.host.label + " is everyone's to read; call a server of yours that calls Neo",
		})
	}
}

// isPage reports whether the address that h is the host of is a page for people: the older
// API shares its host with Neo's own site.
func (f *File) isPage(h host) bool {
	rest := f.Text[h.end:]
	return h.legacy && len(rest) > 1 && rest[0] == '/' && isAlnum(rest[1]) && !bytes.HasPrefix(rest, []byte("/api"))
}

// authorizes reports whether the call sends a header with a credential.
func (c *apiCall) authorizes() bool {
	return slices.ContainsFunc(c.headers, func(h header) bool { return !isTenantHeader(h.name) })
}

// prepares reports whether a call of this name makes something to send requests with.
func prepares(name string) bool {
	switch name {
	case "create", "extend", "baseurl", "baseoptions", "fetchbasequery", "websocket", "eventsource", "urlrequest", "request", "websocketchannel", "connect":
		return true
	}
	return false
}

// client says in what the file's code runs that is not the user's own, such as a
// browser; empty if it may run on a server.
func (w *flow) client() string {
	name := w.file.Place.Path
	base := strings.ToLower(path.Base(name))
	if environmentOf(name) == tests || strings.Contains(base, ".stories.") {
		return ""
	}
	switch w.Lang {
	case syntax.HTML:
		return "a browser"
	case syntax.JavaScript:
		return w.scriptClient("/"+name, base)
	case syntax.Swift:
		if w.importsAny("Vapor", "Hummingbird", "Kitura", "AWSLambdaRuntime", "NIO", "ArgumentParser") {
			return ""
		}
		return "an app"
	case syntax.Dart:
		if w.importsAny("package:shelf", "package:dart_frog", "package:serverpod", "package:args") {
			return ""
		}
		if w.importsAny("package:flutter") || w.file.Place.Exposure == finding.Mobile || strings.Contains("/"+name, "/lib/") {
			return "an app"
		}
	case syntax.Kotlin, syntax.Java, syntax.C:
		if w.file.Place.Exposure == finding.Mobile || w.importsAny("android", "androidx", "UIKit") {
			return "an app"
		}
	}
	return ""
}

// scriptClient is client for JavaScript, which runs on both sides.
func (w *flow) scriptClient(name, base string) string {
	if f := newFile(w.file.Place.Path, w.Text); isServerScript(&f) {
		return ""
	}
	if w.file.Place.Exposure == finding.Browser {
		return "a browser"
	}
	name = strings.ReplaceAll(name, "/src/api/", "/src/") // holds what calls an API, unlike other folders called api
	for _, s := range []string{"/api/", "/server/", "/functions/", "/scripts/", "/lambda/", "/edge-functions/"} {
		if strings.Contains(name, s) {
			return ""
		}
	}
	for _, s := range []string{"route.", "middleware.", "+server.", "server."} {
		if strings.HasPrefix(base, s) {
			return ""
		}
	}
	if strings.Contains(base, ".server.") || w.directive("use server") {
		return ""
	}
	for _, m := range serverOnly {
		if w.imports(m) {
			return ""
		}
	}
	if w.importsAny("msw", "nock", "fetch-mock", "@playwright", "@testing-library", "vitest", "@jest") {
		return "" // what stands in for the API
	}
	switch {
	case w.importsAny("react-native", "expo", "@react-native", "@capacitor", "@ionic"):
		return "an app"
	case w.directive("use client"), strings.Contains(base, ".client."),
		w.importsAny("react-dom", "@angular/core", "@angular/common/http", "vue", "pinia", "svelte", "jquery", "alpinejs", "solid-js", "@reduxjs/toolkit/query/react"):
		return "a browser"
	}
	for i := range w.Tokens {
		if w.IsWord(i) && w.usesBrowser(i) {
			return "a browser"
		}
	}
	return ""
}

// serverOnly are modules that no program for browsers imports, besides serverModules:
// bundlers have something to put in the place of some of them, but not for calls.
var serverOnly = []string{"server-only", "next/server", "next/headers", "http", "https", "path", "os", "crypto", "hono", "electron", "vscode", "react-dom/server", "aws-lambda"}

// usesBrowser reports whether token i is something that only browsers have, in use, or
// a hook of React, which runs there.
func (w *flow) usesBrowser(i int) bool {
	switch s := w.Str(i); s {
	case "document", "window", "localStorage", "sessionStorage", "chrome":
		return w.sep(i+1) == "." && w.sep(i-1) != "." && w.Str(i-1) != "typeof" && len(w.DefsOf(s)) == 0
	case "useEffect", "useState", "useReducer", "useLayoutEffect", "useRef", "useCallback", "useMutation", "useQuery", "useSWR":
		return w.CallAt(i+1) != nil && len(w.DefsOf(s)) == 0
	case "self": // of a worker
		return w.sep(i+1) == "." && (w.Str(i+2) == "onmessage" || w.Str(i+2) == "postMessage")
	case "XMLHttpRequest":
		return w.Str(i-1) == "new"
	case "onClick", "onChange", "onSubmit": // of an element: components that servers run have none
		return w.sep(i+1) == "=" && w.sep(i+2) == "{"
	case "$", "jQuery":
		return w.sep(i+1) == "." && jQueryCalls[w.Str(i+2)] && len(w.DefsOf(s)) == 0
	default:
		for _, p := range browserPrefixes {
			if strings.HasPrefix(s, p) && w.sep(i-1) == "." && w.Str(i-2) == "env" {
				return true
			}
		}
	}
	return false
}

var jQueryCalls = set("ajax", "get", "post", "getJSON")

// browserPrefixes are those of clientPrefixes by which nothing reads a variable on a server.
var browserPrefixes = []string{"VITE_", "REACT_APP_", "EXPO_PUBLIC_", "VUE_APP_", "NG_APP_"}

// directive reports whether the file begins with the directive s.
func (w *flow) directive(s string) bool {
	for i := 0; i < len(w.Tokens) && i < 6; i++ {
		if w.IsText(i) && w.Tokens[i].First {
			if w.Str(i) == s {
				return true
			}
		} else if w.sep(i) != ";" {
			return false
		}
	}
	return false
}

// importsAny reports whether the code imports a module whose name is, or begins with, one of names.
func (w *flow) importsAny(names ...string) bool {
	for i := range w.Tokens {
		switch w.Str(i) {
		case "import", "from", "require", "#import", "@import", "#include":
		default:
			continue
		}
		n := i + 1
		for n < len(w.Tokens) && (w.sep(n) == "(" || w.sep(n) == "<" || w.Str(n) == "static") {
			n++
		}
		module := w.Str(n)
		for _, name := range names {
			if rest, ok := strings.CutPrefix(module, name); ok && (rest == "" || !isAlnum(rest[0])) {
				return true
			}
		}
	}
	return false
}

// onServer reports whether token i is in a function that a framework runs on the
// server, though the file's other code runs in browsers.
func (w *flow) onServer(i int) bool {
	for s := w.Scope(i); s != syntax.None; s = w.Scopes[s].Parent {
		switch w.Str(w.Scopes[s].Name) {
		case "getServerSideProps", "getStaticProps", "getStaticPaths", "loader", "action", "serverLoader", "generateStaticParams", "generateMetadata":
			return true
		}
		if w.IsText(w.Scopes[s].Lo) && w.Str(w.Scopes[s].Lo) == "use server" {
			return true
		}
	}
	return false
}
