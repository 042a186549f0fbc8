package codec

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// joined is the name of the forms in which a key is in pieces.
const joined = "joined"

// joinedForm is a key in pieces that a program puts together: "neo_sk_" + "prod_" + "...",
// literals that stand side by side, lists of literals, literals in a template, and pieces that
// one statement after another appends.
var joinedForm = &form{
	names: []string{joined},
	anchors: []string{
		`neo"`, `neo'`, `_sk_"`, `_sk_'`,
		`'e','o','_'`, `'e', 'o', '_'`, `"e","o","_"`, `"e", "o", "_"`,
	},
	also:   splitAnchors,
	undo:   fromQuote(joinedAfterNeo('_', reader{joinUnit, joints, 3 * perExpression, quickUnit})),
	breaks: joints,
	whole:  true,
}

// rawForm is joinedForm for the raw strings of C++: R"(neo_sk_)" R"(...)".
var rawForm = &form{names: []string{joined}, undo: fromQuote(reader{joinUnit, ")\"", 16 * perExpression, nil}.undo), breaks: ")", whole: true}

// underscoredForm is a list of the parts of a key that is joined by underscores:
// ["neo", "sk", "prod", "..."].join("_").
var underscoredForm = &form{
	names:   []string{joined},
	anchors: []string{`neo"`, `neo'`},
	breaks:  "\"'`\\",
	undo: withoutUnderscore(fromQuote(joinedAfterNeo('s', reader{func(src []byte, i int) (c, n int) {
		if n := joint(src, i); n > 0 {
			return '_', n
		}
		return 0, 0
	}, "\"'`\\", 3 * perExpression, quickUnderscore}))),
	whole: true,
}

// withoutUnderscore is undo for a form that puts underscores between pieces: a key that breaks off behind
// one is in none.
func withoutUnderscore(inner undo) undo {
	return func(src []byte, pos int, spend Spend, yield func(Plain) bool) {
		first := src[pos:min(len(src), pos+finding.MaxAPIKeyLen)]
		n := text.Run(first, func(c byte) bool { return finding.IsSecretByte(c) || c == '_' })
		if n >= minBegun && first[n-1] == '_' {
			return
		}
		inner(src, pos, spend, yield)
	}
}

// wordsForm is a list of the parts of a key without quotes: %w[neo sk prod ...].
var wordsForm = &form{
	names:   []string{joined},
	anchors: []string{"neo sk ", "neo, sk", "neo,sk,"},
	undo: reader{func(src []byte, i int) (c, n int) {
		if n := len(betweenBare.Find(src[i:min(len(src), i+4)])); n > 0 {
			return '_', n
		}
		return 0, 0
	}, ", ", perExpression, nil}.undo,
	whole: true,
}

// betweenBare is what stands between words in a list.
var betweenBare = lazyregexp.New(`^(?:, ?| )`)

// joints are the bytes that what parts two pieces begins with.
const joints = "\"'`\\$#{"

func joinUnit(src []byte, i int) (c, n int) {
	if n := joint(src, i); n > 0 {
		return nothing, n
	}
	if n := placeholder(src, i); n > 0 {
		return nothing, n
	}
	// In a shell, a quote alone parts what belongs together.
	if isQuote(src[i]) && i > 0 && i+1 < len(src) && text.IsIdent(src[i-1]) && runAt(src, i+1).Len() >= minBare {
		return nothing, 1
	}
	return 0, 0
}

// minBare is how long a piece without quotes is at least: shorter is the suffix of a literal.
const minBare = 3

// fromQuote is undo for pieces that are literals: where a key begins at the beginning of a
// literal, nothing before that belongs to it.
func fromQuote(inner undo) undo {
	return func(src []byte, pos int, spend Spend, yield func(Plain) bool) {
		if pos > 0 && isQuote(src[pos-1]) && bytes.HasPrefix(src[pos:], []byte(finding.KeyPrefix)) {
			inner(src[pos:], 0, spend, func(p Plain) bool {
				for i := range p.spans {
					p.spans[i].Start += pos
					p.spans[i].End += pos
				}
				return yield(p)
			})
			return
		}
		inner(src, pos, spend, func(p Plain) bool {
			if p.Key < len(p.spans) {
				if at := p.spans[p.Key].Start; at > 0 && isQuote(src[at-1]) {
					p = p.From()
				}
			}
			return yield(p)
		})
	}
}

// joinedAfterNeo is r.undo for a form that joins literals. Where the anchor is a literal that ends with
// neo, nothing else needs to be read unless another one is joined to it that goes on as a key does, with
// the byte next or in some other form: minified code has very many quotes, and to look at each of those
// takes a thousand times as long as to find the anchor.
func joinedAfterNeo(next byte, r reader) undo {
	return func(src []byte, pos int, spend Spend, yield func(Plain) bool) {
		quote := pos + len("neo")
		if quote < len(src) && isQuote(src[quote]) && bytes.HasPrefix(src[pos:], []byte("neo")) {
			if !spend(r.cost) {
				return
			}
			_, n := r.unit(src, quote)
			if after := quote + n; n == 0 || after < len(src) && text.IsAlnum(src[after]) && src[after] != next {
				return
			}
		}
		r.undo(src, pos, spend, yield)
	}
}

// maxDelimiter is more than the delimiter of a raw string of C++ has letters.
const maxDelimiter = 18

// maxJoint bounds what stands between two pieces.
const maxJoint = 200

