package syntax

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Kind is what a token is.
type Kind uint8

// The kinds.
const (
	Word  Kind = iota // identifier, keyword or number
	Text              // a string literal, or the part of one between interpolations, without its quotes
	Punct             // an operator or a bracket
)

// None stands for a token that is not there.
const None = -1

// A Token is a piece of program text.
type Token struct {
	Start, End int // offsets in the text
	// Mate is, for a bracket, the index of the one that belongs to it (for one that
	// is never closed, the number of tokens); for the first token of a string
	// literal, the index of its last. It is None for other tokens.
	Mate int
	// Up is the index of the innermost bracket that is open around the token, None
	// if there is none. An interpolation counts as a bracket.
	Up   int
	Kind Kind
	// First says that the token is the first on its line.
	First bool
	// Part says that the token belongs to a string literal that began before it.
	Part bool
}

// A Span is a stretch of text, from Start up to End.
type Span struct{ Start, End int }

type lexer struct {
	lang   *Language
	text   []byte
	pos    int
	tokens []Token
	first  bool
	// comments are where the comments are.
	comments []Span
	// open are the brackets that are open, innermost last.
	open []int
	// counts says how many of each closing bracket are awaited.
	counts [256]int
	// unclosed is, for each quote, the offset on this line before which no closed literal
	// begins, as far as known. It saves searching a long line again and again.
	unclosed [256]int
	// strings are the literals that an interpolation has interrupted, innermost last.
	strings []literal
}

// A literal is a string literal that is being read.
type literal struct {
	head   int    // index of its first token
	quote  string // what ends it
	raw    bool
	multi  bool
	interp string // what begins an interpolation; empty if nothing does
	bare   bool   // $name is a variable
	depth  int    // len(open) where an interpolation began
}

// bytesPerToken is how many bytes of most programs make a token, spaces included.
const bytesPerToken = 6

// leastTokens and tokensPer8 bound the tokens of a text, to one for two bytes of a mebibyte: programs that have
// been made as short as can be need nearly as many.
const leastTokens, tokensPer8 = 128 << 10, 3

// lex cuts text into tokens. It never fails: what makes no sense is taken as
// punctuation. What has very many tokens is not whole.
func lex(lang *Language, text []byte) (tokens []Token, comments []Span, whole bool) {
	most := leastTokens + len(text)/8*tokensPer8
	l := &lexer{lang: lang, text: text, first: true, tokens: make([]Token, 0, 16+len(text)/bytesPerToken)}
	for l.pos < len(l.text) && len(l.tokens) < most {
		l.next()
	}
	for _, i := range l.open {
		l.tokens[i].Mate = len(l.tokens)
	}
	return l.tokens, l.comments, l.pos >= len(l.text)
}

func (l *lexer) next() {
	c := l.text[l.pos]
	switch {
	case c == '\n':
		if b := l.lang.blockComment; b[0] != "" && b[0][0] == '\n' && l.comment() {
			return
		}
		l.first = true
		l.pos++
	case c <= ' ' || c == 0x7f:
		l.pos++
	case l.comment():
	case isWord(c) || strings.IndexByte(l.lang.sigils, c) >= 0 && l.pos+1 < len(l.text) && isWord(l.text[l.pos+1]):
		n := l.pos + 1
		for n < len(l.text) && isWord(l.text[n]) {
			n++
		}
		l.emit(Word, l.pos, n)
	case strings.IndexByte(l.lang.quotes, c) >= 0:
		l.beginString(c)
	case c == '/' && l.lang.regexps && l.regexp():
	default:
		l.punct(c)
	}
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

func (l *lexer) emit(kind Kind, start, end int) int {
	up := None
	if n := len(l.open); n > 0 {
		up = l.open[n-1]
	}
	if n := len(l.tokens); n == cap(l.tokens) {
		// Make room for as many as the rest has if it is like what has been read, at most as many again.
		l.tokens = slices.Grow(l.tokens, min(n, 16+n*(len(l.text)-start)/max(1, start)*9/8))
	}
	l.tokens = append(l.tokens, Token{Kind: kind, Start: start, End: end, Mate: None, Up: up, First: l.first})
	l.first = false
	l.pos = end
	return len(l.tokens) - 1
}

// comment reads a comment, if there is one.
func (l *lexer) comment() bool {
	rest := l.text[l.pos:]
	if b := l.lang.blockComment; b[0] != "" && bytes.HasPrefix(rest, []byte(b[0])) {
		end := len(l.text)
		if n := bytes.Index(rest[len(b[0]):], []byte(b[1])); n >= 0 {
			end = l.pos + len(b[0]) + n + len(b[1])
		}
		l.skipComment(end)
		return true
	}
	for _, mark := range l.lang.lineComments {
		if !bytes.HasPrefix(rest, []byte(mark)) {
			continue
		}
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			n = len(rest)
		}
		l.skipComment(l.pos + n)
		return true
	}
	return false
}

