// Package rules looks at bytes and says what is wrong with them. One file holds
// one rule, with its documentation beside it as Markdown. Nothing here reads or
// writes files: bytes go in, matches come out.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it.
package rules

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/rules/internal/assign"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/place"
)

// Reach is how many bytes on either side of an anchor a rule may look at. A rule
// sees exactly this much wherever the anchor lies, so that a match never depends
// on how the input was cut into buffers.
const Reach = 8 << 10

// A Rule finds one kind of mistake.
type Rule struct {
	// ID is what users and other programs call the rule, such as "neo-api-key".
	ID string
	// Title says in a few words what a match means.
	Title string
	// Severity is the level of a match in an ordinary place; a match may carry
	// another, and the place may raise it.
	Severity finding.Severity
	// CWEs are the entries of the Common Weakness Enumeration that apply.
	CWEs []int
	// SecuritySeverity is the score from 0.0 to 10.0 by which GitHub code
	// scanning ranks alerts.
	SecuritySeverity float64
	// Doc is the rule's page, in Markdown: what, why, before and after, how to
	// fix, source.
	Doc string

	// Anchors are the short literals, lower case, one of which is part of
	// whatever the rule matches. Case is ignored when
	// they are searched for.
	Anchors []string
	// FileAnchors are those of the Anchors one of which is in each file in which MatchFile finds anything;
	// nil for all.
	FileAnchors []string

	// A rule has at least one of these.

	// Match calls report for each match that involves the anchor at v.Pos. It
	// may report the same match for several anchors.
	Match func(v *View, report func(Match))
	// MatchFile calls report for each match in a file that holds one of the
	// rule's FileAnchors. It is for rules that must see more than what surrounds
	// an anchor, such as which names the file gives to a key. A rule that has Match too
	// may report here what that has reported.
	MatchFile func(f *File, report func(Match))
	// MatchPacked calls report for each match in a text that stands compressed in another, and takes more bytes
	// there than Match sees. Its place is all of them. It asks work before it looks at bytes, as Match asks
	// v.Work.
	MatchPacked func(u *Unpacked, work *Work, report func(Match))
	// Review looks at all that a scan has found, when it has ended: it adds
	// findings, or judges the rule's own anew.
	Review func(r *Review)
}

// keyRules are the ids of the rules whose matches are keys.
var keyRules = map[string]bool{apiKeyRule: true, legacyTokenRule: true}

const (
	apiKeyRule      = "neo-api-key"
	legacyTokenRule = "neo-legacy-token"
)

// A View is what a rule sees: an anchor and up to Reach bytes on either side. It does not
// say where the text stands, beyond whether that is code: a history holds one text at
// many paths and judges it once for all of them, so a match must not depend on a path or
// an exposure. [Raise] takes the exposure into account afterwards.
type View struct {
	// Text is the bytes around the anchor.
	Text []byte
	// Pos is the offset of the anchor in Text.
	Pos int
	// Code says that the text is a program in a language in which an unquoted word is an
	// identifier and not a value; see [Place].
	Code bool
	// Data says that what is around the anchor is not text, so that strings may stand in it
	// without anything between them.
	Data bool
	// Work bounds the work on all views of one input; nil is no bound. The search for plain
	// keys, whose time is linear, does not need it.
	Work *Work
}

// Work is how much rules may look at in one input, in proportion to its size, so that no text
// costs more than a fraction of a second a megabyte. When it has been used up, the rules that
// it bounds see nothing more in that input, which the caller must say.
type Work = assign.Budget

// GaveUp is what to say of an input in which Work has been used up.
const GaveUp = "searched in part: what names or begins a Neo key stands nearly everywhere in it, and not all of it was looked at for tokens of the older API (neo-legacy-token), for keys in other forms than the plain one (neo-api-key) and for habits"

// A File is what a rule with MatchFile sees. It is for one goroutine.
type File = facts.File

// An Unpacked is what a rule with MatchPacked sees: a text that was compressed, such as a Helm release in a
// dump. It is unpacked once for all rules.
type Unpacked = codec.Unpacked

// MaxFile is the size in bytes of the largest file that rules see as a whole. What is
// larger is searched for keys only: it is data, or a bundle that a program wrote.
const MaxFile = 1 << 20

// Binary reports whether a file that begins with head is no text in a byte-oriented
// encoding. Such a file is not given to rules that look at whole files.
func Binary(head []byte) bool { return bytes.IndexByte(head, 0) >= 0 }

// A Place is what is known of a file from its path and its beginning.
type Place = place.Place

// Places are the ways in which a project's places differ from the usual ones.
type Places = place.Places

// A Match is a rule's hit in a View or a File.
type Match struct {
	// Start and End delimit, in View.Text or File.Text, the key, or the text
	// that a habit rule is about: a word or two, on one line.
	Start, End int
	Severity   finding.Severity // before exposure is taken into account
	Confidence finding.Confidence
	Message    string       // one sentence, no key in it
	Key        *finding.Key // nil for a habit
	// Decoded are the encodings that the rule undid to see the key, outermost first;
	// in the text, they are between Start and End.
	Decoded []string
	// Example marks a placeholder or a documentation sample: counted, not found.
	Example bool
	// Client says that the key is given to a variable that bundlers write into what browsers
	// load, such as NEXT_PUBLIC_NEO_API_KEY. A [Set] sees to it for all rules.
	Client bool
}

// Raise returns the severity of a match of severity s in a place of exposure e.
// A key in what is handed to a program's users is always an error: the API's
// guide says that keys are for server-to-server use only.
func Raise(s finding.Severity, e finding.Exposure) finding.Severity {
	if e.Public() {
		return finding.Error
	}
	return s
}

// Exposed returns the exposure of the match m in a place of exposure e. A key that is given to
// a variable for client code is on its way to browsers, from wherever the variable is set.
func (m *Match) Exposed(e finding.Exposure) finding.Exposure {
	switch e {
	case finding.Source, finding.Config, finding.CI, finding.Container:
		if m.Client {
			return finding.Browser
		}
	}
	return e
}

// once returns a report that drops later matches with the same start, for rules that reach
// one place in several ways.
func once(report func(Match)) func(Match) {
	said := map[int]bool{}
	return func(m Match) {
		if !said[m.Start] {
			said[m.Start] = true
			report(m)
		}
	}
}
