package rules

import (
	"bytes"
	"strings"
)

// maxSection is how much is read of what lies under a name.
const maxSection = 768

// under returns what lies under the name at name: the inside of the brackets after it
// ({ ... }), the lines after it that are indented deeper, or the lines of an INI file's
// section that has it as its name.
func (r *reader) under(name span) (span, bool) {
	t := r.text
	limit := func(i int) int { return min(len(t), i+maxSection) }
	if name.end < len(t) && t[name.end] == ']' {
		line := r.lineBefore(name.start)
		if i, later := r.skipSpace(name.end+1, true); later && bytes.HasPrefix(line, []byte("[")) {
			end := bytes.Index(t[i:limit(i)], []byte("\n["))
			if end < 0 {
				end = limit(i) - i
			}
			return span{i, i + end}, true
		}
	}
	i, quoted := r.closers(name.end)
	i, _ = r.skipSpace(i, false)
	i += anyPrefix(t[i:], []string{"=>", ":=", "=", ":"})
	i, later := r.skipSpace(i, true)
	switch {
	case i < len(t) && (t[i] == '{' || t[i] == '['):
		return span{i + 1, r.closing(i+1, limit(i))}, true
	case later && !quoted && !r.code:
		indent := len(r.lineBefore(name.start))
		start := i - len(r.lineBefore(i))
		end := start
		for end < limit(start) {
			line := t[end:limit(start)]
			n := bytes.IndexByte(line, '\n') + 1
			if n == 0 {
				n = len(line)
			}
			if run(line, func(c byte) bool { return c == ' ' || c == '\t' }) <= indent && len(bytes.TrimSpace(line[:n])) > 0 {
				break
			}
			end += n
		}
		return span{start, end}, end > start
	}
	return span{}, false
}

// closing returns where the bracket closes that text[i:] is inside of, limit at most.
func (r *reader) closing(i, limit int) int {
	for depth := 0; i < limit; i++ {
		switch r.text[i] {
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
	name span
	// agent is as in keyName. kind tells that the name says what the keys are for or
	// like, as neo.api does.
	agent, kind bool
}

// sectionAt returns the section whose "neo" is at text[pos], if it is one. Where it says
// just neo, nothing but punctuation may stand before it.
func sectionAt(text []byte, pos int) (section, bool) {
	after, agent, ok := product(text, pos)
	if !ok || !agent && !leftEdge(text[:pos]) {
		return section{}, false
	}
	s := section{name: span{pos, after}, agent: agent}
	if i := after + joint(text[after:]); i < len(text) {
		if w := anyPrefix(text[i:], kindWords); w > 0 && wordEnds(text, i+w) {
			s.name.end, s.kind = i+w, true
		}
	}
	return s, true
}

// inSection returns the value of the first key in a section: under the name of the
// product, the words that say what a key is are enough to name it, be they in one name
// or on the way to it (api: and under that, key:). Under one that says neoagent a token
// or a secret is enough.
func (r *reader) inSection(s section) (key, value span, what verdict) {
	in, ok := r.under(s.name)
	if !ok {
		return span{}, span{}, notToken
	}
	t := r.text[:in.end]
	tries := maxFields
	kind := 0 // where the section ends that says what the keys are for
	if s.kind {
		kind = in.end
	}
	for i := in.start; i < in.end && tries > 0; i++ {
		if !isLetter(t[i]) {
			continue
		}
		word := run(t[i:], isURLSafe)
		if strings.IndexByte(wordInitials, lower(t[i])) < 0 || !wordBegins(t, i) {
			i += word
			continue
		}
		end, raw, ok := keyWords(t, i)
		switch {
		case ok && (raw || i < kind || s.agent && !foldPrefix(t[i:], "key")):
			tries--
			if end, ok = suffix(t, end); ok {
				key = span{i, end}
				if value, what = r.assigned(key); what != notToken {
					return key, value, what
				}
			}
		case i >= kind && anyPrefix(t[i:], kindWords) == word:
			tries--
			if below, ok := r.under(span{i, i + word}); ok {
				kind = min(below.end, in.end)
			}
		}
		i += word
	}
	return span{}, span{}, notToken
}

// inside returns the value in an object that the name at name is given, such as the
// outputs of Terraform's state or the defaults of a schema.
func (r *reader) inside(name span) (span, verdict) {
	in, ok := r.under(name)
	if !ok {
		return span{}, notToken
	}
	return r.field(in, nil, fieldAfter)
}
