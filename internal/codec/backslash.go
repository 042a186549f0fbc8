package codec

import (
	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// backslashForm has a backslash before each underscore, as programs write it that make
// Markdown or LaTeX of a text, where an underscore means something.
var backslashForm = &Form{
	Anchors: []string{`neo\_sk\_`},
	Undo:    undoBackslashes,
}

func undoBackslashes(src []byte, pos int, yield func(Plain) bool) {
	const longest = finding.MaxAPIKeyLen + 1
	first := max(0, pos-longest)
	p := Plain{Key: pos - first, Text: make([]byte, 0, 2*longest), spans: make([]text.Span, 0, 2*longest)}
	for i := first; i < pos; i++ {
		p.add(src[i], text.Span{Start: i, End: i + 1})
	}
	for i := pos; i < len(src) && len(p.Text) < p.Key+longest; i++ {
		if src[i] == '\\' && i+1 < len(src) && src[i+1] == '_' {
			i++
			p.add('_', text.Span{Start: i - 1, End: i + 1})
			continue
		}
		p.add(src[i], text.Span{Start: i, End: i + 1})
	}
	yield(p)
}
