package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/fatih/color"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

const (
	// maxPlaces is how many places of a key, and maxProblems how many problems,
	// are listed without -v.
	maxPlaces   = 5
	maxProblems = 5
	// defaultWidth is that of a file's line where the output has no width of its own.
	defaultWidth = 100
)

// writeText writes the human-readable report: the keys, each with its places and the next
// step; other findings; what could not be read; and a summary.
func writeText(w io.Writer, r *finding.Result, o Options) error {
	t := newText(w, o)
	if o.Quiet {
		t.lines(r)
		return t.Flush()
	}
	keys, rest := entries(r, o)
	for i := range keys {
		t.key(&keys[i])
	}
	t.habits(rest)
	t.whatToDo(keys, rest)
	if o.Verbose {
		t.unlisted("Suppressed", r.Findings)
		t.unlisted("Examples, not keys", r.Examples)
		t.problems("Left out", "more file", r.LeftOut)
	}
	t.problems("Not everything could be read or checked", "more problem", r.Problems)
	t.problems("Notes", "more note", r.Notices)
	t.summary(r)
	return t.Flush()
}

// A textReport writes one report. Its writer keeps the first error until it is flushed.
type textReport struct {
	*bufio.Writer
	Options
	palette
	explained map[string]bool // the rules whose pages were written
	excused   map[string]bool // the reasons that were given for having no verdict
	margin    int             // the column at which lines wrap
}

func newText(w io.Writer, o Options) *textReport {
	t := &textReport{Writer: bufio.NewWriter(w), Options: o, palette: newPalette(o.Color), explained: map[string]bool{}, excused: map[string]bool{}}
	if t.margin = t.Width; t.Width <= 0 { // nothing wraps, but a file's line can be very long
		t.margin, t.Width = math.MaxInt, defaultWidth
	}
	return t
}

func (t *textReport) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(t.Writer, format, args...)
}

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

// paint ignores the color package's own check of standard output: the report may go
// elsewhere, and the user may have decided.
func paint(on bool, attributes ...color.Attribute) func(...any) string {
	c := color.New(attributes...)
	if on {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.SprintFunc()
}

func (t *textReport) severity(s finding.Severity) span {
	attributes := map[finding.Severity][]color.Attribute{
		finding.Error:   {color.FgRed, color.Bold},
		finding.Warning: {color.FgYellow, color.Bold},
		finding.Note:    {color.FgBlue, color.Bold},
	}[s]
	return span{text: s.String(), style: paint(t.Color, attributes...)}
}

// lines writes one line per finding that counts, and nothing else.
func (t *textReport) lines(r *finding.Result) {
	said := map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Counts() {
			continue
		}
		line := fmt.Sprintf("%s: %s: %s [%s]", place(f), f.Severity, printable(f.Message), f.Rule)
		if f.Original != nil {
			line += " (in " + placeOf(&f.Original.Location) + ")"
		}
		if f.Verification != nil {
			line += fmt.Sprintf(" (%s%s)", t.liveness(f.Liveness), answerIDs(f))
		}
		if !said[line] {
			said[line] = true
			t.printf("%s\n", line)
		}
	}
}

// explain writes the page of the finding's rule, once, if the user asked for it.
func (t *textReport) explain(f *finding.Finding) {
	if !t.Explain || t.explained[f.Rule] || !f.Counts() {
		return
	}
	t.explained[f.Rule] = true
	i := slices.IndexFunc(t.Rules, func(r *rules.Rule) bool { return r.ID == f.Rule })
	if i < 0 {
		return
	}
	for line := range strings.Lines(t.Rules[i].Doc) { // as it is: it has tables and code in it
		if line = strings.TrimRight(line, "\n"); line != "" {
			line = "  | " + line
		} else {
			line = "  |"
		}
		t.printf("%s\n", t.dim(line))
	}
	t.printf("\n")
}

// habits lists the findings that are not about a key, file by file, as linters do.
func (t *textReport) habits(rest []*finding.Finding) {
	for i, f := range rest {
		if i > 0 && f.Path != rest[i-1].Path {
			t.printf("\n")
		}
		severity := t.severity(f.Severity)
		severity.text += ":"
		t.wrap(0, 2, t.place(f, ":"), severity, plain(printable(f.Message)), t.tag(f.Rule))
		if i+1 == len(rest) || lineOf(f) != lineOf(rest[i+1]) { // the line once
			t.frame(f)
		}
		if t.Verbose || !f.Present() {
			t.history(f)
		}
		t.explain(f)
	}
	if len(rest) > 0 {
		t.printf("\n")
	}
}

