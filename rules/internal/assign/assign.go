package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// operators stand between a name and its value, the longest first.
var operators = []string{
	"<<<", "===", "!==", "||=", "??=", "//=", "::=", ":=", "=>", "==", "!=", "?=", "+=", "||", "??", "?:", ":-", "->", "<-", "→", "=", ":", "|", "?", "%3a", "%3d",
}

// joiningWords may stand there too.
var joiningWords = map[string]bool{"return": true, "or": true, "is": true, "to": true, "default": true, "else": true, "value": true, "values": true}

// fallbacks are the methods of a value, or of a thing that may hold one, that are
// given another value for it.
var fallbacks = []string{
	".unwrap_or_else(", ".unwrap_or(", ".or_else(", ".orelse(", ".orelseget(", ".getorelse(", ".or(", ".ifempty(",
	".default(", ".withdefault(", ".set(", ".setvalue(", ".value(", ".equals(", ".append(", ".push(", ".put(",
	".to_string(), ", ".and_return(", ".returns(", ".thenreturn(", ".mockreturnvalue(",
}

// assigned returns the value that text gives to the name that ends at text[end], and
// what the value is. It reads on through type annotations and fallbacks
// (NAME: string = ..., NAME || "...") up to the first value that is a token or
// stands for one.
func (r *Reader) assigned(name text.Span) (text.Span, secret.Verdict) {
	i, quoted := r.closers(name.End)
	if v, ok := r.element(name.Start, i, quoted); ok {
		return v, secret.Judge(v.Of(r.Text))
	}
	r.quotedOnly = false
	before := r.Text[:name.Start]
	r.inString = !quoted && len(before) > 0 && bytes.IndexByte([]byte("\"'`"), before[len(before)-1]) >= 0
	r.inTemplate = bytes.HasSuffix(before, []byte("${"))
	constant := text.Run(name.Of(r.Text), func(c byte) bool { return !text.IsLower(c) }) == name.End-name.Start
	symbol := r.Code && bytes.HasSuffix(before, []byte(" :"))
	r.tuple = bytes.HasSuffix(before, []byte("{")) || bytes.HasSuffix(before, []byte(", ")) && setsEnv(r.lineBefore(name.Start))
	r.glued = i == name.End && i+1 < len(r.Text) && r.Text[i] == ':' && r.Text[i+1] != ' '
	r.tight = constant && i == name.End && i+1 < len(r.Text) && r.Text[i] == '=' && r.Text[i+1] != ' '

	if i < len(r.Text) && (r.Text[i] == ' ' || r.Text[i] == '\t') && !r.alone && !text.HasPrefixFold(r.Text[i+1:], "<<<") { // NAME value
		if v, verdict := r.judged(i, false); verdict != secret.NotToken {
			return v, verdict
		}
	}
	// What was passed: anything, an operator, one just now, a word.
	var seen struct{ any, assigned, op, word bool }
	for range 8 {
		if !r.Spend(naming.MaxPadding) {
			break
		}
		i, _ = r.skipSpace(i, false)
		if j, _ := r.skipSpace(i, true); seen.word && j > i && text.HasPrefixFold(r.Text[j:], "value ") { // of COBOL
			i = j
		}
		t := r.Text[i:]
		op, newline := r.operator(i, !seen.any, quoted || constant || symbol || r.alone), true
		switch {
		case op > 0:
		case !seen.any && text.HasPrefixFold(t, "()"):
			seen.any = true
			i += 2
			continue
		case text.HasPrefixFold(t, "{") && !seen.op && !bytes.HasSuffix(r.Text[:i], []byte("$")):
			seen.any = true
			if n := accessors(t); n > 0 {
				i += n
				continue
			}
			op = 1
		case seen.op && !r.alone && expression(t) > 0:
			seen.op = false
			i += expression(t)
			r.quotedOnly = true
			if v, verdict := r.judged(i, false); verdict != secret.NotToken {
				return v, verdict
			}
			continue
		case seen.op && !r.alone && comparand(t) > 0:
			seen.op = false
			i += comparand(t)
			continue
		case seen.assigned && seen.word && text.HasPrefixFold(t, "(") && !r.alone:
			value, what, end := r.fallback(i)
			if what != secret.NotToken || end == i {
				return value, what
			}
			i = end
			continue
		default:
			n := typeWord(t)
			if n == 0 || text.QuoteAt(t, 0) > 0 || r.alone && (!r.Code || r.inString) {
				return text.Span{}, secret.NotToken
			}
			if !text.Holds(joiningWords, t[:n]) {
				seen.any, seen.op, seen.word = true, false, true
				i += n
				continue
			}
			op, newline = n, text.HasPrefixFold(t, "return")
		}
		seen.any, seen.assigned, seen.op = true, true, true
		i += op
		r.quotedOnly = seen.word
		if v, verdict := r.judged(i, newline); verdict != secret.NotToken {
			return v, verdict
		}
		if j, _ := r.skipSpace(i, true); text.HasPrefixFold(r.Text[j:], "return ") {
			i = j
		}
	}
	return text.Span{}, secret.NotToken
}

