package rules

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
)

// escapedPrefix is finding.KeyPrefix as programs write it that make Markdown or LaTeX of a text,
// where an underscore means something.
const escapedPrefix = `neo\_sk\_`

// escapedKey returns the match of the key with a backslash before each underscore that begins
// at v.Pos.
func escapedKey(v *View) (found Match, ok bool) {
	text := v.Text[v.Pos:]
	if !bytes.HasPrefix(text, []byte(escapedPrefix)) {
		return found, false
	}
	const longest = finding.MaxAPIKeyLen + 1
	before := v.Text[max(0, v.Pos-longest):v.Pos]
	plain := append(make([]byte, 0, 2*longest), before...)
	places := make([]int, 0, longest) // where in the text the characters after v.Pos stand
	for i := 0; i < len(text) && len(places) < longest; i++ {
		if text[i] == '\\' && i+1 < len(text) && text[i+1] == '_' {
			continue
		}
		plain, places = append(plain, text[i]), append(places, v.Pos+i)
	}
	matchAPIKey(&View{Text: plain, Pos: len(before), Place: v.Place}, func(m Match) {
		m.Start, m.End = v.Pos, places[m.End-len(before)-1]+1
		found, ok = m, true
	})
	return found, ok
}