// whatToDo explains each action that the advice names, once.
func (t *textReport) whatToDo(keys []entry, rest []*finding.Finding) {
	begun, tagged, kept := map[string]bool{}, len(rest) > 0, false
	for i := range keys {
		e := &keys[i]
		tagged = tagged || len(e.habits) > 0
		kept = kept || e.advice.Keeps
		if a := e.advice; a.How != "" && !begun[a.How] {
			begun[a.How] = true
			t.wrap(0, 0, plain(a.How), span{text: a.Where, link: link(a.Where)})
		}
	}
	if kept {
		t.wrap(0, 0, plain(keepsHistory))
	}
	var more []string
	if kept {
		more = append(more, "`neokeys key ID` says all about a key.")
	}
	if tagged && !t.Explain {
		more = append(more, "`neokeys rules ID` explains a rule.")
	}
	if len(more) > 0 {
		t.wrap(0, 0, plain(strings.Join(more, " ")))
	}
	if len(begun) > 0 || tagged {
		t.printf("\n")
	}
}

// link returns where if it is a URL.
func link(where string) string {
	if strings.HasPrefix(where, "https:") {
		return where
	}
	return ""
}

// unlisted lists findings that do not count, for -v.
func (t *textReport) unlisted(title string, findings []finding.Finding) {
	n := 0
	for i := range findings {
		f := &findings[i]
		why := ""
		if s := f.Suppressed; s != nil {
			why = "(" + strings.TrimSuffix(s.By+": "+printable(s.Reason), ": ") + ")"
		} else if title == "Suppressed" {
			continue
		}
		if n++; n == 1 {
			t.printf("%s\n", t.bold(title))
		}
		t.wrap(2, 4, t.place(f, ":"), plain(printable(f.Message)), t.tag(f.Rule), span{text: why, style: t.dim})
		t.frame(f)
	}
	if n > 0 {
		t.printf("\n")
	}
}

func (t *textReport) problems(title, more string, problems []finding.Problem) {
	if len(problems) == 0 {
		return
	}
	t.printf("%s\n", t.bold(title))
	shown := problems
	if !t.Verbose && len(shown) > maxProblems {
		shown = shown[:maxProblems]
	}
	for _, p := range shown {
		words := []span{plain(printable(p.Message))}
		if p.Path != "" {
			words = append([]span{{text: printable(p.Path + ":"), style: t.path}}, words...)
		}
		t.wrap(2, 4, words...)
	}
	if n := len(problems) - len(shown); n > 0 {
		t.printf("  and %s; -v lists all\n", number(n, more))
	}
	t.printf("\n")
}

// summary writes the outcome and, in every case, how much was searched.
func (t *textReport) summary(r *finding.Result) {
	scanned := "Searched " + searched(r.Summary) + " in " + took(r.Summary.Duration) + "."
	if len(r.Problems) > 0 {
		scanned += " The scan is incomplete."
	}
	say := func(style func(...any) string, what, text string) {
		t.wrap(0, 0, span{text: what, style: style}, plain(text))
	}
	in := "in " + t.scanned()
	what := found(r)
	switch {
	case what != "":
		say(t.bold, "Found "+what+":", levels(counting(r))+".")
	case nothingScanned(r.Summary):
		say(t.bold, "Nothing was scanned", in+": this is not an all-clear.")
		scanned = ""
	case r.Summary.Filtered > 0:
		say(t.bold, "Nothing found in a state that --only names", in+".")
	case len(r.Problems) > 0:
		say(t.bold, "Nothing found", in+", as far as it could be read or checked.")
	case known(r) != "":
		say(t.good, "Nothing new", in+". "+known(r)+" in the baseline.")
	default:
		say(t.good, "Nothing found", in+".")
	}
	for _, line := range []string{scanned, notCounted(r)} {
		if line != "" {
			t.wrap(0, 0, plain(line))
		}
	}
	if t.Hint != "" {
		t.wrap(0, 0, plain(printable(t.Hint)))
	}
}

// scanned names the target of the scan.
func (t *textReport) scanned() string {
	const most = 60
	switch t.Scanned {
	case ".", "":
		return "the current folder"
	case stdin:
		return "standard input"
	}
	return cutEnd(printable(t.Scanned), most, false)
}
