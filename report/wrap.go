package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A span is a piece of a line with its style and link.
type span struct {
	text  string // printable
	style func(...any) string
	link  string // an address; empty for none
}

// plain returns text as a span without a style.
func plain(text string) span { return span{text: text} }

// gap adds a second space between two spans.
var gap = plain("")

// wrap writes spans, with a space between each two, and goes on in a new line, indented by
// hang columns, where a word would not fit. The first line is indented by indent columns.
func (t *textReport) wrap(indent, hang int, spans ...span) {
	column, spaces, begins := indent, indent, true
	for _, s := range spans {
		run := "" // what is not written yet of s on this line
		for word := range strings.SplitSeq(s.text, " ") {
			n := cells(word)
			switch {
			case n == 0:
			case begins:
				word = harmless(word)
			case column+spaces+n > t.margin && column+spaces > hang:
				t.printf("%s\n", t.styled(run, s))
				column, spaces, word, run = hang, hang, harmless(word), ""
			default:
				column += spaces
			}
			if n > 0 {
				if pad := strings.Repeat(" ", spaces); run == "" {
					t.printf("%s", pad)
				} else {
					run += pad
				}
				run += word
				column, spaces, begins = column+n, 0, false
			}
			if !begins {
				spaces++
			}
		}
		t.printf("%s", t.styled(run, s))
	}
	t.printf("\n")
}

// harmless escapes the first word of a line if GitHub's runners would read it as a command.
func harmless(word string) string {
	if rest, ok := strings.CutPrefix(word, "::"); ok {
		return `\x3a:` + rest
	}
	return word
}

// styled returns a part of s with its style and link.
func (t *textReport) styled(part string, s span) string {
	if part == "" {
		return ""
	}
	if s.style != nil {
		part = s.style(part)
	}
	if s.link == "" || !t.Links {
		return part
	}
	// https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
	return "\x1b]8;;" + s.link + "\x1b\\" + part + "\x1b]8;;\x1b\\"
}

// Cells returns how many columns of a terminal s takes.
func Cells(s string) int { return cells(s) }

func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
