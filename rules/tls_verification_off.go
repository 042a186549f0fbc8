package rules

import (
	_ "embed"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed tls_verification_off.md
var tlsVerificationOffDoc string

// TLSVerificationOff finds calls to Neo that do not check who answers.
var TLSVerificationOff = &Rule{
	ID:               "tls-verification-off",
	Title:            "Neo called without certificate checks",
	Severity:         finding.Error,
	CWEs:             []int{295},
	SecuritySeverity: 7.4,
	Doc:              tlsVerificationOffDoc,
	Anchors:          naming.Anchors,
	MatchFile:        matchTLSVerificationOff,
}

// offForAll are the variables that turn certificate checks off for all that a program
// connects to, with the value that does.
var offForAll = map[string]string{"NODE_TLS_REJECT_UNAUTHORIZED": "0", "PYTHONHTTPSVERIFY": "0"}

func matchTLSVerificationOff(f *File, report func(Match)) {
	said := map[int]bool{}
	say := func(start, end int, what string) {
		if said[start] {
			return
		}
		said[start] = true
		report(Match{
			Start: start, End: end, Severity: finding.Error, Confidence: finding.High,
			Message: "with " + what + ", an impostor of Neo receives the key",
		})
	}
	calls := f.APICalls()
	for _, c := range calls {
		for _, m := range c.Insecure {
			say(m.Start, m.End, m.What)
		}
	}
	if w := f.Flow(); w != nil && len(calls) > 0 {
		offInCode(w, say)
	}
	offInSettings(f, say)
}

// offInCode reports where the code sets one of the variables of that name, or a property of
// something that all of the program's calls have in common.
func offInCode(w *facts.Flow, say func(start, end int, what string)) {
	for name, off := range offForAll {
		for _, d := range w.Members(name) {
			if d.Root != syntax.None && w.Str(d.Lo) == off {
				say(w.Tokens[d.Token].Start, w.Tokens[d.Token].End, name+"="+off)
			}
		}
	}
	for n := range w.Calls {
		if c := &w.Calls[n]; setForAll[w.Str(c.Name)] {
			for _, p := range w.Parts(c) {
				for i := p.Lo; i < p.Hi && w.Spend(1); i++ {
					if what := w.Insecure(i); what != "" {
						say(w.Tokens[i].Start, w.Tokens[i].End, what)
					}
				}
			}
		}
	}
	for i := range w.Defs {
		d := &w.Defs[i]
		if d.Root == syntax.None || !commonToAll[w.Str(d.Root)] || len(w.Resolve(d.Root)) > 0 {
			continue
		}
		for n := d.Token; n < d.Hi && w.Spend(1); n++ {
			if what := w.Insecure(n); what != "" {
				say(w.Tokens[n].Start, w.Tokens[n].End, what)
				break
			}
		}
	}
}

// setForAll are the functions that set how all of the program's calls are made.
var setForAll = text.Set("setGlobalDispatcher", "setDefaultSSLSocketFactory", "setDefaultHostnameVerifier", "set_default_https_context")

// commonToAll are the modules and classes with settings for all that a program connects to:
// Python's ssl, .NET's ServicePointManager, Go's and Node.js' http.
var commonToAll = text.Set("ssl", "ServicePointManager", "http", "https", "HttpsURLConnection")

// offInSettings reports where one of the variables is set for a program that is given a
// key or an address of Neo's: in the same list of variables.
func offInSettings(f *File, say func(start, end int, what string)) {
	groups := map[any]bool{} // those with something of Neo's in them
	type found struct {
		group      any
		start, end int
		what       string
	}
	var off []found
	for _, v := range f.Variables() {
		if f.IsKeyName(v.Name) || f.NamesHost(v.Start, v.End) {
			groups[v.Group] = true
		}
		if want, ok := offForAll[v.Name]; ok && v.Value == want {
			off = append(off, found{v.Group, v.NameStart, v.NameEnd, v.Name + "=" + want})
		}
	}
	for _, o := range off {
		if groups[o.group] {
			say(o.start, o.end, o.what)
		}
	}
	// In a command: NODE_TLS_REJECT_UNAUTHORIZED=0 node call.js
	for _, c := range f.ShellCommands() {
		for _, a := range c.Assign {
			if want, ok := offForAll[a.Name]; ok && a.Text == want {
				say(a.Start-len(a.Name)-1, a.Start-1, a.Name+"="+want)
			}
		}
	}
}
