package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the page and what it is made of
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
)

//go:generate go tool qtc -file=html_page.qtpl -skipLineComments

// The page is one file that loads nothing: its style and its script are in it, and its content
// security policy allows these two by their hashes and nothing else.
var (
	//go:embed html/style.css
	htmlStyle string
	//go:embed html/page.js
	htmlScript string
)

const (
	// htmlOpen is how many places of a key are shown at once; the others are behind a heading.
	htmlOpen = 5
	// htmlDrawn is how many keys have a timeline drawn. More would make the page slow to open.
	htmlDrawn = 300
	// htmlChunk is how many keys a browser lays out together, once they come into view.
	htmlChunk = 50
	// htmlWidth is how many columns of a file's line are shown.
	htmlWidth = 140
)

type htmlPage struct {
	Policy   string
	Style    string
	Script   string
	Headline string
	Levels   string
	Scanned  string
	When     string
	Machine  string // When for programs
	Searched string
	Partial  bool
	Version  string
	Actions  []htmlAction
	Keeps    string
	Keys     []htmlKey
	Others   []htmlPlace
	Problems []htmlProblem
	Notices  []htmlProblem
	// What there is to filter by, in the order of its importance.
	Severities, Livenesses, Exposures []string
	Timelines                         bool
	Undrawn                           int // the number of keys with a timeline, where others have none for lack of room
	Legend                            []htmlMark
}

// A htmlAction is what an advice names, explained once.
type htmlAction struct{ Action, How, Where, Link string }

type htmlKey struct {
	ID, Name, Kind           string
	Level, Liveness, Verdict string
	Exposure                 string
	Since                    int64 // when it was first committed, in seconds since 1970; 0 if that is not known
	Count                    int
	Tags                     []htmlTag
	Action, Advice           string
	Places, More             []htmlPlace
	Timeline                 *htmlTimeline
	Steps                    []htmlStep
	Spans                    []string
}

type htmlTag struct{ Rule, Link, Message, Level string }

type htmlPlace struct {
	Place, Link, Facts string
	Level, Rule        string // of a finding that is not about a key
	RuleLink, Message  string
	Line               int
	Left, Match, Right string
	Same               []string // other places of the same line
}

type htmlProblem struct{ Path, Message string }

// writeHTML writes a page for people who look into a leak together: it needs no network, no
// script to be read, and no other file.
func writeHTML(w io.Writer, r *finding.Result, o Options) error {
	b := bufio.NewWriter(w)
	writehtmlDocument(b, newHTMLPage(r, o))
	return b.Flush()
}

func newHTMLPage(r *finding.Result, o Options) *htmlPage {
	keys, rest := entries(r, o)
	p := &htmlPage{
		Policy: "default-src 'none'; style-src " + hashSource(htmlStyle) + "; script-src " + hashSource(htmlScript) +
			"; base-uri 'none'; form-action 'none'",
		Style: htmlStyle, Script: htmlScript,
		Headline: htmlHeadline(r), Levels: levels(counting(r)),
		Scanned: (&textReport{Options: o}).scanned(), Version: printable(o.Tool.Version),
		Searched: strings.TrimSpace("Searched " + searched(r.Summary) + " in " + took(r.Summary.Duration) + ". " + notCounted(r)),
		Partial:  len(r.Problems) > 0, Problems: htmlProblems(r.Problems), Notices: htmlProblems(r.Notices),
	}
	if !o.Started.IsZero() {
		p.When, p.Machine = o.Started.Format("2 January 2006, 15:04 MST"), o.Started.Format(time.RFC3339)
	}
	added := finding.Replacements(r.Findings)
	for i := range keys {
		k := newHTMLKey(&keys[i], o)
		k.tell(finding.Tell(&keys[i].KeyGroup, added, o.Started), o, i < htmlDrawn)
		p.Keys = append(p.Keys, k)
		p.explain(&keys[i].advice)
	}
	if len(keys) > htmlDrawn && p.Timelines {
		p.Undrawn = htmlDrawn
	}
	for _, f := range rest {
		p.Others = append(p.Others, newHTMLPlace(f, o))
	}
	p.filters()
	return p
}

// hashSource names the one text that a content security policy allows.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func htmlHeadline(r *finding.Result) string {
	switch what := found(r); {
	case what != "":
		return what
	case nothingScanned(r.Summary):
		return "Nothing was scanned: this is not an all-clear"
	case r.Summary.Filtered > 0:
		return "Nothing found in a state that --only names"
	case len(r.Problems) > 0:
		return "Nothing found, as far as it could be read or checked"
	case known(r) != "":
		return "Nothing new: " + known(r) + " in the baseline"
	default:
		return "Nothing found"
	}
}

