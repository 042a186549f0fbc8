package codec

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// constantForm is a key of which a part is a constant of the same file: PREFIX = "neo_sk_prod_" and
// PREFIX + "...", "neo_sk_prod_" + REST, ${PREFIX}..., or properties of an object.
var constantForm = &form{names: []string{joined}, undo: undoConstant, breaks: "\"'`\r\n ;)&$#{%\\", whole: true}

const (
	// maxUses is how many places are looked at in which a name stands, and constantReach how
	// many bytes from the key they are.
	maxUses       = 8
	constantReach = 2 << 10
	// perFound is how many bytes are searched for a word in the time that others take for one.
	perFound = 8
	// maxPieces is how many pieces follow the first one.
	maxPieces = 5
)

func undoConstant(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	if !bytes.HasPrefix(src[pos:], []byte(finding.KeyPrefix)) {
		return
	}
	value := runAt(src, pos)
	if value.Len() >= len(finding.KeyPrefix)+finding.MaxEnvLen+finding.SecretLen {
		return
	}
	c := constantsNear(src, pos, spend)
	end := value.End
	if end < len(src) && isQuote(src[end]) {
		end++
	}
	if !c.joined(value, end, yield) {
		return
	}
	name := c.nameBefore(pos)
	if name.Len() == 0 {
		return
	}
	c.eachWord(name.Of(src), func(use text.Span) bool { return use == name || c.joined(value, use.End, yield) })
}

// constants are the literals with names in a part of a text.
type constants struct {
	src   []byte
	spend Spend
	near  text.Span
}

func constantsNear(src []byte, pos int, spend Spend) *constants {
	return &constants{src, spend, text.Span{Start: max(0, pos-constantReach), End: min(len(src), pos+constantReach)}}
}

// joined calls yield with the text that first makes with the pieces that follow src[at], and reports
// whether to go on. A list may be joined by underscores.
func (c *constants) joined(first text.Span, at int, yield func(Plain) bool) bool {
	rest := c.rest(at)
	if len(rest) == 0 {
		return true
	}
	if c.src[first.End-1] != '_' && text.Run(c.src[at:min(len(c.src), at+maxIndent)], func(b byte) bool { return text.IsBlank(b) || b == ',' }) > 0 {
		return yield(c.join(first, rest, "_"))
	}
	return yield(c.join(first, rest, ""))
}

// join returns the text that pieces make with something between them. Its place is that of the first one.
func (c *constants) join(first text.Span, rest []text.Span, between string) (p Plain) {
	for _, b := range first.Of(c.src) {
		p.add(b, first)
	}
	for _, s := range rest {
		for _, b := range append([]byte(between), s.Of(c.src)...) {
			p.add(b, first)
		}
	}
	return p
}

// A part is an expression for a part of a program, and the bytes that it begins with; any if there are
// none.
type part struct {
	*lazyregexp.Regexp
	first string
}

func partOf(first, expr string) part { return part{lazyregexp.New(`^` + expr), first} }

const blankBytes = " \t\r\n"

var (
	// indexEnd is the end of an index, and closer that of a placeholder.
	indexEnd = partOf(`"'`, `["']\]`)
	closer   = partOf(blankBytes+"})%", `\s*(?:\}\}?|\)s?|%)`)
	// literalEnd is the end of a literal that a piece stood in, before an operator or another literal.
	literalEnd = partOf("\"'`", "[\"'`]\\s*(?:\\+|\\.|<>|\\|\\||&|~|\\*|[\"'`])")
	// operator is what stands between two pieces of an expression, and opener what stands
	// before a name.
	operator = partOf("", `(?:/(?:binary|utf8|bytes)\b)?\)*\s*(?:\+\+|\.\.|<>|\|\||&&|//|[+.&~,^*])?\s*`+
		`(?:\.?(?:concat|append|plus|push_str)\(\s*|stringByAppendingString:\s*|;?\s*[\w.>:$-]*(?:str[nl]?cat)\s*\(\s*\w+\s*,\s*)?(?:(?:std::)?string\(|str\()?`)
	opener = partOf("$#{\\%@?&", `(?:[$#]?\{\{?\s*|\$\(|\\\(|%\(|[$@?%&])`)
	// placed is a variable of the Windows command line, and the beginning of one of Python's formats.
	placed = partOf("%", `%(?:\w+%|\()`)
	// fallback is the value that a placeholder of a shell has for want of another, and otherwise what stands
	// before that of an expression.
	fallback  = lazyregexp.New(`^:?[-=](\w+)`)
	otherwise = partOf("", `\(*(?:[\w.:$>-]+\(\s*["'][^"'\n]{1,40}["']\s*,\s*`+
		`|[\w.:$>-]+(?:[(\[]["'][^"'\n]{1,40}["'][)\]])?\s*(?:\|\||\?\?|\?:|or\b|//)\s*)["'`+"`]")
	// literal is the beginning of a literal.
	literal = partOf("\"'`$@#"+letters, `(?:(?:u8|[uUL])?R"\w*\(|(?:\$@?|@\$?|[a-zA-Z]{1,2})?#*["'`+"`])")
	// qualified is a name with those of what it is a part of.
	qualified = lazyregexp.New(`^(?:\$?[A-Za-z_][A-Za-z0-9_]*(?:\.|->|::))*[$@]?([A-Za-z_][A-Za-z0-9_]*)(?:\[["']([A-Za-z_][A-Za-z0-9_]*))?`)
)

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// rest returns the pieces that follow what ends at src[at].
func (c *constants) rest(at int) (pieces []text.Span) {
	for range maxPieces {
		s, next, ok := c.piece(at)
		if !ok {
			break
		}
		pieces, at = append(pieces, s), next
	}
	return pieces
}