// setsEnv reports whether a line has begun the call of a function of Erlang that sets a parameter of
// an application.
func setsEnv(line []byte) bool {
	return bytes.Contains(line, []byte("set_env(")) || bytes.Contains(line, []byte("put_env("))
}

// operator returns the length of the operator at text[i:]. Right after a name that
// holds still, be it quoted, a constant or a symbol, a comma is one; so is a parenthesis after
// one that is called.
func (r *Reader) operator(i int, first, still bool) int {
	t := r.Text[i:]
	switch {
	case first && text.HasPrefixFold(t, ",") && still:
		return 1
	case first && !r.Code && !r.alone && len(t) > 1 && (t[0] == ',' || t[0] == ';') && t[1] != ' ': // a row of a table
		return 1
	case first && !r.Code && !r.alone && (text.HasPrefixFold(t, "- ") || text.HasPrefixFold(t, "– ") || text.HasPrefixFold(t, "— ")) && r.Text[i-1] == ' ':
		return bytes.IndexByte(t, ' ')
	case first && serializedText(t) > 0:
		return serializedText(t)
	case first && text.HasPrefixFold(t, ",") && r.tuple: // {neo_api_key, "..."}
		return 1
	case first && r.inTemplate && text.HasPrefixFold(t, "-"): // ${NAME-value}
		return 1
	case first && text.HasPrefixFold(t, "(") && !text.HasPrefixFold(t, "()") && r.Text[i-1] != '"' && r.Text[i-1] != '\'': // setNeoApiKey("...")
		return 1
	case text.HasPrefixFold(t, "."):
		n := text.AnyPrefixFold(t[:min(len(t), 32)], fallbacks)
		if n > 0 {
			n += text.Run(t[n:min(len(t), n+16)], func(c byte) bool { return bytes.IndexByte([]byte("|_() =->{"), c) >= 0 })
		}
		return n
	}
	return text.AnyPrefixFold(t, operators)
}

// judgeCost is what judging a byte of a value costs, in bytes looked at.
const judgeCost = 16

// judged is literal with a verdict on the value.
func (r *Reader) judged(i int, newline bool) (text.Span, secret.Verdict) {
	v, ok := r.literal(i, newline)
	if !r.Spend(4*naming.MaxPadding + judgeCost*(v.End-v.Start)) {
		return v, secret.NotToken
	}
	if !ok {
		return v, secret.NotToken
	}
	value := v.Of(r.Text)
	if r.hasty && secret.Likely(value) {
		return v, secret.Token
	}
	return v, secret.Judge(value)
}

// closers skips the quotes and brackets that close around a name, and says whether
// there was a quote.
func (r *Reader) closers(i int) (after int, quoted bool) {
	for range 8 {
		q := text.QuoteAt(r.Text, i)
		switch {
		case q > 0:
			i, quoted = i+q, true
		case i < len(r.Text) && bytes.IndexByte([]byte("])}*"), r.Text[i]) >= 0:
			i++
		default:
			return i, quoted
		}
	}
	return i, quoted
}

// typeWord returns the length of a word of a type annotation at the start of text, or
// of a reference in a row of fallbacks.
func typeWord(src []byte) int {
	n, limit := 0, min(len(src), naming.MaxAffix)
	for n < limit && typeBytes[src[n]] {
		n++
	}
	if size := n; n > 0 && n < len(src) && src[n] == '(' { // VARCHAR(64)
		n++
		if text.HasPrefixFold(src[n:], "max)") {
			return n + len("max)")
		}
		n += text.Run(src[n:min(len(src), n+4)], text.IsDigit)
		if n == len(src) || src[n] != ')' {
			return size
		}
		n++
	}
	return n
}

var typeBytes = text.Class(text.IsAlnum, "_.$&*?!<>[]'")

// expression returns the length of what opens an expression of a template at the start
// of text, with the quote before it.
func expression(src []byte) int {
	q := text.QuoteAt(src, 0)
	for _, open := range []string{"{{", "${{"} {
		if bytes.HasPrefix(src[q:], []byte(open)) {
			return q + len(open)
		}
	}
	return 0
}

// comparand returns the length of the text in quotes at the start of text that something is
// compared with to choose a value: x != "" ? x : "...".
func comparand(src []byte) int {
	n := text.QuoteAt(src, 0)
	if n == 0 {
		return 0
	}
	line := src[n:min(len(src), n+naming.MaxPadding)]
	end := bytes.Index(line, src[:n])
	if end < 0 || bytes.IndexByte(line[:end], '\n') >= 0 || !text.HasPrefixFold(bytes.TrimLeft(line[end+n:], " "), "?") {
		return 0
	}
	return n + end + n
}

