package verify

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

var (
	headerName   = lazyregexp.New(`(?i)^(?:authorization|"authorization"|'authorization')\s*:[ \t]?`)
	headerFlag   = lazyregexp.New(`^(?:-H|--header)[\s=]\s*`)
	variableName = lazyregexp.New(`^(?:export\s+|set\s+|setx\s+|\$env:|-e\s+|const\s+|let\s+|var\s+)?(?:([A-Za-z_][A-Za-z0-9_.-]*)|"([A-Za-z_][A-Za-z0-9_.-]*)"|'([A-Za-z_][A-Za-z0-9_.-]*)')\s*[=:]\s*`)
	bearer       = lazyregexp.New(`(?i)^bearer(?:[: \t]|\s*` + prefix + `)`)
	otherScheme  = lazyregexp.New(`(?i)^(?:basic|token|apikey|api-key|key|digest) `)
)

// unwrap takes everything off raw that is not the key, and notes what it was.
// Each step takes something off, so it ends.
func (d *diagnosis) unwrap(raw string) {
	d.text = d.visible(raw)
	for before := -1; len(d.text) != before; {
		before = len(d.text)
		d.trimSpace()
		// Names come first: what they name may be in quotes of its own, which are
		// syntax there.
		d.trimNames()
		d.trimQuotes()
		d.trimScheme()
	}
}

// visible drops what cannot be seen, and turns every kind of space into one that
// the rest knows.
func (d *diagnosis) visible(raw string) string {
	if strings.HasPrefix(raw, "\ufeff") {
		d.say("there is a byte order mark (U+FEFF) before the value: save it without")
		raw = strings.TrimPrefix(raw, "\ufeff")
	}
	var (
		b                strings.Builder
		space, invisible rune // the first of each
		notText          bool
	)
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRuneInString(raw[i:])
		i += size
		switch {
		case r == utf8.RuneError && size == 1:
			notText = true
		case r == '\t' || r == '\n' || r == '\r' || r == ' ':
			b.WriteRune(r)
		case unicode.IsSpace(r):
			space = cmp.Or(space, r)
			b.WriteByte(' ')
		case r == 0:
			notText = true
		case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
			invisible = cmp.Or(invisible, r)
		default:
			b.WriteRune(r)
		}
	}
	if notText {
		d.say("there are bytes in the value that are not text (UTF-8): type it anew, or save it as UTF-8")
	}
	if space != 0 {
		d.say("there is a special space (%s) in the value, which looks like an ordinary one and is none: take it out", codePoint(space))
	}
	if invisible != 0 {
		d.say("there is an invisible character (%s) in the value: take it out, or type the value anew", codePoint(invisible))
	}
	return b.String()
}

func codePoint(r rune) string {
	switch r {
	case 0x00A0:
		return "U+00A0, no-break space"
	case 0x200B:
		return "U+200B, zero-width space"
	case 0xFEFF:
		return "U+FEFF, byte order mark"
	}
	return fmt.Sprintf("U+%04X", r)
}

func (d *diagnosis) trimSpace() {
	t := strings.TrimLeft(d.text, " \t\r\n")
	if t != d.text && t != "" {
		d.say("there is white space before the value: take it out")
	}
	d.text = strings.TrimRight(t, " \t\r\n")
	switch after := t[len(d.text):]; {
	case after == "" || t == "":
	case strings.Contains(after, "\r"):
		d.say("there is a carriage return (CR) after the value, as in files with the line ends of Windows, and a variable may keep it: take it out")
	default:
		d.say("there is white space or a line break after the value: take it out")
	}
}

var quotes = []struct{ open, shut string }{
	{`\"`, `\"`}, {`"`, `"`}, {`'`, `'`}, {"`", "`"}, {"“", "”"}, {"”", "”"}, {"‘", "’"}, {"’", "’"}, {"«", "»"},
}

// trimQuotes takes off one pair of quotes, or half a pair.
func (d *diagnosis) trimQuotes() {
	// What a shell or a source file needs after the closing quote.
	t := d.text
	if d.name != "" || d.header {
		t = strings.TrimRight(t, ",; ")
	}
	for _, q := range quotes {
		inner, opens := strings.CutPrefix(t, q.open)
		inner, shuts := strings.CutSuffix(inner, q.shut)
		if !opens && !shuts {
			continue
		}
		// Around a variable's value or curl's argument, quotes are syntax.
		if !opens || !shuts {
			d.say("there is a quotation mark on one side of the value: take it out")
		} else if d.name == "" && !d.flag && !d.header {
			d.say("the quotation marks are part of the value: take them out")
		}
		d.text = inner
		return
	}
}

// trimNames takes off curl's flag, the header's name and a variable's name.
func (d *diagnosis) trimNames() {
	if m := headerFlag.FindString(d.text); m != "" {
		d.text, d.flag = d.text[len(m):], true
	}
	if m := headerName.FindString(d.text); m != "" {
		if !d.flag && d.name != "" {
			d.say("the name of the header is part of the value: keep the key alone in it")
		}
		d.text, d.header = d.text[len(m):], true
	}
	if d.name != "" || d.header {
		return
	}
	m := variableName.FindStringSubmatch(d.text)
	if m == nil {
		return
	}
	name := strings.ToLower(m[1] + m[2] + m[3])
	if name == "bearer" || strings.HasPrefix(name, prefix) {
		return
	}
	// A legacy token may end in =, as base64 does.
	if rest := d.text[len(m[0]):]; strings.Trim(rest, "=") != "" {
		d.text, d.name = rest, name
	}
}

// trimScheme takes off Bearer, or a word in its place.
func (d *diagnosis) trimScheme() {
	if bearer.MatchString(d.text) {
		rest := d.text[len("bearer"):]
		d.bearers++
		switch rest[0] {
		case ' ':
			rest = rest[1:]
		case ':', '\t':
			d.say("there must be one space after Bearer and nothing else")
			rest = rest[1:]
		default:
			d.say("the space after Bearer is missing")
		}
		d.text = rest
	}
	if m := otherScheme.FindString(d.text); m != "" {
		d.text, d.scheme = d.text[len(m):], strings.ToLower(m)
	}
}
