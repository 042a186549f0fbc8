// Package fix makes edits of files out of findings: a key in program text becomes a look-up of
// an environment variable, in the way of the file's language. It reads texts and returns places
// and new text; it reads and writes no files.
//
// A fix that is safe leaves programs as they were, once the variable is set. Where there is no
// fix, the package says why, and what to do instead.
package fix

import (
	"bytes"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules/syntax"
)

// A File is the text of a file with findings that count.
type File struct {
	// Path is that of the findings.
	Path string
	// Rel is the path in the project, by which folders with others' code are known.
	Rel      string
	Text     []byte
	Findings []*finding.Finding
}

// maxFindings is how many findings a file that people write has at most.
const maxFindings = 500

// An Outcome is what there is to do about a finding.
type Outcome struct {
	Finding *finding.Finding
	// Fix is nil where no edit mends it.
	Fix *finding.Fix
	// Reason says why there is no fix, and what to do. It is empty with a Fix.
	Reason string
}

// Fix returns what there is to do about each of the file's findings. names has the variable of
// each key; see [Names].
func (f *File) Fix(names *Names) []Outcome {
	if why := Untouchable(f.Rel, f.Text); why != "" {
		return f.all(why)
	}
	if len(f.Findings) > maxFindings {
		return f.all("it has more than 500 findings, as data does: take the keys out by hand")
	}
	w := &work{File: f, names: names, lines: lineStarts(f.Text)}
	w.goFile = sync.OnceValue(func() *goFile { return parseGo(f.Text) })
	w.json = sync.OnceValue(func() *code { return &code{Tree: syntax.Parse(syntax.JSON, f.Text), work: w} })
	w.yaml = sync.OnceValue(func() *yamlFile { return parseYAML(f.Text) })
	w.script = sync.OnceValue(func() *shellScript { return parseShell(f.Text) })
	outcomes := make([]Outcome, 0, len(f.Findings))
	for _, found := range f.Findings {
		outcomes = append(outcomes, w.outcome(found))
	}
	return outcomes
}

// all returns an outcome without a fix for each finding.
func (f *File) all(why string) []Outcome {
	var outcomes []Outcome
	for _, found := range f.Findings {
		outcomes = append(outcomes, Outcome{Finding: found, Reason: why})
	}
	return outcomes
}

// work is what is known of a file whose findings are to be mended.
type work struct {
	*File
	names  *Names
	lines  []int // where lines begin
	code   *code // nil before it is needed, and for what is no program text
	json   func() *code
	goFile func() *goFile
	yaml   func() *yamlFile
	script func() *shellScript
	// given are the lists of variables, by where they begin, to which a fix adds the key's.
	given map[int]bool
}

// A change is a fix of one finding in one file, before it is checked.
type change struct {
	title    string
	safe     bool
	edits    []edit
	variable string
}

// no returns that there is no change, and why.
func no(why string) (*change, string) { return nil, why }

func (w *work) outcome(found *finding.Finding) Outcome {
	c, why := w.change(found)
	if c == nil {
		return Outcome{Finding: found, Reason: why}
	}
	for _, e := range c.edits {
		if w.leaks(e.new) {
			return Outcome{Finding: found, Reason: "the new text would hold a key: replace it by hand"}
		}
	}
	if !valid(c.edits, len(w.Text)) {
		return Outcome{Finding: found, Reason: "the code around it is too intricate to edit: replace it by hand"}
	}
	return Outcome{Finding: found, Fix: &finding.Fix{
		Title: c.title, Safe: c.safe, Variable: c.variable, Edits: located(w.Path, w.Text, w.lines, c.edits),
	}}
}

// leaks reports whether text that is to be written, and shown, holds a key of the file.
func (w *work) leaks(text string) bool {
	for _, f := range w.Findings {
		if f.Key != nil && strings.Contains(text, f.Key.Secret.Reveal()) {
			return true
		}
	}
	return false
}

// change returns what to edit for a finding, or why nothing.
func (w *work) change(f *finding.Finding) (*change, string) {
	switch {
	case f.Container != "":
		return no("it is in an archive: fix the file that the archive is made of")
	case f.Key == nil && ofKey[f.Rule]:
		if key := w.keyAt(f); key != nil {
			return w.change(key)
		}
		return w.habit(f)
	case f.Key == nil:
		return w.habit(f)
	case f.Line == 0:
		return no("the key is in the name of the file: rename it")
	}
	start := int(f.Offset)
	whole := f.Key.Secret.Reveal()
	if start < 0 || !bytes.HasPrefix(w.Text[min(start, len(w.Text)):], []byte(whole)) {
		return no(rewritten(f))
	}
	return w.key(f, start, start+len(whole))
}

// ofKey are the rules that are about how a key is written: the habit goes with the key.
var ofKey = map[string]bool{"padded-key": true, "plaintext-ci-secret": true}

// keyAt returns the finding of the key that a habit is about: at its place, or on its line.
func (w *work) keyAt(habit *finding.Finding) *finding.Finding {
	var onLine *finding.Finding
	for _, f := range w.Findings {
		switch {
		case f.Key == nil || f.Line != habit.Line:
		case f.Offset == habit.Offset:
			return f
		case onLine == nil:
			onLine = f
		}
	}
	return onLine
}

// rewritten says of a key that is not written plainly what to do.
func rewritten(f *finding.Finding) string {
	if len(f.DecodedFrom) > 0 {
		return "the key is written as " + strings.Join(f.DecodedFrom, " in ") + ": take it out by hand, and read " + defaultName(f.Key) + " instead"
	}
	return "the key is not written in one piece: take it out by hand, and read " + defaultName(f.Key) + " instead"
}

// key returns what to edit for the key that is text[start:end].
func (w *work) key(f *finding.Finding, start, end int) (*change, string) {
	name := w.names.Of(f.Key)
	if d := dialectOf(w.Path, w.Text); d != nil {
		if f.Exposure.Public() {
			return no(inClient)
		}
		return d.fix(w, start, end, name)
	}
	if isShell(w.Path, w.Text) {
		return w.shell(w.script(), 0, start, end, name)
	}
	if format := formatOf(w.Rel, w.Text); format != nil {
		return format.fix(w, start, end, name)
	}
	if strings.HasSuffix(strings.ToLower(w.Path), ".ipynb") {
		return no("a notebook keeps what its code printed: clear its outputs, and read os.environ[\"" + name + "\"] in the cell")
	}
	return no("no edit is known for this kind of file: take the key out, and read " + name + " instead")
}

// byteOrderMark is what some editors begin a file with.
const byteOrderMark = "\xef\xbb\xbf"

// program returns the file's code, read as lang.
func (w *work) program(d *dialect) *code {
	if w.code == nil {
		src := w.Text
		if bytes.HasPrefix(src, []byte(byteOrderMark)) { // no part of the first word
			src = append([]byte("   "), src[len(byteOrderMark):]...)
		}
		w.code = &code{Tree: syntax.Parse(d.lang, src), work: w, dialect: d, matches: map[*lazyregexp.Regexp][][]byte{}}
	}
	return w.code
}

// eol returns how lines of the file end.
func (w *work) eol() string {
	if i := bytes.IndexByte(w.Text, '\n'); i > 0 && w.Text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