// accessors returns the length of C#'s "{ get; set; }" at the start of text.
func accessors(src []byte) int {
	end := bytes.IndexByte(src[:min(len(src), naming.MaxPadding)], '}')
	if end < 0 || !text.HasPrefixFold(bytes.TrimLeft(src[1:end], " "), "get;") {
		return 0
	}
	return end + 1
}

// element returns the text of the XML element that is called by the name between
// start and i, or that has it as an attribute, or that follows one which holds it
// (a property list's <key>).
func (r *Reader) element(start, i int, quoted bool) (text.Span, bool) {
	t := r.Text
	switch {
	case opensTag(t[:start]), quoted && r.inTag(start):
		n := bytes.IndexByte(t[i:min(len(t), i+2*naming.MaxPadding)], '>')
		if n < 0 || n > 0 && t[i+n-1] == '/' {
			return text.Span{}, false
		}
		i += n + 1
	case bytes.HasPrefix(t[r.skipPadding(i):], []byte("</")):
		return r.elementAfter(r.skipPadding(i), t[start:i])
	default:
		return text.Span{}, false
	}
	return r.content(i)
}

// maxSiblings bounds how many tags stand between a name and its value.
const maxSiblings = 8

// elementAfter returns the text of the first element after text[i:] that holds a token, be it
// the next one or the next cell of a table; one that says of what type the value is, and the
// like, may stand between.
func (r *Reader) elementAfter(i int, name []byte) (text.Span, bool) {
	t := r.Text
	for range maxSiblings {
		if i = r.skipPadding(i); i >= len(t) {
			break
		}
		if t[i] != '<' { // what is in an element that is no value
			n := bytes.IndexByte(t[i:min(len(t), i+2*naming.MaxPadding)], '<')
			if n < 0 || bytes.Contains(t[i:i+n], name) {
				break
			}
			i += n
		}
		n := bytes.IndexByte(t[i:min(len(t), i+3*naming.MaxPadding)], '>')
		if n < 0 {
			break
		}
		i += n + 1
		if v, ok := r.content(i); ok && secret.Judge(v.Of(t)) != secret.NotToken {
			return v, true
		}
	}
	return text.Span{}, false
}

// content returns the text of the element that begins at text[i].
func (r *Reader) content(i int) (text.Span, bool) {
	t := r.Text
	i = r.skipPadding(i)
	const cdata = "<![CDATA["
	i += len(cdata) * b2i(bytes.HasPrefix(t[i:], []byte(cdata)))
	i = r.skipPadding(i)
	i += text.QuoteAt(t, i)
	end := secret.TokenRun(t, i)
	after := r.skipPadding(end + text.QuoteAt(t, end))
	return text.Span{Start: i, End: end}, end > i && (bytes.HasPrefix(t[after:], []byte("</")) || bytes.HasPrefix(t[after:], []byte("]]>")))
}

// opensTag reports whether what comes before a name is the opening of a tag of XML: the
// bracket, and maybe the prefix of a namespace.
func opensTag(before []byte) bool {
	if prefix, ok := bytes.CutSuffix(before[max(0, len(before)-naming.MaxAffix):], []byte(":")); ok {
		before = prefix[:len(prefix)-len(text.LastIdent(prefix))]
	}
	return bytes.HasSuffix(before, []byte("<"))
}

// maxItems bounds how many values of a list are looked at.
const maxItems = 64

// Others calls report for each value that follows the one at value in the same list.
func (r *Reader) Others(value text.Span, report func(value text.Span, what secret.Verdict)) {
	t := r.Text
	before := bytes.TrimRight(t[max(0, value.Start-naming.MaxPadding):value.Start], "\"'`\\ \t\r\n")
	separator := ","
	switch {
	case bytes.HasSuffix(before, []byte("[")), bytes.HasSuffix(before, []byte("{")):
	case bytes.HasSuffix(before, []byte("-")) && !r.Code && len(bytes.Trim(r.lineBefore(value.Start), " -\"'")) == 0:
		separator = "- "
	default:
		return
	}
	for range maxItems {
		if !r.Spend(4 * naming.MaxPadding) {
			return
		}
		i := r.skipPadding(value.End)
		i, _ = r.skipSpace(i+text.QuoteAt(t, i), true)
		if !text.HasPrefixFold(t[i:], separator) {
			return
		}
		i, _ = r.skipSpace(i+len(separator), true)
		var ok bool
		if value, ok = r.literal(i, false); !ok {
			return
		}
		if what := secret.Judge(value.Of(t)); what != secret.NotToken {
			report(value, what)
		}
	}
}

// inTag reports whether text[i] is in a tag of XML that begins on its line.
func (r *Reader) inTag(i int) bool {
	before := r.Text[max(0, i-2*naming.MaxPadding):i]
	n := bytes.LastIndexAny(before, "<>\n")
	return n >= 0 && before[n] == '<' && n+1 < len(before) && text.IsLetter(before[n+1])
}
