package report

import (
	"fmt"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// gutter sets a line from a file apart from the report's own lines.
const gutter = " | "

// frame writes the line of f with its number, and carets under what was matched.
func (t *textReport) frame(f *finding.Finding) {
	if f.Snippet.Text == "" || f.Line == 0 {
		return
	}
	number := fmt.Sprintf("%5d", f.Line)
	left, matched, right := cutSnippet(f, t.Width-len(number)-len(gutter), t.ShowSecrets)
	t.printf("%s%s%s%s\n", t.dim(number+gutter), left, t.alarm(matched), right)
	carets := strings.Repeat("^", max(cells(matched), 1))
	t.printf("%s%s%s\n", t.dim(strings.Repeat(" ", len(number))+gutter), strings.Repeat(" ", cells(left)), t.alarm(carets))
}

// place returns f's location and the punctuation after it.
func (t *textReport) place(f *finding.Finding, after string) span {
	return span{text: fullPlace(f) + after, style: t.path, link: t.placeLink(f)}
}

// placeLink returns the target of a link to f: its line on the web in the commit that has it,
// or else the file on disk.
func (t *textReport) placeLink(f *finding.Finding) string {
	if address := t.placeURL(f); address != "" && f.Commit != nil {
		return address
	}
	uri, relative := pathURI(f.File(), t.Root)
	if !relative || t.Root == "" || !f.Present() || f.File() == stdin || f.Exposure == finding.Message {
		return ""
	}
	return strings.TrimSuffix(fileURI(t.Root), "/") + "/" + uri
}

// tag names a rule.
func (t *textReport) tag(rule string) span {
	return span{text: "[" + rule + "]", style: t.dim, link: rulesURL + rule + ".md"}
}

// cutSnippet returns f's line in three parts, printable and cut on both sides of the
// match until it fits into width columns; the match itself is always whole.
func cutSnippet(f *finding.Finding, width int, showSecrets bool) (left, matched, right string) {
	s := f.Snippet
	matched = s.Text[s.Start:s.End]
	if showSecrets && f.Key != nil {
		matched = f.Key.Secret.Reveal()
	}
	left = visible(untab(s.Text[:s.Start]))
	if !s.CutLeft {
		left = strings.TrimLeft(left, " ")
	}
	matched = visible(untab(matched))
	right = strings.TrimRight(visible(untab(s.Text[s.End:])), " ")
	if command.MatchString(left + matched + right) {
		harmless := strings.NewReplacer("#", `\x23`)
		left, matched, right = harmless.Replace(left), harmless.Replace(matched), harmless.Replace(right)
	}

	room := max(width-cells(matched), 0)
	leftLen, rightLen := cells(left), cells(right)
	if s.CutLeft {
		leftLen++ // the sign that says so
	}
	if s.CutRight {
		rightLen++
	}
	leftRoom := max(room/2, room-rightLen)
	rightRoom := room - min(leftRoom, leftLen)
	return cutStart(left, leftRoom, s.CutLeft), matched, cutEnd(right, rightRoom, s.CutRight)
}

// cutSign marks omitted text. It differs from the three dots of a masked key.
const cutSign = "…"

// cutStart returns the end of s that takes n columns, the first of them cutSign if it was cut
// here or before.
func cutStart(s string, n int, cut bool) string {
	over := cells(s) - n
	if over <= 0 && !cut {
		return s
	}
	runes := []rune(s)
	for over++; over > 0 && len(runes) > 0; runes = runes[1:] {
		over -= cellsOf(runes[0])
	}
	return cutSign + string(runes)
}

// cutEnd is cutStart for the other end.
func cutEnd(s string, n int, cut bool) string {
	over := cells(s) - n
	if over <= 0 && !cut {
		return s
	}
	runes := []rune(s)
	for over++; over > 0 && len(runes) > 0; runes = runes[:len(runes)-1] {
		over -= cellsOf(runes[len(runes)-1])
	}
	return string(runes) + cutSign
}

func untab(s string) string { return strings.ReplaceAll(s, "\t", "  ") }

// history writes who added and removed the key at f, how long it was exposed, and on which
// refs.
func (t *textReport) history(f *finding.Finding) {
	if !inHistory(f) {
		return
	}
	const indent, column = 6, 15
	line := func(label string, words ...span) {
		t.wrap(indent, column, append([]span{plain(fmt.Sprintf("%-8s", label))}, words...)...)
	}
	if f.Commit != nil {
		line("added", t.commit(f.Commit)...)
	}
	if f.RemovedIn != nil {
		line("removed", t.commit(f.RemovedIn)...)
	}
	if elsewhere(f) {
		line("first", append(t.commit(f.First), plain(" (elsewhere)"))...)
	}
	open := t.window(f)
	if elsewhere(f) {
		open += "; the key is " + duration(f.First.Date, t.Started) + " old"
	}
	line("open", plain(open))
	if len(f.Refs) > 0 {
		line("on", plain(refs(f.Refs)))
	} else if f.Object != "" && !f.Present() {
		// With no ref to check out, this is how to get at it: git cat-file -p.
		line("object", plain(f.Object))
	}
}

// elsewhere reports whether the key was committed elsewhere before it came to f's place, as under
// another name of the file.
func elsewhere(f *finding.Finding) bool {
	return f.First != nil && f.Commit != nil && f.First.OID != f.Commit.OID
}

// window describes how long f has been exposed.
func (t *textReport) window(f *finding.Finding) string {
	inHead := f.InHead != nil && *f.InHead
	switch {
	case unreachable(f) && f.Commit == nil:
		return "on no branch or tag any more; still readable until git prunes it"
	case unreachable(f):
		end := t.Started
		if f.RemovedIn != nil {
			end = f.RemovedIn.Date
		}
		return duration(f.Commit.Date, end) + "; on no branch or tag any more, still readable until git prunes it"
	case f.Commit == nil && inHead:
		return "in HEAD"
	case f.Commit == nil:
		return "not in HEAD; still readable in the history"
	case f.Exposure == finding.Message:
		return "for " + duration(f.Commit.Date, t.Started) // a message stays as it is
	case f.RemovedIn != nil:
		return "in HEAD for " + duration(f.Commit.Date, f.RemovedIn.Date) + "; still readable in the history"
	case inHead:
		return "in HEAD for " + duration(f.Commit.Date, t.Started)
	}
	return "for " + duration(f.Commit.Date, t.Started) + ", not in HEAD"
}

// unreachable reports whether f is in an object that no ref leads to any more.
func unreachable(f *finding.Finding) bool {
	return f.Object != "" && f.Refs != nil && len(f.Refs) == 0 && f.InHead != nil && !*f.InHead
}

// commit describes a commit.
func (t *textReport) commit(c *finding.Commit) []span {
	return []span{
		{text: shortOID(c), link: t.commitURL(c)}, gap, plain(day(c)), gap,
		plain(printable(c.Author)), gap, plain(printable(c.Subject)),
	}
}

// shortOID returns enough of a commit's id to name it.
func shortOID(c *finding.Commit) string { return c.OID[:min(len(c.OID), 8)] }

// refs names some refs, as people write them.
func refs(names []string) string {
	const most = 3
	var words []string
	for _, name := range names[:min(len(names), most)] {
		for _, prefix := range []string{"refs/heads/", "refs/remotes/", "refs/tags/", "refs/"} {
			if short, ok := strings.CutPrefix(name, prefix); ok {
				name = short
				break
			}
		}
		words = append(words, printable(name))
	}
	if n := len(names) - most; n > 0 {
		words = append(words, number(n, "more ref"))
	}
	return join(words)
}