func (l *lexer) skipComment(end int) {
	l.comments = append(l.comments, Span{l.pos, end})
	l.pos = end
}

// regexp reads a regular expression, if a / begins one here: not where a value has just
// ended, and only if it ends on this line.
func (l *lexer) regexp() bool {
	if n := len(l.tokens); n > 0 {
		prev := l.tokens[n-1]
		text := string(l.text[prev.Start:prev.End])
		if prev.Kind == Text || prev.Kind == Word && text != "return" && text != "typeof" && text != "case" ||
			prev.Kind == Punct && (text == ")" || text == "]" || text == "}" || text == "<") {
			return false
		}
	}
	if l.pos < l.unclosed['/'] {
		return false
	}
	class := false
	for i := l.pos + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\n':
			l.unclosed['/'] = i
			return false
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class && i > l.pos+1:
			l.tokens[l.emit(Text, l.pos+1, i)].Mate = len(l.tokens) - 1
			l.pos = i + 1
			return true
		}
	}
	l.unclosed['/'] = len(l.text)
	return false
}

// beginString reads a string literal that begins with quote.
func (l *lexer) beginString(quote byte) {
	s := literal{quote: string(quote)}
	prefix := l.takePrefix()
	lang := l.lang
	s.raw = strings.IndexByte(lang.raw, quote) >= 0
	s.multi = strings.IndexByte(lang.multi, quote) >= 0
	if triple := strings.Repeat(s.quote, 3); lang.triple && bytes.HasPrefix(l.text[l.pos:], []byte(triple)) {
		s.quote, s.multi = triple, true
	}
	if strings.IndexByte(lang.interpolating, quote) >= 0 {
		s.interp, s.bare = lang.interpolation, lang.bareVariables
	}
	switch lang {
	case Python:
		if !strings.ContainsAny(prefix, "fFtT") {
			s.interp = ""
		}
	case CSharp:
		if !strings.Contains(prefix, "$") {
			s.interp = ""
		}
		s.raw = strings.Contains(prefix, "@")
		s.multi = s.multi || s.raw
	case Rust:
		s.raw = strings.Contains(prefix, "r")
		s.quote += strings.Repeat("#", strings.Count(prefix, "#"))
	}
	start := l.pos + strings.LastIndexByte(s.quote, quote) + 1
	if !s.multi && (start < l.unclosed[quote] || !l.endsOnLine(start, quote, s.raw)) {
		l.emit(Punct, l.pos, l.pos+1) // an apostrophe in markup, a lifetime
		return
	}
	l.pos = start
	l.readString(s, true)
}

// prefixes are what stands right before a string to say what kind it is.
var prefixes = map[*Language]string{Python: "rRfFbBuUtT", CSharp: "$@", Rust: "rb#"}

// takePrefix takes back the tokens before this one that are a string's prefix, and
// returns their text.
func (l *lexer) takePrefix() string {
	letters, end := prefixes[l.lang], l.pos
	for n := len(l.tokens) - 1; n >= 0; n-- {
		t := l.tokens[n]
		if text := string(l.text[t.Start:t.End]); t.End != end || t.Kind == Text || len(text) > 3 || strings.Trim(text, letters) != "" {
			break
		}
		l.tokens, l.first, end = l.tokens[:n], t.First, t.Start
	}
	return string(l.text[end:l.pos])
}

// endsOnLine reports whether a string that goes on at pos ends before its line does.
func (l *lexer) endsOnLine(pos int, quote byte, raw bool) bool {
	for i := pos; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == quote:
			return true
		case c == '\\' && !raw:
			i++
		case c == '\n':
			l.unclosed[quote] = i
			return false
		}
	}
	l.unclosed[quote] = len(l.text)
	return false
}

// readString reads a string up to its end or its next interpolation.
func (l *lexer) readString(s literal, head bool) {
	chunk := func(end int) {
		i := l.emit(Text, l.pos, end)
		l.tokens[i].Part = !head
		if head {
			s.head = i
		}
		head = false
		l.tokens[s.head].Mate = i
	}
	for i := l.pos; i < len(l.text); i++ {
		c := l.text[i]
		rest := l.text[i:]
		switch {
		case c == '\\' && !s.raw && s.interp != `\(`, c == '\\' && s.interp == `\(` && !bytes.HasPrefix(rest, []byte(s.interp)):
			i++
		case c == '`' && l.lang == PowerShell && !s.raw:
			i++
		case c == s.quote[0] && bytes.HasPrefix(rest, []byte(s.quote)):
			chunk(i)
			l.pos = i + len(s.quote)
			return
		case s.interp != "" && bytes.HasPrefix(rest, []byte(s.interp)) && l.opens(s, i):
			chunk(i)
			n := l.emit(Punct, i, i+len(s.interp))
			l.tokens[n].Part = true
			s.depth = len(l.open)
			l.strings = append(l.strings, s)
			l.open = append(l.open, n)
			l.counts[closer(s.interp[len(s.interp)-1])]++
			return
		case s.bare && l.variable(i).End > 0:
			chunk(i)
			name := l.variable(i)
			l.tokens[l.emit(Word, name.Start, name.End)].Part = true
			i = name.End - 1
		case c == '\n' && !s.multi:
			chunk(i)
			return
		}
	}
	chunk(len(l.text))
}

