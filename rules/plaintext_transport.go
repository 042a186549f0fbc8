package rules

import (
	_ "embed"
	"strings"

	"github.com/neokeys/neokeys/finding"
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
	if f.Place.Exposure == finding.Docs {
		return // prose names addresses, and calls none
	}
	say := func(start, end int, message string) {
		report(Match{Start: start, End: end, Severity: finding.Error, Confidence: finding.High, Message: message})
	}
	for _, h := range f.neoHosts() {
		if h.scheme == "http" && !f.inComment(h.start) {
			say(h.url, h.end, "http:// sends the key unencrypted to "+h.label)
		}
	}
	// A program that is given no scheme takes http.
	for _, c := range f.shellCommands() {
		if c.name != "curl" && c.name != "wget" {
			continue
		}
		for _, a := range c.args[1:] {
			if h, ok := f.hostIn(a.start, a.end); ok && h.scheme == "" && h.url == h.start && strings.HasPrefix(a.text, h.label) {
				say(h.start, h.end, c.name+" takes an address without a scheme for http://")
			}
		}
	}
	w := f.flowing()
	if w == nil {
		return
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
			if h, ok := f.hostIn(w.offset(d.Lo), w.offset(d.Hi)); ok && h.scheme == "" && w.IsText(d.Lo) {
				say(w.Tokens[i].Start, w.Tokens[i].End, "http:// sends the key unencrypted to "+h.label)
				break
			}
		}
	}
}
