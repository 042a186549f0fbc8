package codec

import (
	"bytes"
	"regexp"

	"github.com/neokeys/neokeys/internal/text"
)

// joinedForm is a key in pieces that a program puts together: "neo_sk_" + "prod_" + "...",
// literals that stand side by side, lists of literals, literals in a template.
var joinedForm = &form{
	names:   []string{"joined"},
	anchors: splitAnchors,
	undo:    undoUnits(joinUnit),
	breaks:  "\"'`\\$#{",
	whole:   true,
}

// underscoredForm is a list of the parts of a key that is joined by underscores:
// ["neo", "sk", "prod", "..."].join("_").
var underscoredForm = &form{
	names:   []string{"joined"},
	anchors: []string{`neo"`, `neo'`},
	breaks:  "\"'`\\",
	undo: undoUnits(func(src []byte, i int) (c, n int) {
		if n := joint(src, i); n > 0 {
			return '_', n
		}
		return 0, 0
	}),
	whole: true,
}

func joinUnit(src []byte, i int) (c, n int) {
	if n := joint(src, i); n > 0 {
		return nothing, n
	}
	return nothing, placeholder(src, i)
}

// maxJoint bounds what stands between two pieces.
const maxJoint = 200

// quotes are the quotes of a string: also with a backslash before them, in a string of
// another language.
const quotes = "(?:\\\\?[\"'`]|\"\"\"|''')"

// between is what stands between two literals that make one text: an operator of some
// language or a comma, with comments and the ends of lines, and the letters before the second
// literal that say of what kind it is. Some languages have a call there.
var between = regexp.MustCompile(`^` + quotes + `[)]?(?:\s|\\\r?\n|_\r?\n|//[^\n]*\n|#[^\n]*\n|/\*[^*]*\*/)*` +
	`(?:\+\+|\.\.|<>|\|\||\^\^|[+.&~,|^*]=?|::)?` +
	`(?:\s|\\\r?\n|_\r?\n|//[^\n]*\n|#[^\n]*\n|/\*[^*]*\*/)*` +
	`(?:\.?(?:concat|append|plus|push_str|StringBuilder|Append)\s*\(\s*|\(\s*)?` +
	`(?:[fFrRbBuUlL@$]{1,2}|String\(|str\()?` + quotes)

// joint returns the length of what parts two pieces of a text at src[i:]; 0 if there is
// nothing of the kind.
func joint(src []byte, i int) int {
	switch src[i] {
	case '"', '\'', '`', '\\':
		return len(between.Find(src[i:min(len(src), i+maxJoint)]))
	}
	return 0
}

// opening and closing are the ends of a literal in a placeholder of a template: ${"..."},
// {'...'}, #{"..."}, \("...").
var (
	opening = regexp.MustCompile(`^(?:[$#]?\{\{?|\\\(|\$\()\s*["'` + "`" + `]`)
	closing = regexp.MustCompile(`^["'` + "`" + `]\s*(?:\}\}?|\))`)
)

// placeholder returns the length of the beginning or the end of a literal in a placeholder at
// src[i:]; 0 if there is none.
func placeholder(src []byte, i int) int {
	part := src[i:min(len(src), i+16)]
	switch src[i] {
	case '$', '#', '{', '\\':
		return len(opening.Find(part))
	case '"', '\'', '`':
		return len(closing.Find(part))
	}
	return 0
}

// literalAround returns the literal without escapes that src[pos] is in, without its quotes.
func literalAround(src []byte, pos int) (s text.Span, ok bool) {
	const quoteBytes = "\"'`"
	line := src[max(0, pos-maxLiteral):pos]
	start := bytes.LastIndexAny(line, quoteBytes+"\n")
	if start < 0 || line[start] == '\n' {
		return s, false
	}
	end := bytes.IndexAny(src[pos:min(len(src), pos+maxLiteral)], quoteBytes+"\n")
	if end < 0 || src[pos+end] != line[start] {
		return s, false
	}
	return text.Span{Start: pos - len(line) + start + 1, End: pos + end}, true
}

// maxLiteral bounds a literal that is looked at as a piece of a key.
const maxLiteral = 160
