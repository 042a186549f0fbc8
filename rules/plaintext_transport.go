package rules

import (
	_ "embed"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/place"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed plaintext_transport.md
var plaintextTransportDoc string

// PlaintextTransport finds calls to Neo that are not encrypted.
var PlaintextTransport = &Rule{
	ID:               "plaintext-transport",
	Title:            "Neo called over http://",
	Severity:         finding.Error,
	CWEs:             []int{319, 523},
	SecuritySeverity: 7.5,
	Doc:              plaintextTransportDoc,
	Anchors:          []string{"neoagent"},
	MatchFile:        matchPlaintextTransport,
}

func matchPlaintextTransport(f *File, report func(Match)) {
	if f.Place.Exposure == finding.Docs || place.Environment(f.Place.Path) == place.Tests {
		return // prose names addresses, and calls none; tests call what stands in for them
	}
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Error, Confidence: finding.High, Message: message})
	}
	w := f.Flow()
	for _, h := range f.NeoHosts() {
		if (h.Scheme == "http" || h.Scheme == "ws") && !f.InComment(h.Start) && !isNamespace(f, h.URL) && (w == nil || !isPattern(w, w.At(h.Start))) {
			say(h.URL, h.End, h.Scheme+":// sends the key to "+h.Label+" unencrypted")
		}
	}
	// A program that is given no scheme takes http.
	for _, c := range f.ShellCommands() {
		if c.Name != "curl" && c.Name != "wget" {
			continue
		}
		for _, a := range c.Args[1:] {
			if h, ok := f.HostIn(a.Start, a.End); ok && h.Scheme == "" && h.URL == h.Start && strings.HasPrefix(a.Text, h.Label) {
				say(h.Start, h.End, c.Name+" uses http:// for an address without a scheme")
			}
		}
	}
	if w == nil {
		return
	}
	for _, h := range f.NeoHosts() {
		if i := w.At(h.Start); h.Scheme == "" && w.IsText(i) && unencrypted(w, i) {
			say(h.Start, h.End, "this connection sends the key to "+h.Label+" unencrypted")
		}
	}
	// "http://" + host
	for i := range w.Tokens {
		if !w.IsText(i) || !strings.HasSuffix(w.Str(i), "http://") {
			continue
		}
		n := i + 1
		if w.IsText(n) || !w.IsWord(n) && n+1 < len(w.Tokens) {
			n++ // the plus or the bracket of an interpolation
		}
		if !w.IsWord(n) {
			continue
		}
		for _, d := range w.Resolve(n) {
			if h, ok := f.HostIn(w.Offset(d.Lo), w.Offset(d.Hi)); ok && h.Scheme == "" && w.IsText(d.Lo) {
				say(w.Tokens[i].Start, w.Tokens[i].End, "http:// sends the key to "+h.Label+" unencrypted")
				break
			}
		}
	}
}

// unencrypted reports whether a connection is made without encryption to the host that the
// string at token i names: where the host stands alone, something else decides.
func unencrypted(w *facts.Flow, i int) bool {
	up := w.Tokens[i].Up
	if up == syntax.None || w.Tokens[i].Part {
		return false
	}
	if c := w.CallAt(up); c != nil {
		name, port := w.Str(c.Name), w.Str(i+2)
		return name == "HTTPConnection" || name == "new" && w.Str(c.Start) == "Net" && port == "80"
	}
	// { scheme: "http", host: ... }
	for _, label := range []string{"Scheme", "scheme", "protocol"} {
		if d, ok := w.Property(up, up+1, label); ok && strings.TrimSuffix(w.Str(d.Lo), ":") == "http" {
			return true
		}
	}
	c := w.CallAt(w.Tokens[up].Up)
	return w.Lang == syntax.JavaScript && c != nil && w.Str(c.Start) == "http" && (w.Str(c.Name) == "request" || w.Str(c.Name) == "get")
}

// namespaces are what stands before an address that is a name and not called.
var namespaces = lazyregexp.New(`(?:xmlns(?::[\w-]+)?|targetNamespace|schemaLocation|"\$schema"|"\$id"|"@context")\s*[:=]\s*["']$`)

// isNamespace reports whether the address at offset pos is the name of a schema.
func isNamespace(f *File, pos int) bool {
	if pos == 0 || f.Text[pos-1] != '"' && f.Text[pos-1] != '\'' {
		return false
	}
	return namespaces.Match(f.Text[max(0, pos-naming.MaxPadding):pos])
}

// matchers are the functions that an address is given to in order to look for it, or to put
// another in its place, in lower case and without underscores.
var matchers = text.Set("startswith", "hasprefix", "endswith", "includes", "contains", "indexof", "match", "matches", "test", "equals", "equal",
	"replace", "replaceall", "replacefirst", "sub", "gsub", "strreplace", "removeprefix", "trimprefix", "stripprefix")

// isPattern reports whether token i, a string, is what another one is compared with.
func isPattern(w *facts.Flow, i int) bool {
	if !w.IsText(i) {
		return false
	}
	switch w.Sep(i - 1) {
	case "==", "===", "!=", "!==":
		return true
	}
	c := w.CallAt(w.Tokens[i].Up)
	return c != nil && matchers[strings.ToLower(strings.ReplaceAll(w.Str(c.Name), "_", ""))]
}
