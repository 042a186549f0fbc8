package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

const (
	// maxPlaces is how many places of a key, and maxProblems how many problems,
	// are listed without -v.
	maxPlaces   = 10
	maxProblems = 5
	// defaultWidth is used where the output has no width of its own.
	defaultWidth = 100
)

// writeText writes for a person: first the keys, each with its places and what to do
// about it, then what else was found, what could not be read, and a summary.
func writeText(w io.Writer, r *finding.Result, o Options) error {
	b := bufio.NewWriter(w)
	t := &text{Writer: b, Options: o, palette: newPalette(o.Color), explained: map[string]bool{}, excused: map[string]bool{}}
	if t.Width <= 0 {
		t.Width = defaultWidth
	}
	if o.Quiet {
		t.lines(r)
		return b.Flush()
	}
	keys, rest := groups(r)
	for i := range keys {
		t.key(&keys[i])
	}
	t.habits(rest)
	if o.Verbose {
		t.unlisted("Suppressed", r.Findings)
		t.unlisted("Examples, not keys", r.Examples)
	}
	t.problems("Not everything could be read or checked", "more problem", r.Problems)
	t.problems("Worth knowing", "more notice", r.Notices)
	t.summary(r, keys, rest)
	return b.Flush()
}

// A text writes one report. Its writer keeps the first error until it is flushed.
type text struct {
	*bufio.Writer
	Options
	palette
	explained map[string]bool // the rules whose pages were written
	excused   map[string]bool // the reasons that were given for having no verdict
	advised   advice          // what was last written in full
}

func (t *text) printf(format string, args ...any) { _, _ = fmt.Fprintf(t.Writer, format, args...) }

// A palette colors text, or leaves it alone.
type palette struct{ bold, dim, alarm, path, good func(...any) string }

func newPalette(on bool) palette {
	style := func(attributes ...color.Attribute) func(...any) string {
		return paint(on, attributes...)
	}
	return palette{
		bold:  style(color.Bold),
		dim:   style(color.Faint),
		alarm: style(color.FgRed, color.Bold),
		path:  style(color.FgCyan),
		good:  style(color.FgGreen),
	}
}

// paint does not ask the color package whether standard output is a terminal: the
// report may go elsewhere, and the user may have decided.
func paint(on bool, attributes ...color.Attribute) func(...any) string {
	c := color.New(attributes...)
	if on {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.SprintFunc()
}

func (t *text) severity(s finding.Severity) string {
	attributes := map[finding.Severity][]color.Attribute{
		finding.Error:   {color.FgRed, color.Bold},
		finding.Warning: {color.FgYellow, color.Bold},
		finding.Note:    {color.FgBlue, color.Bold},
	}[s]
	return paint(t.Color, attributes...)(s.String())
}

// lines writes a line for each finding that counts, keys that work first, and nothing
// else.
func (t *text) lines(r *finding.Result) {
	for _, working := range []bool{true, false} {
		for i := range r.Findings {
			f := &r.Findings[i]
			if !f.Counts() || f.Liveness.Works() != working {
				continue
			}
			t.printf("%s: %s: %s [%s]", place(f), f.Severity, printable(f.Message), f.Rule)
			if f.Verification != nil {
				t.printf(" (%s%s)", t.liveness(f.Liveness), answerIDs(f))
			}
			t.printf("\n")
		}
	}
}

// key writes a key with its places.
func (t *text) key(g *finding.KeyGroup) {
	name := g.Key.Redacted
	if t.ShowSecrets {
		name = g.Key.Secret.Reveal()
	}
	t.printf("%s  %s", t.severity(g.Severity()), t.bold(printable(name)))
	asked := g.Findings[0].Verification
	if l := g.Liveness(); l != "" && (l != finding.NotChecked || asked != nil) {
		t.printf("  %s", t.liveness(l))
		// A host that cannot be reached is named once, not for every key.
		if asked != nil && !t.excused[asked.String()] {
			t.printf(": %s", printable(asked.String()))
			t.excused[asked.String()] = !l.Works() && l != finding.Inactive
		}
	}
	kind := "token of the older API"
	if g.Key.Kind != finding.KindLegacy {
		kind = "environment " + printable(g.Key.Env)
	}
	rule, places := about(g)
	t.printf("\n  key id %s, %s, %s, worst exposure: %s\n\n",
		g.Key.ID, kind, number(places, "place"), g.Exposure())

	shown := g.Findings
	if !t.Verbose && len(shown) > maxPlaces {
		shown = shown[:maxPlaces]
	}
	for _, f := range shown {
		t.printf("  %s  %s\n", t.path(place(f)), t.dim(t.remarks(f, rule)))
		t.snippet(f)
		t.history(f)
	}
	if n := len(g.Findings) - len(shown); n > 0 {
		t.printf("  and %s; -v lists all\n", number(n, "more place"))
	}

	t.printf("\n")
	t.advise(newAdvice(g))
	for _, f := range g.Findings {
		t.explain(f)
	}
}

// advise writes what to do about a key, in short if it is what the key before needs, too.
func (t *text) advise(a advice) {
	if a == t.advised {
		t.printf("  %s it, as above.\n\n", t.bold(a.Action))
		return
	}
	t.advised = a
	t.paragraph(a.Text, a.Action)
	if a.Where != "" {
		t.printf("  %s\n", a.Where)
	}
	t.printf("\n")
}

// explain writes the page of the finding's rule, if that is wanted and was not done before.
func (t *text) explain(f *finding.Finding) {
	if !t.Explain || t.explained[f.Rule] || !f.Counts() {
		return
	}
	t.explained[f.Rule] = true
	i := slices.IndexFunc(t.Rules, func(r *rules.Rule) bool { return r.ID == f.Rule })
	if i < 0 {
		return
	}
	for line := range strings.Lines(t.Rules[i].Doc) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			line = "  | " + line
		} else {
			line = "  |"
		}
		t.printf("%s\n", t.dim(line))
	}
	t.printf("\n")
}

