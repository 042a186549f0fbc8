package facts

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// KeysGiven reports keys of the current API that are given to a name, whatever that is:
// then it is a key's variable.
func (f *File) KeysGiven(say func(name, value text.Span)) {
	for pos := 0; ; pos += len(finding.KeyPrefix) {
		n := bytes.Index(f.Text[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			return
		}
		pos += n
		if name, ok := givenTo(f.Text, pos); ok && !f.InComment(pos) && secret.Credible(f.Text, pos) {
			say(name, text.Span{Start: pos, End: pos})
		}
	}
}

// givenTo returns the name that the value at text[pos] is given to on its line: as in
// NAME=value, name: "value" and Authorization: Bearer value.
func givenTo(src []byte, pos int) (name text.Span, ok bool) {
	i := len(bytes.TrimSuffix(src[:pos], []byte("Bearer ")))
	back := func(class string) {
		for from := i; i > 0 && from-i < naming.MaxPadding && strings.IndexByte(class, src[i-1]) >= 0; {
			i--
		}
	}
	back(`"'`)
	back(" \t")
	if i == 0 || src[i-1] != '=' && src[i-1] != ':' {
		return name, false
	}
	i--
	back("\"' \t")
	name = text.Span{Start: i, End: i}
	for name.Start > 0 && name.End-name.Start < naming.MaxAffix && (text.IsURLSafe(src[name.Start-1]) || src[name.Start-1] == '.') {
		name.Start--
	}
	return name, name.Start < name.End
}