// codeParts cuts a text at its backquotes: every second part is code. A text with an odd one is left
// as it is.
func codeParts(text string) []string {
	if strings.Count(text, "`")%2 != 0 {
		return []string{text}
	}
	return strings.Split(text, "`")
}

// explain takes in what the advice names, and how keys differ.
func (p *htmlPage) explain(a *advice) {
	known := func(x htmlAction) bool { return x.How == a.How && x.Where == a.Where }
	if a.How != "" && !slices.ContainsFunc(p.Actions, known) {
		p.Actions = append(p.Actions, htmlAction{a.Action, a.How, a.Where, link(a.Where)})
	}
	if a.Keeps {
		p.Keeps = keepsHistory
	}
	if p.Keys[len(p.Keys)-1].Timeline != nil {
		p.Timelines, p.Legend = true, htmlLegend
	}
}

// htmlLegend names the marks of timelines.
var htmlLegend = []htmlMark{
	{Kind: string(finding.Added), Title: "added"}, {Kind: string(finding.Moved), Title: "moved"},
	{Kind: string(finding.Removed), Title: "removed"}, {Kind: string(finding.Rotated), Title: "rotated"},
	{Kind: string(finding.Verified), Title: "verified"},
	{Kind: "release", Title: "release with the key in its files"}, {Kind: "release-past", Title: "release with the key in its history"},
}

// filters lists what keys differ by.
func (p *htmlPage) filters() {
	add := func(list *[]string, value string) {
		if value != "" && !slices.Contains(*list, value) {
			*list = append(*list, value)
		}
	}
	for i := range p.Keys {
		k := &p.Keys[i]
		add(&p.Severities, k.Level)
		add(&p.Livenesses, k.Liveness)
		add(&p.Exposures, k.Exposure)
	}
	for i := range p.Others {
		add(&p.Severities, p.Others[i].Level)
	}
	slices.Sort(p.Severities) // error, note, warning: their order does not matter to a filter
	slices.Sort(p.Exposures)
}

func newHTMLKey(e *entry, o Options) htmlKey {
	k := htmlKey{
		ID: e.Key.ID, Name: printable(e.Key.Redacted), Level: e.level().String(),
		Liveness: string(e.Liveness()), Verdict: verdict(e.Findings[0]), Exposure: string(e.Exposure()),
		Action: e.advice.Action, Count: len(e.places),
	}
	if o.ShowSecrets {
		k.Name = printable(e.Key.Secret.Reveal())
	}
	if k.Kind = "environment " + printable(e.Key.Env); e.Key.Kind == finding.KindLegacy {
		k.Kind = "token of the older API"
	}
	if v := e.Findings[0].Verification; v != nil {
		k.Verdict = strings.TrimSuffix(k.Verdict+": "+printable(v.Reason), ": ")
	}
	k.Advice = strings.TrimSpace(strings.TrimPrefix(e.advice.Text, e.advice.Action))
	for _, h := range e.habits {
		k.Tags = append(k.Tags, htmlTag{h.Rule, rulesURL + h.Rule + ".md", printable(h.Message), h.Severity.String()})
	}
	for _, f := range e.places {
		k.Places = append(k.Places, newHTMLPlace(f, o))
	}
	if len(k.Places) > htmlOpen {
		k.Places, k.More = k.Places[:htmlOpen], k.Places[htmlOpen:]
	}
	if first := e.Oldest(); first != nil {
		k.Since = first.Date.Unix()
	}
	return k
}

func newHTMLPlace(f *finding.Finding, o Options) htmlPlace {
	from := introduced(f)
	link := o.headURL(f)
	f = atHead(f)
	p := htmlPlace{Place: fullPlace(f), Link: link, Facts: facts(f)}
	if from != "" {
		p.Facts += ", introduced at " + from
	}
	if f.Key == nil {
		p.Level, p.Rule, p.RuleLink, p.Message = f.Severity.String(), f.Rule, rulesURL+f.Rule+".md", printable(f.Message)
	}
	if f.Snippet.Text != "" && f.Line > 0 {
		p.Line = f.Line
		p.Left, p.Match, p.Right = cutSnippet(f, htmlWidth, o.ShowSecrets)
	}
	for i := range f.Places {
		p.Same = append(p.Same, placeOf(&f.Places[i]))
	}
	return p
}

func htmlProblems(problems []finding.Problem) (list []htmlProblem) {
	for _, p := range problems {
		list = append(list, htmlProblem{printable(p.Path), printable(p.Message)})
	}
	return list
}