// piece returns the piece that follows what ends at src[at], and where it ends: the rest of a
// template, a literal or the value of a constant.
func (c *constants) piece(at int) (s text.Span, end int, ok bool) {
	at += c.find(indexEnd, at)
	if n := c.find(closer, at); n > 0 && c.find(placed, at) == 0 {
		if c.src[at+n-1] == 's' && !c.isFormat(at) {
			n-- // of the piece
		}
		if s := runAt(c.src, at+n); s.Len() > 0 {
			return s, s.End, true
		}
		if c.src[at+n-1] != ')' {
			at += n
		}
	}
	if c.find(literalEnd, at) > 0 {
		at++
	}
	at += c.find(operator, at)
	if n := c.find(literal, at); n > 0 {
		return c.literalAt(at + n)
	}
	at += c.find(opener, at)
	if n := c.find(otherwise, at); n > 0 {
		return c.literalAt(at + n)
	}
	return c.named(at)
}

// isFormat reports whether the name before src[at] stands in one of Python's formats, `%(name)s`.
func (c *constants) isFormat(at int) bool {
	before := bytes.TrimRight(c.src[max(0, at-maxJoint):at], blankBytes+"_0123456789"+letters)
	return bytes.HasSuffix(before, []byte("%("))
}

// literalAt returns the literal that begins at src[at], behind its quote, and where it ends.
func (c *constants) literalAt(at int) (s text.Span, end int, ok bool) {
	s = runAt(c.src, at)
	end = s.End
	if end < len(c.src) && isQuote(c.src[end]) {
		end++
	}
	return s, end, s.Len() > 0
}

// named returns the value of the name at src[at], and where the name ends.
func (c *constants) named(at int) (s text.Span, end int, ok bool) {
	if !c.spend(2 * perExpression) {
		return s, at, false
	}
	m := qualified.FindSubmatchIndex(c.src[at:min(len(c.src), at+maxLiteral)])
	if m == nil {
		return s, at, false
	}
	name := text.Span{Start: at + m[2], End: at + m[3]}
	if m[4] >= 0 {
		name = text.Span{Start: at + m[4], End: at + m[5]}
	}
	end = at + m[1]
	if s, ok = c.value(name.Of(c.src)); ok {
		return s, end, true
	}
	if m := fallback.FindSubmatchIndex(c.src[end:min(len(c.src), end+maxLiteral)]); m != nil {
		return text.Span{Start: end + m[2], End: end + m[3]}, end + m[1], true
	}
	return s, end, false
}

// find returns the length of a part at src[at:]; 0 if there is none.
func (c *constants) find(p part, at int) int {
	if at >= len(c.src) || p.first != "" && strings.IndexByte(p.first, c.src[at]) < 0 || !c.spend(perExpression) {
		return 0
	}
	return len(p.Find(c.src[at:min(len(c.src), at+maxJoint)]))
}

// eachWord calls found with the first places near at which a word stands by itself, until found
// returns false.
func (c *constants) eachWord(word []byte, found func(text.Span) bool) {
	src, at := c.src, c.near.Start
	for range maxUses {
		n := bytes.Index(src[at:c.near.End], word)
		if n < 0 || !c.spend(n/perFound) {
			return
		}
		s := text.Span{Start: at + n, End: at + n + len(word)}
		at = s.End
		if s.Start > 0 && text.IsIdent(src[s.Start-1]) || s.End < len(src) && text.IsIdent(src[s.End]) {
			continue
		}
		if !found(s) {
			return
		}
	}
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// runAt returns the letters and digits at src[at:].
func runAt(src []byte, at int) text.Span {
	return text.Span{Start: at, End: at + text.Run(src[at:min(len(src), at+maxLiteral)], text.IsIdent)}
}