// quotes are the quotes of a string: also with a backslash before them, in a string of
// another language.
const quotes = "(?:\"\"\"|'''|\"\"|\\\\?[\"'`])"

// space is white space, with comments and the marks of a line that goes on.
const space = `(?:\s|\\\r?\n|_\r?\n|//[^\n]*\n|#[^\n]*\n|/\*[^*]*\*/)*`

// opens is what stands before a literal: a call that makes a string of it, and the letters that
// say of what kind it is.
const opens = `&?(?:String(?:::from)?\(|str\(|std::string\()?(?:(?:u8|[uUL])?R"\w*\(|(?:[a-zA-Z@$][a-zA-Z0-9@$]?)?#*` + quotes + `)`

// between is what stands between two literals that make one text. After the first literal
// may follow what makes a string of it; then an operator of some language, a call or a
// comma; or a statement ends and the next one appends.
var between = lazyregexp.New(`^(?:\)\w*"|` + quotes + `#*)` +
	`(?:/utf8\b|sv?\b|\.(?:to_string|to_owned|into|freeze|toString|as_str)\b(?:\(\))?)?[)]?` + space +
	`(?:` +
	`(?:\+\+|\.\.|<>|<<|\|\||&&|\^\^|//|[+.&~,|^*;]=?|::)?` + space +
	`(?:\.?(?:concat|append|plus|push_str|StringBuilder|Append|stringByAppendingString|write|__add__)\s*[(:]\s*|\(\s*)?` +
	`|(?:,[^,;)"\n]{1,40})?\)?;?` + space + `[\w.>:$-]*(?:strl?cat|append|Append|push_str|WriteString|write_str|concat|Concat)\s*\(\s*(?:[\w&]+\s*,\s*)?` +
	`|\]?;?` + space + `\[\w+ append(?:String|Format):\s*` +
	`|;?` + space + `(?:\w+ )?[$@]?[\w.>-]+\s*(?:\+|\.|&|~|<|\.\.|\|\|)[=<]\s*` +
	`|;?` + space + `(?:\w+ )?[$@]?[\w.>-]+\s*:?=\s*[$@]?[\w.>-]+\s*(?:\+|\.|&|~|<>|\.\.|\|\|)\s*` +
	`)` + opens)

// jointCost is what a call of joint costs: it reads a byte for each way in which what stands between two
// literals may go on.
func jointCost(src []byte, i int) int { return perJointByte * min(len(src)-i, maxJoint) }

// perJointByte is the cost of a byte that joint looks at.
const perJointByte = 8

// quickUnit reads what most often parts two pieces: an operator between two quotes, which [between] reads
// alike, ten times slower.
func quickUnit(src []byte, i int) (c, n int) { return nothing, quickJoint(src, i) }

func quickUnderscore(src []byte, i int) (c, n int) { return '_', quickJoint(src, i) }

func quickJoint(src []byte, i int) int {
	if !isQuote(src[i]) {
		return 0
	}
	blanks := func(at int) int {
		return at + text.Run(src[min(at, len(src)):min(len(src), at+maxIndent)], func(c byte) bool { return c == ' ' || c == '\t' })
	}
	at := blanks(i + 1)
	if at == len(src) || strings.IndexByte("+.&,~", src[at]) < 0 {
		return 0
	}
	at = blanks(at + 1)
	if at+1 >= len(src) || !isQuote(src[at]) || !text.IsAlnum(src[at+1]) {
		return 0
	}
	return at + 1 - i
}

// joint returns the length of what parts two pieces of a text at src[i:]; 0 if there is
// nothing of the kind.
func joint(src []byte, i int) int {
	switch src[i] {
	case ')':
		if n := text.Run(src[i+1:min(len(src), i+maxDelimiter)], text.IsIdent); i+1+n >= len(src) || src[i+1+n] != '"' {
			return 0 // it ends no raw string of C++
		}
		fallthrough
	case '"', '\'', '`', '\\':
		part := src[i:min(len(src), i+maxJoint)]
		if !bytes.ContainsAny(part[1:], "\"'`") {
			return 0 // there is no second literal
		}
		if goesOnAsWord(part) {
			return 0
		}
		found := between.Find(part)
		if inner := bytes.Trim(found, "\\\"'`"); len(inner) > 0 && text.Run(inner, text.IsLetter) == len(inner) {
			return 0 // a piece of a few letters
		}
		return len(found)
	}
	return 0
}

// goesOnAsWord reports whether no literal ends at the beginning of part: a word stands right behind the
// quote, or a word that ends at the next quote. Letters that say of what kind a literal is are at most three.
func goesOnAsWord(part []byte) bool {
	at := text.Run(part, func(c byte) bool { return isQuote(c) || c == '\\' || c == '#' })
	from := at + text.Run(part[at:], func(c byte) bool { return text.IsBlank(c) || c == '\n' || c == '\r' })
	end := from + text.Run(part[from:], text.IsIdent)
	if end-from <= 3 || end == len(part) {
		return false
	}
	return isQuote(part[end]) || from == at && part[end] != '(' && part[end] != ':'
}

// opening and closing are the ends of a literal in a placeholder of a template: ${"..."},
// {'...'}, #{"..."}, \("..."), \{"..."}.
var (
	opening = lazyregexp.New(`^(?:[$#]?\{\{?|\\[({]|\$\()\s*\(?["'` + "`" + `]`)
	closing = lazyregexp.New(`^["'` + "`" + `]\s*\)?(?:\}\}?|\))`)
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