// variable returns where the name is of the variable that is put into a string at i,
// without braces as a rule; nothing if there is none.
func (l *lexer) variable(i int) Span {
	name := func(from int) Span {
		n := from
		for n < len(l.text) && isWord(l.text[n]) && l.text[n] != '$' {
			n++
		}
		if n == from || isDigit(l.text[from]) {
			return Span{}
		}
		return Span{from, n}
	}
	at := func(i int, s string) bool { return bytes.HasPrefix(l.text[i:], []byte(s)) }
	switch {
	case l.lang == Rust: // {name} and {name:?}, but not {{name}}
		v := name(i + 1)
		if at(i, "{") && (i == 0 || l.text[i-1] != '{') && (at(v.End, "}") || at(v.End, ":")) {
			return v
		}
	case !at(i, "$"):
	case l.lang == PowerShell:
		for _, scope := range []string{"$env:", "$script:", "$global:", "${env:"} {
			if len(l.text) > i+len(scope) && strings.EqualFold(string(l.text[i:i+len(scope)]), scope) {
				return name(i + len(scope))
			}
		}
		fallthrough
	case l.lang == PHP:
		if v := name(i + 1); v.End > 0 {
			return Span{i, v.End} // the $ is part of the name
		}
	default:
		return name(i + 1)
	}
	return Span{}
}

// opens reports whether the interpolation mark at pos is one: {{ in Python and C# is a
// brace, and { in PHP only begins one before a $.
func (l *lexer) opens(s literal, pos int) bool {
	if s.interp != "{" {
		return true
	}
	next := byte(0)
	if pos+1 < len(l.text) {
		next = l.text[pos+1]
	}
	if l.lang == PHP {
		return next == '$'
	}
	return next != '{' && (pos == l.pos || l.text[pos-1] != '{')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func closer(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	case '{':
		return '}'
	}
	return 0
}

// operators are those of more than one character that matter to what comes after.
var operators = []string{"===", "!==", "...", "**=", "&&=", "||=", "??=", "?->", "=>", "==", "!=", ":=", "->", "::", "+=", ".=", "?.", "!!.", "&&", "||", "??", "<=", ">=", "-=", "*=", "/=", "|>", "<-"}

func (l *lexer) punct(c byte) {
	if closer(c) != 0 {
		n := l.emit(Punct, l.pos, l.pos+1)
		l.open = append(l.open, n)
		l.counts[closer(c)]++
		return
	}
	if c == ')' || c == ']' || c == '}' {
		l.close(c)
		return
	}
	for _, op := range operators {
		if op[0] == c && bytes.HasPrefix(l.text[l.pos:], []byte(op)) {
			l.emit(Punct, l.pos, l.pos+len(op))
			return
		}
	}
	l.emit(Punct, l.pos, l.pos+1)
}

// close reads the closing bracket c. What is open inside it, it closes too; if it
// closes nothing it is ignored.
func (l *lexer) close(c byte) {
	// The end of an interpolation is not to be passed over by another bracket.
	floor := 0
	if n := len(l.strings); n > 0 {
		floor = l.strings[n-1].depth
	}
	for l.counts[c] > 0 && len(l.open) > floor {
		i := l.open[len(l.open)-1]
		l.open = l.open[:len(l.open)-1]
		want := closer(l.text[l.tokens[i].End-1])
		l.counts[want]--
		l.tokens[i].Mate = len(l.tokens)
		if want == c {
			n := l.emit(Punct, l.pos, l.pos+1)
			l.tokens[n].Mate = i
			if len(l.strings) > 0 && len(l.open) == floor {
				s := l.strings[len(l.strings)-1]
				l.strings = l.strings[:len(l.strings)-1]
				l.tokens[n].Part = true
				l.readString(s, false)
			}
			return
		}
		if len(l.strings) > 0 && len(l.open) == floor {
			// Another bracket than the interpolation's own: it stays open.
			l.open = append(l.open, i)
			l.counts[want]++
			l.tokens[i].Mate = None
			break
		}
	}
	l.emit(Punct, l.pos, l.pos+1)
}
