package report

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// Printable returns s in a form that is safe on a line of a terminal or a CI log, for programs
// that print what is not a report.
func Printable(s string) string { return printable(s) }

// printable returns s in a form that is safe on a line of a terminal, a CI log or a web page:
// every character visible, and no workflow command.
func printable(s string) string {
	s = visible(s)
	// GitHub's runners treat a line that begins with ::, after spaces, as a command.
	if rest := strings.TrimLeft(s, " "); strings.HasPrefix(rest, "::") {
		s = s[:len(s)-len(rest)] + `\x3a` + rest[1:]
	}
	return command.ReplaceAllString(s, `#\x23$1`)
}

// command matches CI commands that work anywhere on a line: ##[error] on GitHub and Azure,
// ##vso[...] on Azure, ##teamcity[...] on TeamCity.
var command = lazyregexp.New(`##([A-Za-z]*\[)`)

// visible escapes, as Go does, everything in s that is neither a visible character nor a space,
// so that a name cannot move the cursor, start a line, recolor the screen or reverse the
// writing direction. Bytes that are not UTF-8 become \xNN.
func visible(s string) string {
	if isVisible(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\x`)
			b.WriteString(strconv.FormatUint(uint64(s[0])|0x100, 16)[1:])
		case strconv.IsGraphic(r):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
		s = s[n:]
	}
	return b.String()
}

func isVisible(s string) bool {
	for i, r := range s {
		if !strconv.IsGraphic(r) {
			return false
		}
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return false
			}
		}
	}
	return true
}

// inert returns equivalent JSON that is safe on a terminal and in a CI log: every character
// that is neither visible nor ASCII, and the second of two #, is written as \uNNNN. Such
// characters occur in strings only; encoding/json has escaped the ASCII ones except DEL.
func inert(json []byte) []byte {
	var out []byte // nil while nothing had to be changed
	done := 0
	for i := 0; i < len(json); {
		c := json[i]
		number := c == '#' && i > 0 && json[i-1] == '#'
		if c < utf8.RuneSelf && c != 0x7f && !number {
			i++
			continue
		}
		r, n := utf8.DecodeRune(json[i:])
		if !strconv.IsGraphic(r) || number {
			out = append(out, json[done:i]...)
			out = appendUnicodeEscape(out, r)
			done = i + n
		}
		i += n
	}
	if out == nil {
		return json
	}
	return append(out, json[done:]...)
}

// appendUnicodeEscape appends r as JSON escapes it: \uNNNN, twice for what is beyond
// 16 bits (RFC 8259, section 7).
func appendUnicodeEscape(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		b = appendUnicodeEscape(b, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
