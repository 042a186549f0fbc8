package codec

import (
	"bytes"
	"regexp"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// constantForm is a key that begins in a constant of the same file: PREFIX = "neo_sk_prod_" and
// PREFIX + "...", or properties of an object with literals.
var constantForm = &form{names: []string{"joined"}, undo: undoConstant, breaks: "\"'`", whole: true}

var (
	// usedLeft is an operator, and what may stand between a constant and what follows it.
	usedLeft = regexp.MustCompile(`^\s*(?:\+\+|\.\.|<>|\|\||[+.&~,^])?\s*`)
	// qualified is a name with those of what it is a part of.
	qualified = regexp.MustCompile(`^(?:\$?[A-Za-z_][A-Za-z0-9_]*(?:\.|->|::))*\$?([A-Za-z_][A-Za-z0-9_]*)`)
	// inTemplate is the end of a placeholder that holds a name alone.
	inTemplate = regexp.MustCompile(`^\s*(?:\}\}?|\))`)
)

const (
	// maxUses is how many places are looked at in which a constant is used, and constantReach
	// how many bytes from it they are.
	maxUses       = 4
	constantReach = 2 << 10
)

func undoConstant(src []byte, pos int, yield func(Plain) bool) {
	if !bytes.HasPrefix(src[pos:], []byte(finding.KeyPrefix)) || pos == 0 || !isQuote(src[pos-1]) {
		return
	}
	value, ok := literalAround(src, pos)
	if !ok || value.Start != pos || value.End-value.Start >= len(finding.KeyPrefix)+finding.MaxEnvLen+finding.SecretLen {
		return
	}
	name := nameOf(src, pos-1)
	if name.Start == name.End {
		return
	}
	near := text.Span{Start: max(0, pos-constantReach), End: min(len(src), pos+constantReach)}
	eachWord(src, near, name.Of(src), func(use text.Span) bool {
		if use == name {
			return true
		}
		rest, ok := continuation(src, near, use.End)
		if !ok {
			return true
		}
		var p Plain
		for _, s := range []text.Span{value, rest} {
			for _, c := range s.Of(src) {
				p.add(c, value) // its place is where it begins
			}
		}
		return yield(p)
	})
}

// eachWord calls found with the first places in a part of src at which a word stands by
// itself, until found returns false.
func eachWord(src []byte, part text.Span, word []byte, found func(text.Span) bool) {
	at := part.Start
	for range maxUses {
		n := bytes.Index(src[at:part.End], word)
		if n < 0 {
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

// nameOf returns the name that the literal is given to whose quote is at src[quote]; an empty
// span if there is none.
func nameOf(src []byte, quote int) text.Span {
	least := max(0, quote-maxLiteral)
	back := func(end int, class func(byte) bool) int {
		for end > least && class(src[end-1]) {
			end--
		}
		return end
	}
	operator := back(quote, text.IsBlank)
	before := back(operator, func(c byte) bool { return c == '=' || c == ':' || c == '>' })
	end := back(before, func(c byte) bool { return text.IsBlank(c) || isQuote(c) })
	if before == operator {
		return text.Span{}
	}
	start := back(end, text.IsIdent)
	if start < end && text.IsDigit(src[start]) {
		return text.Span{}
	}
	return text.Span{Start: start, End: end}
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// continuation returns the literal that follows a constant used up to src[end]: by itself, as
// another constant, or as the rest of a template.
func continuation(src []byte, near text.Span, end int) (rest text.Span, ok bool) {
	if n := len(inTemplate.Find(src[end:min(len(src), end+16)])); n > 0 { // ${PREFIX}rest
		return runAt(src, end+n)
	}
	n := len(usedLeft.Find(src[end:min(len(src), end+maxJoint)]))
	at := end + n
	if at >= len(src) || n == 0 {
		return rest, false
	}
	if isQuote(src[at]) {
		return runAt(src, at+1)
	}
	m := qualified.FindSubmatch(src[at:min(len(src), at+maxLiteral)])
	if m == nil {
		return rest, false
	}
	eachWord(src, near, m[1], func(s text.Span) bool {
		line := src[s.End:min(len(src), s.End+32)]
		quote := bytes.IndexAny(line, "\"'`")
		for quote >= 0 && nameOf(src, s.End+quote) != s {
			next := bytes.IndexAny(line[quote+1:], "\"'`")
			if next < 0 {
				return true
			}
			quote += 1 + next
		}
		if quote >= 0 {
			rest, ok = runAt(src, s.End+quote+1)
		}
		return !ok
	})
	return rest, ok
}

// runAt returns the letters and digits at src[at:].
func runAt(src []byte, at int) (s text.Span, ok bool) {
	n := text.Run(src[at:min(len(src), at+maxLiteral)], text.IsIdent)
	return text.Span{Start: at, End: at + n}, n > 0
}
