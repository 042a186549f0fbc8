package report

import (
	"strings"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
)

// gutter stands before a line from a file, so that it is not taken for one of ours.
const gutter = "    | "

// snippet writes the line of f with its key marked.
func (t *text) snippet(f *finding.Finding) {
	if f.Snippet.Text == "" || f.Line == 0 {
		return
	}
	left, matched, right := cutSnippet(f, t.Width-len(gutter), t.ShowSecrets)
	t.printf("%s%s%s%s\n", t.dim(gutter), left, t.alarm(matched), right)
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

	room := max(width-utf8.RuneCountInString(matched), 0)
	leftLen, rightLen := utf8.RuneCountInString(left), utf8.RuneCountInString(right)
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

// cutSign stands for text that is left out. It is not the three dots of a masked key.
const cutSign = "…"

// cutStart returns the last n characters of s, the first of them cutSign if it was cut
// here or before.
func cutStart(s string, n int, cut bool) string {
	runes := []rune(s)
	if len(runes) <= n && !cut {
		return s
	}
	if over := len(runes) + 1 - max(n, 1); over > 0 {
		runes = runes[over:]
	}
	return cutSign + string(runes)
}

// cutEnd is cutStart for the other end.
func cutEnd(s string, n int, cut bool) string {
	runes := []rune(s)
	if len(runes) <= n && !cut {
		return s
	}
	if over := len(runes) + 1 - max(n, 1); over > 0 {
		runes = runes[:len(runes)-over]
	}
	return string(runes) + cutSign
}

func untab(s string) string { return strings.ReplaceAll(s, "\t", "  ") }

// history says since when, until when and for whom a place in a repository has been
// open.
func (t *text) history(f *finding.Finding) {
	if !inHistory(f) {
		return
	}
	line := func(label, text string) { t.printf("      %-8s %s\n", label, text) }
	if f.Commit != nil {
		line("added", commit(f.Commit))
	}
	if f.RemovedIn != nil {
		line("removed", commit(f.RemovedIn))
	}
	line("open", t.window(f))
	if len(f.Refs) > 0 {
		line("on", refs(f.Refs))
	} else if f.Object != "" && f.InHead != nil && !*f.InHead {
		// With no ref to check out, this is how to get at it: git cat-file -p.
		line("object", f.Object)
	}
}

// window says how long f has lain open.
func (t *text) window(f *finding.Finding) string {
	inHead := f.InHead != nil && *f.InHead
	switch {
	case unreachable(f) && f.Commit == nil:
		return "no branch or tag leads to it any more, but it can be read until git prunes it"
	case unreachable(f):
		end := t.Started
		if f.RemovedIn != nil {
			end = f.RemovedIn.Date
		}
		return span(f.Commit.Date, end) + "; now on no branch or tag, but there until git prunes it"
	case f.Commit == nil && inHead:
		return "still in HEAD"
	case f.Commit == nil:
		return "not in HEAD, still in the history"
	case f.Exposure == finding.Message:
		return span(f.Commit.Date, t.Started) // a message stays as it is
	case f.RemovedIn != nil:
		return span(f.Commit.Date, f.RemovedIn.Date) + ", no longer in HEAD, still in the history"
	case inHead:
		return span(f.Commit.Date, t.Started) + ", still in HEAD"
	}
	return span(f.Commit.Date, t.Started) + ", not in HEAD"
}

// unreachable reports whether f lies in an object to which no ref leads any more.
func unreachable(f *finding.Finding) bool {
	return f.Object != "" && f.Refs != nil && len(f.Refs) == 0 && f.InHead != nil && !*f.InHead
}

func commit(c *finding.Commit) string {
	oid := c.OID[:min(len(c.OID), 10)]
	return oid + "  " + c.Date.Format("2006-01-02") + "  " + printable(c.Author) + "  " + printable(c.Subject)
}

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

// paragraph writes text in indented lines, with its first word in bold.
func (t *text) paragraph(text, first string) {
	const indent, most = "  ", 80
	column := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			t.printf("%s", indent)
			column = len(indent)
			if rest, ok := strings.CutPrefix(word, first); ok {
				word = t.bold(first) + rest
			}
		case column+1+n > min(t.Width, most):
			t.printf("\n%s", indent)
			column = len(indent)
		default:
			t.printf(" ")
			column++
		}
		t.printf("%s", word)
		column += n
	}
	t.printf("\n")
}
