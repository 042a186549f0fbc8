package codec

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

const (
	// columnType is the type of a text in SQL, Go and others that write it behind the name.
	columnType = `(?i:(?:constant\s+)?(?:string|text|n?varchar2?|n?char)(?:\(\w+\))?)`
	// typed is what stands between a name and its value that have a type between them.
	typed = `\s*:\s*(?:&'static )?[^"'=:\n]{1,40}=\s*`
	// starting is what stands between an operator and the text of its literal.
	starting = `(?:String(?:::from)?\(|<<)?(?:(?:u8|[uUL])?R"\w*\(|(?:\$@?|@\$?|[a-zA-Z]{1,2})?#*["'` + "`" + `])?`
)

// given is what stands between a constant's name and its value: an operator, maybe with a
// type, what ends a name in a definition or a tag, or the block of a variable of Terraform.
var given = partOf("", `["']?\]?(?:\[\w*\])?(?:`+typed+`|\s*(?::=|=>|\?=|=|<-|:)\s*|\s+As\s+\w+\s*=\s*|>|["']?\s*,\s*["'`+"`"+`]|\s+["'`+"`"+`]`+
	`|\s+`+columnType+`\s*:?=\s*|\s+-Value\s+|[({]["'`+"`"+`]`+
	`|["']?\s*\{\s*(?:\w+\s*=[^\n]*\n\s*){0,3}?default\s*=\s*)`+starting)

// wordsGiven is what stands between a name and its value in the list of names that it is in, as in
// a, b = "x", "y".
var wordsGiven = partOf("", `(?:\s*,\s*[$@]?\w+)*\s*[)\]}]?\s*(?::=|=|<-)\s*[(\[{]?\s*`)

// value returns the value of the constant with a name.
func (c *constants) value(name []byte) (s text.Span, ok bool) {
	c.eachWord(name, func(word text.Span) bool {
		n := c.find(given, word.End)
		if n == 0 && setBefore(c.src[:word.Start]) {
			n = text.Run(c.src[word.End:min(len(c.src), word.End+maxIndent)], text.IsBlank)
		}
		if n == 0 || c.isListed(word) {
			s, ok = c.listed(word)
			return !ok
		}
		s = runAt(c.src, word.End+n)
		ok = s.Len() > 0
		return !ok
	})
	return s, ok
}

// setBefore reports whether src ends with the command that sets a variable in fish and Tcl, and its options.
func setBefore(src []byte) bool {
	for range 4 {
		line := bytes.TrimRight(src[max(0, len(src)-maxIndent):], " \t")
		word := line[bytes.LastIndexAny(line, " \t\n;(")+1:]
		if string(word) == "set" {
			return true
		}
		if !bytes.HasPrefix(word, []byte("-")) {
			return false
		}
		src = line[:len(line)-len(word)]
	}
	return false
}

// isListed reports whether other names stand before a name in a list.
func (c *constants) isListed(word text.Span) bool {
	before := bytes.TrimRight(bytes.TrimRight(c.src[max(0, word.Start-maxIndent):word.Start], "$@"), " ")
	name, listed := bytes.CutSuffix(before, []byte(","))
	return listed && len(name) > 0 && text.IsIdent(name[len(name)-1])
}

// listed returns the value of a name in a list of names that a list of literals is given to.
func (c *constants) listed(word text.Span) (s text.Span, ok bool) {
	n := c.find(wordsGiven, word.End)
	if n == 0 {
		return s, false
	}
	line := c.src[max(0, word.Start-maxLiteral):word.Start]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	at := word.End + n
	for range bytes.Count(line, []byte(",")) {
		m := c.find(literal, at)
		if m == 0 {
			return s, false
		}
		_, at, ok = c.literalAt(at + m)
		comma := text.Run(c.src[at:min(len(c.src), at+maxIndent)], func(b byte) bool { return b == ',' || text.IsBlank(b) })
		if at += comma; !ok || comma == 0 {
			return s, false
		}
	}
	m := c.find(literal, at)
	if m == 0 {
		return s, false
	}
	s, _, ok = c.literalAt(at + m)
	return s, ok
}

// naming is a constant's name, with what stands between it and its value.
var naming = lazyregexp.New(`^(?:([A-Za-z_]\w*)["']?\]?(?:\[\w*\])?\s*(?::=|=>|\?=|=|<-|:)\s*` +
	`|([A-Za-z_]\w*)` + typed +
	`|([A-Za-z_]\w*)\s+As\s+\w+\s*=\s*` +
	`|([A-Za-z_]\w*)\s+` + columnType + `\s*:?=\s*` +
	`|(?:define|set|def|defvar|defconst|setq|ENV|ARG|let)(?:\s+[-^]+\S+)*[\s(\[]+["']?([A-Za-z_]\w*)["']?\s*,?\s*` +
	`|(?:string|string_view|auto|QString)\s+([A-Za-z_]\w*)[({]` +
	`|Name\s+([A-Za-z_]\w*)\s+-Value\s+` +
	`|variable\s+["']?([A-Za-z_]\w*)["']?\s*\{\s*(?:\w+\s*=[^\n]*\n\s*){0,3}?default\s*=\s*` +
	`|@([a-z_]\w*)\s+` +
	`)` + starting + `$`)

// maxNaming is how far before its value a constant's name begins.
const maxNaming = 80

// nameBefore returns the name of the constant whose value begins at src[pos]; an empty span if
// there is none.
func (c *constants) nameBefore(pos int) text.Span {
	reach := maxNaming
	if bytes.Contains(c.src[max(0, pos-maxLiteral):pos], []byte("variable")) { // the block of Terraform
		reach = maxLiteral
	}
	for at := max(0, pos-reach); at < pos; at++ {
		word := text.IsIdent(c.src[at]) || c.src[at] == '@'
		if !word || at > 0 && text.IsIdent(c.src[at-1]) {
			continue
		}
		if !c.spend(perExpression) {
			break
		}
		m := naming.FindSubmatchIndex(c.src[at:pos])
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				return text.Span{Start: at + m[i], End: at + m[i+1]}
			}
		}
	}
	return text.Span{}
}
