package rules

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/place"
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
	w := f.Flow()
	if w == nil {
		return
	}
	client := ""
	var sending, preparing []*facts.APICall
	for _, c := range f.APICalls() {
		if c.Code == nil {
			continue
		}
		if client == "" {
			if client = clientOf(w); client == "" {
				return
			}
		}
		switch {
		case onServer(w, c.Code.Name):
		case (c.Host.Own || isPage(f, c.Host)) && !authorizes(c): // a proxy may have a key of its own
		case c.Sends:
			sending = append(sending, c)
		case prepares(strings.ToLower(w.Str(c.Code.Name))):
			preparing = append(preparing, c)
		}
	}
	if len(sending) == 0 {
		sending = preparing
	}
	for _, c := range sending {
		report(Match{
			Start: c.Start, End: c.End, Severity: finding.Error, Confidence: finding.High,
			Message: "this code runs in " + client + ": its users can read a key for " + c.Host.Label + "; call Neo from your own server",
		})
	}
}

// isPage reports whether the address that h is the host of is a page for people: the older
// API shares its host with Neo's own site.
func isPage(f *File, h naming.Host) bool {
	rest := f.Text[h.End:]
	return h.Legacy && len(rest) > 1 && rest[0] == '/' && text.IsAlnum(rest[1]) && !bytes.HasPrefix(rest, []byte("/api"))
}

// authorizes reports whether the call sends a header with a credential.
func authorizes(c *facts.APICall) bool {
	return slices.ContainsFunc(c.Headers, func(h facts.Header) bool { return !facts.IsTenantHeader(h.Name) })
}

// prepares reports whether a call of this name makes something to send requests with.
func prepares(name string) bool {
	switch name {
	case "create", "extend", "baseurl", "baseoptions", "fetchbasequery", "websocket", "eventsource", "urlrequest", "request", "websocketchannel", "connect":
		return true
	}
	return false
}

// clientOf says in what the file's code runs that is not the user's own, such as a
// browser; empty if it may run on a server.
func clientOf(w *facts.Flow) string {
	name := w.File.Place.Path
	base := strings.ToLower(path.Base(name))
	if place.Environment(name) == place.Tests || strings.Contains(base, ".stories.") {
		return ""
	}
	switch w.Lang {
	case syntax.HTML:
		return "a browser"
	case syntax.JavaScript:
		return scriptClient(w, "/"+name, base)
	case syntax.Swift:
		if importsAny(w, "Vapor", "Hummingbird", "Kitura", "AWSLambdaRuntime", "NIO", "ArgumentParser") {
			return ""
		}
		return "an app"
	case syntax.Dart:
		if importsAny(w, "package:shelf", "package:dart_frog", "package:serverpod", "package:args") {
			return ""
		}
		if importsAny(w, "package:flutter") || w.File.Place.Exposure == finding.Mobile || strings.Contains("/"+name, "/lib/") {
			return "an app"
		}
	case syntax.Kotlin, syntax.Java, syntax.C:
		if w.File.Place.Exposure == finding.Mobile || importsAny(w, "android", "androidx", "UIKit") {
			return "an app"
		}
	}
	return ""
}

// scriptClient is clientOf for JavaScript, which runs on both sides.
func scriptClient(w *facts.Flow, name, base string) string {
	if place.IsServerScript(w.File.Place.Path, w.Text) {
		return ""
	}
	if w.File.Place.Exposure == finding.Browser {
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
	if strings.Contains(base, ".server.") || directive(w, "use server") {
		return ""
	}
	for _, m := range serverOnly {
		if w.Imports(m) {
			return ""
		}
	}
	if importsAny(w, "msw", "nock", "fetch-mock", "@playwright", "@testing-library", "vitest", "@jest") {
		return "" // what stands in for the API
	}
	switch {
	case importsAny(w, "react-native", "expo", "@react-native", "@capacitor", "@ionic"):
		return "an app"
	case directive(w, "use client"), strings.Contains(base, ".client."),
		importsAny(w, "react-dom", "@angular/core", "@angular/common/http", "vue", "pinia", "svelte", "jquery", "alpinejs", "solid-js", "@reduxjs/toolkit/query/react"):
		return "a browser"
	}
	for i := range w.Tokens {
		if w.IsWord(i) && usesBrowser(w, i) {
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
func usesBrowser(w *facts.Flow, i int) bool {
	switch s := w.Str(i); s {
	case "document", "window", "localStorage", "sessionStorage", "chrome":
		return w.Sep(i+1) == "." && w.Sep(i-1) != "." && w.Str(i-1) != "typeof" && len(w.DefsOf(s)) == 0
	case "useEffect", "useState", "useReducer", "useLayoutEffect", "useRef", "useCallback", "useMutation", "useQuery", "useSWR":
		return w.CallAt(i+1) != nil && len(w.DefsOf(s)) == 0
	case "self": // of a worker
		return w.Sep(i+1) == "." && (w.Str(i+2) == "onmessage" || w.Str(i+2) == "postMessage")
	case "XMLHttpRequest":
		return w.Str(i-1) == "new"
	case "onClick", "onChange", "onSubmit": // of an element: components that servers run have none
		return w.Sep(i+1) == "=" && w.Sep(i+2) == "{"
	case "$", "jQuery":
		return w.Sep(i+1) == "." && jQueryCalls[w.Str(i+2)] && len(w.DefsOf(s)) == 0
	default:
		for _, p := range browserPrefixes {
			if strings.HasPrefix(s, p) && w.Sep(i-1) == "." && w.Str(i-2) == "env" {
				return true
			}
		}
	}
	return false
}

var jQueryCalls = text.Set("ajax", "get", "post", "getJSON")

// browserPrefixes are those of clientPrefixes by which nothing reads a variable on a server.
var browserPrefixes = []string{"VITE_", "REACT_APP_", "EXPO_PUBLIC_", "VUE_APP_", "NG_APP_"}

// directive reports whether the file begins with the directive s.
func directive(w *facts.Flow, s string) bool {
	for i := 0; i < len(w.Tokens) && i < 6; i++ {
		if w.IsText(i) && w.Tokens[i].First {
			if w.Str(i) == s {
				return true
			}
		} else if w.Sep(i) != ";" {
			return false
		}
	}
	return false
}

// importsAny reports whether the code imports a module whose name is, or begins with, one of names.
func importsAny(w *facts.Flow, names ...string) bool {
	for i := range w.Tokens {
		switch w.Str(i) {
		case "import", "from", "require", "#import", "@import", "#include":
		default:
			continue
		}
		n := i + 1
		for n < len(w.Tokens) && (w.Sep(n) == "(" || w.Sep(n) == "<" || w.Str(n) == "static") {
			n++
		}
		module := w.Str(n)
		for _, name := range names {
			if rest, ok := strings.CutPrefix(module, name); ok && (rest == "" || !text.IsAlnum(rest[0])) {
				return true
			}
		}
	}
	return false
}

// onServer reports whether token i is in a function that a framework runs on the
// server, though the file's other code runs in browsers.
func onServer(w *facts.Flow, i int) bool {
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
