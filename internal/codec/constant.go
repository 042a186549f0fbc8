package codec

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// constantForm is a key of which a part is a constant of the same file: PREFIX = "neo_sk_prod_" and
// PREFIX + "...", "neo_sk_prod_" + REST, ${PREFIX}..., or properties of an object.
var constantForm = &form{names: []string{"joined"}, undo: undoConstant, breaks: "\"'`\r\n ;)&$#{%\\", whole: true}

const (
	// maxUses is how many places are looked at in which a name stands, and constantReach how
	// many bytes from the key they are.
	maxUses       = 8
	constantReach = 2 << 10
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
	c := constants{src, spend, text.Span{Start: max(0, pos-constantReach), End: min(len(src), pos+constantReach)}}
	end := value.End
	if end < len(src) && isQuote(src[end]) {
		end++
	}
	if rest := c.rest(end); len(rest) > 0 && !yield(c.join(value, rest)) {
		return
	}
	if !spend(maxLiteral * perExpression) { // an expression without a beginning is tried everywhere
		return
	}
	name := nameBefore(src, pos)
	if name.Len() == 0 {
		return
	}
	c.eachWord(name.Of(src), func(use text.Span) bool {
		if use == name {
			return true
		}
		rest := c.rest(use.End)
		return len(rest) == 0 || yield(c.join(value, rest))
	})
}

// constants are the literals with names in a part of a text.
type constants struct {
	src   []byte
	spend Spend
	near  text.Span
}

// join returns the text that pieces make. Its place is that of the first one.
func (c *constants) join(first text.Span, rest []text.Span) (p Plain) {
	for _, s := range append([]text.Span{first}, rest...) {
		for _, b := range s.Of(c.src) {
			p.add(b, first)
		}
	}
	return p
}

var (
	// indexEnd is the end of an index, and closer that of a placeholder.
	indexEnd = lazyregexp.New(`^["']\]`)
	closer   = lazyregexp.New(`^\s*(?:\}\}?|\)|%)`)
	// operator is what stands between two pieces of an expression, and opener what stands
	// before a name.
	operator = lazyregexp.New(`^\s*(?:\+\+|\.\.|<>|\|\||&&|//|[+.&~,^*])?\s*(?:\.?(?:concat|append|plus|push_str)\(\s*)?`)
	opener   = lazyregexp.New(`^(?:[$#]?\{\{?\s*|\$\(|\\\(|[$@?%&])`)
	// placed is a variable of the Windows command line.
	placed = lazyregexp.New(`^%\w+%`)
	// fallback is the value that a placeholder of a shell has for want of another.
	fallback = lazyregexp.New(`^:?[-=](\w+)`)
	// literal is the beginning of a literal.
	literal = lazyregexp.New(`^[a-zA-Z@$]{0,2}["'` + "`" + `]`)
	// qualified is a name with those of what it is a part of.
	qualified = lazyregexp.New(`^(?:\$?[A-Za-z_][A-Za-z0-9_]*(?:\.|->|::))*\$?([A-Za-z_][A-Za-z0-9_]*)(?:\[["']([A-Za-z_][A-Za-z0-9_]*))?`)
)

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
		at += n
		if s := runAt(c.src, at); s.Len() > 0 {
			return s, s.End, true
		}
	}
	at += c.find(operator, at)
	if n := c.find(literal, at); n > 0 {
		s := runAt(c.src, at+n)
		end := s.End
		if end < len(c.src) && isQuote(c.src[end]) {
			end++
		}
		return s, end, s.Len() > 0
	}
	if at += c.find(opener, at); !c.spend(2 * perExpression) {
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

func (c *constants) find(re *lazyregexp.Regexp, at int) int {
	if !c.spend(perExpression) {
		return 0
	}
	return len(re.Find(c.src[at:min(len(c.src), at+maxJoint)]))
}

// given is what stands between a constant's name and its value: an operator, maybe with a
// type, what ends a name in a definition or a tag, or the block of a variable of Terraform.
var given = lazyregexp.New(`^["']?\]?(?:\s*:\s*[^"'=:\n]{1,40}=\s*|\s*(?::=|=>|\?=|=|<-|:)\s*|\s+As\s+\w+\s*=\s*|>|["']?\s*,\s*["'` + "`" + `]|\s+["'` + "`" + `]` +
	`|["']?\s*\{\s*(?:\w+\s*=[^\n]*\n\s*){0,3}?default\s*=\s*)` +
	`(?:String(?:::from)?\()?(?:[a-zA-Z@$]{0,2}["'` + "`" + `])?`)

// value returns the value of the constant with a name.
func (c *constants) value(name []byte) (s text.Span, ok bool) {
	c.eachWord(name, func(word text.Span) bool {
		n := c.find(given, word.End)
		if n == 0 {
			return true
		}
		s = runAt(c.src, word.End+n)
		ok = s.Len() > 0
		return !ok
	})
	return s, ok
}

// naming is a constant's name, with what stands between it and its value.
var naming = lazyregexp.New(`(?:([A-Za-z_]\w*)["']?\]?\s*(?::=|=>|\?=|=|<-|:)\s*` +
	`|([A-Za-z_]\w*)\s*:\s*[^"'=:\n]{1,40}=\s*` +
	`|([A-Za-z_]\w*)\s+As\s+\w+\s*=\s*` +
	`|(?:define|set|def|defvar|defconst|setq|ENV|ARG)[\s(]+["']?([A-Za-z_]\w*)["']?\s*,?\s*` +
	`|@([a-z_]\w*)\s+` +
	`)(?:String(?:::from)?\()?[a-zA-Z@$]{0,2}["'` + "`" + `]?$`)

// nameBefore returns the name of the constant whose value begins at src[pos]; an empty span if
// there is none.
func nameBefore(src []byte, pos int) text.Span {
	from := max(0, pos-maxLiteral)
	m := naming.FindSubmatchIndex(src[from:pos])
	for i := 2; i < len(m); i += 2 {
		if m[i] >= 0 {
			return text.Span{Start: from + m[i], End: from + m[i+1]}
		}
	}
	return text.Span{}
}

// eachWord calls found with the first places near at which a word stands by itself, until found
// returns false.
func (c *constants) eachWord(word []byte, found func(text.Span) bool) {
	src, at := c.src, c.near.Start
	for range maxUses {
		n := bytes.Index(src[at:c.near.End], word)
		if n < 0 || !c.spend(n) {
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