// about returns the rule that says that the key lies somewhere, and in how many places it
// does: other rules say more of the same places.
func about(g *finding.KeyGroup) (rule string, places int) {
	rule = g.Findings[0].Rule
	seen := map[string]bool{}
	for _, f := range g.Findings {
		if f.Rule == rules.NeoAPIKey.ID || f.Rule == rules.NeoLegacyToken.ID {
			rule = f.Rule
		}
		seen[place(f)+" "+f.Object] = true
	}
	return rule, len(seen)
}

func (t *text) liveness(l finding.Liveness) string {
	switch l {
	case finding.Inactive:
		return t.good(string(l))
	case finding.NotChecked:
		return t.dim(string(l))
	}
	return t.alarm(string(l))
}

// remarks says of a place what its key's heading does not.
func (t *text) remarks(f *finding.Finding, rule string) string {
	words := []string{string(f.Exposure)}
	if f.Confidence != finding.High && f.Confidence != "" {
		words = append(words, string(f.Confidence)+" confidence")
	}
	if len(f.DecodedFrom) > 0 {
		words = append(words, "decoded from "+printable(strings.Join(f.DecodedFrom, ", ")))
	}
	if f.Rule != rule {
		words = append(words, f.Rule+": "+printable(f.Message))
	}
	return strings.Join(words, ", ")
}

// habits lists the findings that are not about a key, file by file, as a linter does.
func (t *text) habits(rest []*finding.Finding) {
	for i, f := range rest {
		if i > 0 && f.Path != rest[i-1].Path {
			t.printf("\n")
		}
		t.printf("%s: %s: %s %s\n", t.path(place(f)), t.severity(f.Severity),
			printable(f.Message), t.dim("["+f.Rule+"]"))
		t.snippet(f)
		t.history(f)
		t.explain(f)
	}
	if len(rest) > 0 && !t.Explain {
		t.printf("\n  %s\n\n", "`neokeys rules ID` explains a rule and how to put things right.")
	}
}

// unlisted lists, for those who ask, what does not count.
func (t *text) unlisted(title string, findings []finding.Finding) {
	n := 0
	for i := range findings {
		f := &findings[i]
		why := ""
		if s := f.Suppressed; s != nil {
			why = " (" + s.By
			if s.Reason != "" {
				why += ": " + printable(s.Reason)
			}
			why += ")"
		} else if title == "Suppressed" {
			continue
		}
		if n++; n == 1 {
			t.printf("%s\n", t.bold(title))
		}
		t.printf("  %s: %s %s\n", t.path(place(f)), printable(f.Message), t.dim("["+f.Rule+"]"+why))
		t.snippet(f)
	}
	if n > 0 {
		t.printf("\n")
	}
}

func (t *text) problems(title, more string, problems []finding.Problem) {
	if len(problems) == 0 {
		return
	}
	t.printf("%s\n", t.bold(title))
	shown := problems
	if !t.Verbose && len(shown) > maxProblems {
		shown = shown[:maxProblems]
	}
	for _, p := range shown {
		if p.Path != "" {
			t.printf("  %s %s\n", t.path(printable(p.Path+":")), printable(p.Message))
		} else {
			t.printf("  %s\n", printable(p.Message))
		}
	}
	if n := len(problems) - len(shown); n > 0 {
		t.printf("  and %s; -v lists all\n", number(n, more))
	}
	t.printf("\n")
}

// summary says what came of the scan and, whatever came of it, what was scanned.
func (t *text) summary(r *finding.Result, keys []finding.KeyGroup, rest []*finding.Finding) {
	scanned := "Searched " + searched(r.Summary) + " in " + took(r.Summary.Duration) + "."
	if len(r.Problems) > 0 {
		scanned += " The scan is incomplete."
	}
	what := found(keys, rest)
	switch {
	case what != "":
		t.printf("%s: %s.\n", t.bold("Found "+what), levels(counting(r)))
	case nothingScanned(r.Summary):
		t.printf("%s in %s: this is not an all-clear.\n", t.bold("Nothing was scanned"), t.scanned())
		scanned = ""
	case r.Summary.Filtered > 0:
		t.printf("%s in %s.\n", t.bold("Nothing found in a state that --only names"), t.scanned())
	case len(r.Problems) > 0:
		t.printf("%s in %s, as far as it could be read or checked.\n", t.bold("Nothing found"), t.scanned())
	default:
		t.printf("%s in %s.\n", t.good("Nothing found"), t.scanned())
	}
	if scanned != "" {
		t.printf("%s\n", scanned)
	}
	if aside := notCounted(r); aside != "" {
		t.printf("%s\n", aside)
	}
}

// scanned names what was scanned.
func (t *text) scanned() string {
	const most = 60
	switch t.Scanned {
	case ".", "":
		return "the current folder"
	case "-":
		return "standard input"
	}
	return cutEnd(printable(t.Scanned), most, false)
}
