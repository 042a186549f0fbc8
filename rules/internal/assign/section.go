package assign

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// maxSection is how much is read of what lies under a name.
const maxSection = 768

// serializedArray is what PHP's serialize writes between the name of an array and its bracket.
var serializedArray = lazyregexp.New(`^;a:\d+:`)

// under returns what lies under the name at name: the inside of the brackets after it
// ({ ... }), the lines after it that are indented deeper, or the lines of an INI file's
// section that has it as its name.
func (r *Reader) under(name text.Span) (text.Span, bool) {
	t := r.Text
	limit := func(i int) int { return min(len(t), i+maxSection) }
	if end := name.End + text.QuoteAt(t, name.End); end < len(t) && t[end] == ']' { // also of git: [section "name"]
		line := r.lineBefore(name.Start)
		if i, later := r.skipSpace(end+1, true); later && bytes.HasPrefix(line, []byte("[")) {
			end := bytes.Index(t[i:limit(i)], []byte("\n["))
			if end < 0 {
				end = limit(i) - i
			}
			return text.Span{Start: i, End: i + end}, true
		}
	}
	if opensTag(t[:name.Start]) && name.End < len(t) && t[name.End] == '>' {
		end := bytes.Index(t[name.End:limit(name.End)], append([]byte("</"), name.Of(t)...))
		return text.Span{Start: name.End + 1, End: name.End + max(1, end)}, end > 0
	}
	i, quoted := r.closers(name.End)
	i, _ = r.skipSpace(i, false)
	i += text.AnyPrefixFold(t[i:], []string{"=>", ":=", "=", ":"})
	i += len(serializedArray.Find(t[i:min(len(t), i+16)]))
	i += b2i(i < len(t) && t[i] == ',' && name.Start > 0 && t[name.Start-1] == '{') // of Erlang: {neoagent, [...]}
	i, later := r.skipSpace(i, true)
	switch {
	case i < len(t) && t[i] == ',' && bytes.HasPrefix(bytes.TrimLeft(r.lineBefore(name.Start), " "), []byte("config ")): // of Elixir
		end := bytes.Index(t[i:limit(i)], []byte("\n\n"))
		if end < 0 {
			end = limit(i) - i
		}
		return text.Span{Start: i + 1, End: i + end}, true
	case i < len(t) && (t[i] == '{' || t[i] == '['):
		return text.Span{Start: i + 1, End: r.closing(i+1, limit(i))}, true
	case later && !quoted && !r.Code:
		indent := len(r.lineBefore(name.Start))
		start := i - len(r.lineBefore(i))
		end := start
		for end < limit(start) {
			line := t[end:limit(start)]
			n := bytes.IndexByte(line, '\n') + 1
			if n == 0 {
				n = len(line)
			}
			if text.Run(line, func(c byte) bool { return c == ' ' || c == '\t' }) <= indent && len(bytes.TrimSpace(line[:n])) > 0 {
				break
			}
			end += n
		}
		return text.Span{Start: start, End: end}, end > start
	}
	return text.Span{}, false
}

// closing returns where the bracket closes that text[i:] is inside of, limit at most.
func (r *Reader) closing(i, limit int) int {
	for depth := 0; i < limit; i++ {
		switch r.Text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
		}
	}
	return limit
}

// A section is a name of the product that keys may lie under.
type section struct {
	name text.Span
	// agent is as in keyName. kind says that the name says what the keys are for or
	// like, as neo.api does.
	agent, kind bool
}

// sectionAt returns the section whose "neo" is at text[pos], if it is one. Where it says
// just neo, nothing but punctuation may stand before it.
func sectionAt(src []byte, pos int) (section, bool) {
	after, agent, ok := naming.Product(src, pos)
	if !ok || !agent && (!secret.LeftEdge(src[:pos]) || naming.UnderOwner(src[:pos])) {
		return section{}, false
	}
	s := section{name: text.Span{Start: pos, End: after}, agent: agent}
	if i := after + naming.Joint(src[after:]); i < len(src) {
		if w := text.AnyPrefixFold(src[i:], naming.KindWords); w > 0 && naming.WordEnds(src, i+w) {
			s.name.End, s.kind = i+w, true
		}
	}
	return s, true
}

// inSection returns the value of the first key in a section: under the name of the
// product, the words that say what a key is are enough to name it, be they in one name
// or on the way to it (api: and under that, key:). Under one that says neoagent a token
// or a secret is enough.
func (r *Reader) inSection(s section) (key, value text.Span, what secret.Verdict) {
	in, ok := r.under(s.name)
	if !r.Spend(2*(in.End-in.Start)+naming.MaxPadding) || !ok {
		return text.Span{}, text.Span{}, secret.NotToken
	}
	t := r.Text[:in.End]
	tries := maxFields
	kind := 0 // where the section ends that says what the keys are for
	if s.kind {
		kind = in.End
	}
	for i := in.Start; i < in.End && tries > 0; i++ {
		if !text.IsLetter(t[i]) {
			continue
		}
		word := text.Run(t[i:], text.IsURLSafe)
		if strings.IndexByte(naming.WordInitials, text.Lower(t[i])) < 0 || !naming.WordBegins(t, i) {
			i += word
			continue
		}
		end, qualified, ok := naming.KeyWords(t, i)
		switch {
		case ok && (qualified || i < kind || s.agent && !text.HasPrefixFold(t[i:], "key")):
			tries--
			if end, ok = naming.Suffix(t, end); ok {
				key = text.Span{Start: i, End: end}
				if value, what = r.assigned(key); what != secret.NotToken {
					return key, value, what
				}
			}
		case i >= kind && text.AnyPrefixFold(t[i:], naming.KindWords) == word:
			tries--
			if below, ok := r.under(text.Span{Start: i, End: i + word}); ok {
				kind = min(below.End, in.End)
			}
		}
		i += word
	}
	return text.Span{}, text.Span{}, secret.NotToken
}

// inside returns the value in an object that the name at name is given, such as the
// outputs of Terraform's state or the defaults of a schema.
func (r *Reader) inside(name text.Span) (text.Span, secret.Verdict) {
	in, ok := r.under(name)
	if !ok {
		return text.Span{}, secret.NotToken
	}
	return r.field(in, nil, fieldAfter)
}
