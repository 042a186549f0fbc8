package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// valueLabels stand before the value in a sheet of credentials, whose name stands on the line
// before.
var valueLabels = []string{"value", "secret key", "secret", "api key", "key", "token", "password", "wert", "valeur", "valor"}

// sheet returns the value of a name in what people write to each other, where the name ends its
// line: the value follows on one of the next lines, with a label, or in the marks of code.
func (r *Reader) sheet(name text.Span) (text.Span, secret.Verdict) {
	t := r.Text
	i, ok := r.lineEnds(name.End)
	if r.Code || !ok {
		return text.Span{}, secret.NotToken
	}
	i, blank := r.emptyLines(i)
	begins := i
	indent := text.Run(t[i:min(len(t), i+8)], text.IsBlank)
	i += indent
	i += text.Run(t[i:min(len(t), i+8)], func(c byte) bool { return bytes.IndexByte([]byte("*-|:_> "), c) >= 0 })
	n := text.AnyPrefixFold(t[i:], valueLabels)
	labelled := false
	if n > 0 {
		after := i + n + text.Run(t[i+n:min(len(t), i+n+8)], func(c byte) bool { return bytes.IndexByte([]byte("*_:= |"), c) >= 0 })
		if labelled = bytes.IndexByte(t[i+n:after], ':') >= 0 || bytes.IndexByte(t[i+n:after], '=') >= 0 || bytes.IndexByte(t[i+n:after], '|') >= 0; labelled {
			i = after
		}
	}
	ticks := text.Run(t[i:min(len(t), i+3)], func(c byte) bool { return c == '`' })
	if ticks == 3 { // a block of code, maybe in a language
		if i += ticks + text.Run(t[i+ticks:min(len(t), i+ticks+16)], text.IsLetter); r.newline(i) > 0 {
			i += r.newline(i)
		} else {
			i -= text.Run(reversed(t[max(0, i-16):i]), text.IsLetter)
		}
	} else {
		i += ticks
	}
	v := text.Span{Start: i, End: secret.TokenRun(t, i)}
	if message := r.endsMessage(name.End, v.End); ticks == 0 && !labelled && (!blank || indent < 3) && !message && !r.nextItem(name.Start, begins) {
		return text.Span{}, secret.NotToken
	} else if message {
		return v, secret.Judge(v.Of(t))
	}
	if end := v.End; ticks > 0 && (end >= len(t) || t[end] != '`' && r.newline(end) == 0) || ticks == 0 && end < len(t) && r.newline(end) == 0 && text.Run(t[end:], text.IsBlank) == 0 {
		return text.Span{}, secret.NotToken
	}
	return v, secret.Judge(v.Of(t))
}

// endsMessage reports whether a line end that JSON has written follows text[i:], and what ends at
// text[end] is the last of its text: a message in an export.
func (r *Reader) endsMessage(i, end int) bool {
	line := r.Text[i:min(len(r.Text), i+16)]
	return bytes.Contains(line, []byte(`\n`)) && bytes.IndexByte(line, '\n') < 0 && end < len(r.Text) && r.Text[end] == '"'
}

// nextItem reports whether the line at text[i:] is the definition of the term that begins at
// text[name], as Markdown has them, or the next cell of a row in a list-table of reStructuredText.
func (r *Reader) nextItem(name, i int) bool {
	term := bytes.TrimLeft(r.lineBefore(name), " \t`*")
	line := bytes.TrimLeft(r.Text[i:min(len(r.Text), i+16)], " \t")
	return len(term) == 0 && bytes.HasPrefix(line, []byte(": ")) || string(bytes.TrimSpace(r.lineBefore(name))) == "* -" && bytes.HasPrefix(line, []byte("- "))
}

// nextText is what stands between two texts of a message that is stored in pieces, as Slack does.
var nextText = lazyregexp.New(`^:?\s*"[^{}"]{0,8}(?:"ts":\s*"[\d.]+"\s*)?\},\s*\{[^{}]{0,60}"text":\s*"\s*`)

// message returns the value of a name that ends one piece of a message, where the value is the next.
func (r *Reader) message(name text.Span) (text.Span, secret.Verdict) {
	n := len(nextText.Find(r.Text[name.End:min(len(r.Text), name.End+2*naming.MaxPadding)]))
	if r.Code || n == 0 {
		return text.Span{}, secret.NotToken
	}
	v := text.Span{Start: name.End + n, End: secret.TokenRun(r.Text, name.End+n)}
	if text.QuoteAt(r.Text, v.End) == 0 {
		return text.Span{}, secret.NotToken
	}
	return v, secret.Judge(v.Of(r.Text))
}

// reversed returns src from its end to its beginning.
func reversed(src []byte) []byte {
	out := make([]byte, len(src))
	for i, c := range src {
		out[len(src)-1-i] = c
	}
	return out
}

// newline returns the length of the end of a line at text[i:], as it is or as JSON writes it; 0 if
// there is none.
func (r *Reader) newline(i int) int {
	return text.AnyPrefixFold(r.Text[i:], []string{"\r\n", "\n", `\r\n`, `\n`})
}

// lineEnds returns where the next line begins, if the line of the name that ends at text[i] has
// nothing more but marks and punctuation.
func (r *Reader) lineEnds(i int) (next int, ok bool) {
	for end := min(len(r.Text), i+16); i < end; i++ {
		if n := r.newline(i); n > 0 {
			return i + n, true
		}
		if c := r.Text[i]; bytes.IndexByte([]byte("*`_:\"')]} \t"), c) < 0 {
			return i, false
		}
	}
	return i, false
}

// emptyLines skips lines without text, and those that underline a heading, and says whether
// there are any.
func (r *Reader) emptyLines(i int) (next int, any bool) {
	for range 3 {
		j := i + text.Run(r.Text[i:], func(c byte) bool { return bytes.IndexByte([]byte("=~^-\" \t"), c) >= 0 && c != '"' })
		n := r.newline(j)
		if n == 0 {
			break
		}
		i, any = j+n, true
	}
	return i, any
}
