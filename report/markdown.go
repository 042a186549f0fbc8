package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

const (
	// maxMarkdown is how many bytes are written. GitHub refuses a job summary of
	// more than 1 MiB altogether, and other steps may want to add to it.
	maxMarkdown = 900_000
	// maxListed is how many places of a key, and things apart from keys, are listed.
	maxListed = 50
)

// writeMarkdown writes GitHub's Markdown, for the summary of a job or a comment.
func writeMarkdown(w io.Writer, r *finding.Result, o Options) error {
	keys, rest := entries(r, o)
	var b strings.Builder
	what := found(r)
	switch {
	case what != "":
		fmt.Fprintf(&b, "## neokeys found %s\n\n%s. ", what, capital(levels(counting(r))))
	case nothingScanned(r.Summary):
		b.WriteString("## neokeys scanned nothing\n\nThis is not an all-clear. ")
	default:
		b.WriteString("## " + foundNothing(r) + "\n\n")
	}
	b.WriteString(strings.TrimSpace("Searched "+searched(r.Summary)+" in "+took(r.Summary.Duration)+". "+notCounted(r)) + "\n")

	// The end is short and important: room is reserved for it.
	end := markdownProblems("The scan is incomplete", "more problem", r.Problems) +
		markdownProblems("Notes", "more note", r.Notices)
	add := func(section string) bool {
		fits := b.Len()+len(section)+len(end) <= maxMarkdown
		if fits {
			b.WriteString(section)
		}
		return fits
	}
	const omitted = "\n%s not shown here for lack of room. The other reports have them all.\n"
	for i := range keys {
		if !add(markdownKey(&keys[i], o)) {
			fmt.Fprintf(&b, omitted, number(len(keys)-i, "more key"))
			break
		}
	}
	if len(rest) > 0 && !add(markdownHabits(rest, o)) {
		fmt.Fprintf(&b, omitted, number(len(rest), "other finding"))
	}
	b.WriteString(end)
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownKey(e *entry, o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s: %s\n\n", capital(e.level().String()), code(e.Key.Redacted))
	if l := verdict(e.Findings[0]); l != "" {
		fmt.Fprintf(&b, "**%s.** ", capital(markdownText(l)))
	}
	a := e.advice
	b.WriteString(strings.Replace(markdownText(a.full()), a.Action, "**"+a.Action+"**", 1))
	switch {
	case link(a.Where) != "":
		fmt.Fprintf(&b, " [API keys](%s)", a.Where)
	case a.Where != "":
		b.WriteString(" " + markdownText(a.Where))
	}
	env := "token of the older API"
	if e.Key.Kind != finding.KindLegacy {
		env = "environment " + code(e.Key.Env)
	}
	fmt.Fprintf(&b, "\n\nKey id %s, %s, %s, worst exposure: %s.\n\n", code(e.Key.ID), env,
		number(len(e.places), "place"), e.Exposure())
	markdownTable(&b, e.places, "Exposure", o, func(f *finding.Finding) string { return string(f.Exposure) })
	for i, h := range e.habits[:min(len(e.habits), maxListed)] {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- %s\n", markdownRule(h))
	}
	return b.String()
}

func markdownHabits(rest []*finding.Finding, o Options) string {
	var b strings.Builder
	b.WriteString("\n### Other findings\n\n")
	markdownTable(&b, rest, "Finding", o, markdownRule)
	return b.String()
}

// markdownRule returns a rule's message with a link to its page.
func markdownRule(f *finding.Finding) string {
	return fmt.Sprintf("%s: %s [%s](%s%[3]s.md)", f.Severity, markdownText(f.Message), f.Rule, rulesURL)
}

// markdownTable lists findings; column fills the second column.
func markdownTable(b *strings.Builder, findings []*finding.Finding, name string, o Options, column func(*finding.Finding) string) {
	fmt.Fprintf(b, "| Place | %s | Line | Since |\n| --- | --- | --- | --- |\n", name)
	for _, f := range findings[:min(len(findings), maxListed)] {
		line, since := "", ""
		if f.Line > 0 && f.Snippet.Text != "" {
			left, matched, right := cutSnippet(f, defaultWidth, false)
			line = code(left + matched + right)
		}
		if c := f.Commit; c != nil {
			since = markdownLink(code(shortOID(c)), o.commitURL(c)) + " " + day(c) + " " + code(c.Author)
			if from := introduced(f); from != "" {
				since += ", at " + code(from)
			}
			if f.RemovedIn != nil {
				since += ", removed " + day(f.RemovedIn)
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", markdownLink(code(fullPlace(atHead(f))), o.headURL(f)), column(f), line, since)
	}
	if n := len(findings) - maxListed; n > 0 {
		fmt.Fprintf(b, "\nand %s.\n", number(n, "more place"))
	}
}

// markdownLink links text to address, if there is one.
func markdownLink(text, address string) string {
	if address == "" {
		return text
	}
	return "[" + text + "](" + address + ")"
}

func markdownProblems(title, more string, problems []finding.Problem) string {
	if len(problems) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n### " + title + "\n\n")
	for _, p := range problems[:min(len(problems), maxListed)] {
		b.WriteString("- ")
		if p.Path != "" {
			b.WriteString(code(p.Path) + ": ")
		}
		b.WriteString(markdownText(p.Message) + "\n")
	}
	if n := len(problems) - maxListed; n > 0 {
		fmt.Fprintf(&b, "- and %s\n", number(n, more))
	}
	return b.String()
}

// code returns s in a fixed-width font. It is HTML, because the text of a Markdown code
// span cannot be escaped.
func code(s string) string {
	const most = 1000 // names can be long enough to fill the page
	return "<code>" + markdownText(cutEnd(printable(s), most, false)) + "</code>"
}

// markdownText returns s as text that is neither Markdown nor HTML: all punctuation that
// means something in either, or that would make a link or a mention, becomes a character
// reference. So do spaces that would be dropped.
func markdownText(s string) string {
	var b strings.Builder
	space := false
	for _, r := range printable(s) {
		switch {
		case r < 0x80 && strings.ContainsRune("#$&*:<>@[\\]^_`{|}~!", r), r == ' ' && space:
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
		space = r == ' '
	}
	return strings.ReplaceAll(b.String(), "www.", "www&#46;")
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
