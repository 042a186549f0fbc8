package rules

import "bytes"

// operators stand between a name and its value, the longest first.
var operators = []string{
	"<<<", "===", "!==", "||=", "??=", "//=", "::=", ":=", "=>", "==", "!=", "?=", "+=", "||", "??", "?:", ":-", "->", "<-", "→", "=", ":", "|", "?",
}

// joiningWords may stand there too.
var joiningWords = map[string]bool{"return": true, "or": true, "is": true, "to": true, "default": true, "else": true}

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
func (r *reader) assigned(name span) (span, verdict) {
	i, quoted := r.closers(name.end)
	if v, ok := r.element(name.start, i, quoted); ok {
		return v, judge(v.of(r.text))
	}
	r.quotedOnly = false
	before := r.text[:name.start]
	r.inString = !quoted && len(before) > 0 && bytes.IndexByte([]byte("\"'`"), before[len(before)-1]) >= 0
	r.inTemplate = bytes.HasSuffix(before, []byte("${"))
	constant := run(name.of(r.text), func(c byte) bool { return !isLower(c) }) == name.end-name.start
	symbol := r.code && bytes.HasSuffix(before, []byte(" :"))
	r.glued = i == name.end && i+1 < len(r.text) && r.text[i] == ':' && r.text[i+1] != ' '
	r.tight = constant && i == name.end && i+1 < len(r.text) && r.text[i] == '=' && r.text[i+1] != ' '

	if i < len(r.text) && (r.text[i] == ' ' || r.text[i] == '\t') && !r.alone && !foldPrefix(r.text[i+1:], "<<<") { // NAME value
		if v, verdict := r.judged(i, false); verdict != notToken {
			return v, verdict
		}
	}
	// What was passed: anything, an operator, one just now, a word.
	var seen struct{ any, assigned, op, word bool }
	for range 8 {
		i, _ = r.skipSpace(i, false)
		t := r.text[i:]
		op, newline := r.operator(i, !seen.any, quoted || constant || symbol || r.alone), true
		switch {
		case op > 0:
		case !seen.any && foldPrefix(t, "()"):
			seen.any = true
			i += 2
			continue
		case foldPrefix(t, "{") && !seen.op && !bytes.HasSuffix(r.text[:i], []byte("$")):
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
			if v, verdict := r.judged(i, false); verdict != notToken {
				return v, verdict
			}
			continue
		case seen.op && !r.alone && comparand(t) > 0:
			seen.op = false
			i += comparand(t)
			continue
		case seen.assigned && seen.word && foldPrefix(t, "(") && !r.alone:
			value, what, end := r.fallback(i)
			if what != notToken || end == i {
				return value, what
			}
			i = end
			continue
		default:
			n := typeWord(t)
			if n == 0 || quoteAt(t, 0) > 0 || r.alone && (!r.code || r.inString) {
				return span{}, notToken
			}
			if !holds(joiningWords, t[:n]) {
				seen.any, seen.op, seen.word = true, false, true
				i += n
				continue
			}
			op, newline = n, foldPrefix(t, "return")
		}
		seen.any, seen.assigned, seen.op = true, true, true
		i += op
		r.quotedOnly = seen.word
		if v, verdict := r.judged(i, newline); verdict != notToken {
			return v, verdict
		}
		if j, _ := r.skipSpace(i, true); foldPrefix(r.text[j:], "return ") {
			i = j
		}
	}
	return span{}, notToken
}

// operator returns the length of the operator at text[i:]. Right after a name that
// holds still, be it quoted, a constant or a symbol, a comma is one; so is a parenthesis after
// one that is called.
func (r *reader) operator(i int, first, still bool) int {
	t := r.text[i:]
	switch {
	case first && foldPrefix(t, ",") && still:
		return 1
	case first && !r.code && !r.alone && len(t) > 1 && (t[0] == ',' || t[0] == ';') && t[1] != ' ': // a row of a table
		return 1
	case first && !r.code && !r.alone && (foldPrefix(t, "- ") || foldPrefix(t, "– ") || foldPrefix(t, "— ")) && r.text[i-1] == ' ':
		return bytes.IndexByte(t, ' ')
	case first && r.inTemplate && foldPrefix(t, "-"): // ${NAME-value}
		return 1
	case first && foldPrefix(t, "(") && !foldPrefix(t, "()") && r.text[i-1] != '"' && r.text[i-1] != '\'': // setNeoApiKey("...")
		return 1
	case foldPrefix(t, "."):
		n := anyPrefix(t[:min(len(t), 32)], fallbacks)
		if n > 0 {
			n += run(t[n:min(len(t), n+16)], func(c byte) bool { return bytes.IndexByte([]byte("|_() =->{"), c) >= 0 })
		}
		return n
	}
	return anyPrefix(t, operators)
}

// judged is literal with a verdict on the value.
func (r *reader) judged(i int, newline bool) (span, verdict) {
	v, ok := r.literal(i, newline)
	if !ok {
		return v, notToken
	}
	value := v.of(r.text)
	if r.hasty && likely(value) {
		return v, isToken
	}
	return v, judge(value)
}

// closers skips the quotes and brackets that close around a name, and says whether
// there was a quote.
func (r *reader) closers(i int) (after int, quoted bool) {
	for range 8 {
		q := quoteAt(r.text, i)
		switch {
		case q > 0:
			i, quoted = i+q, true
		case i < len(r.text) && bytes.IndexByte([]byte("])}*"), r.text[i]) >= 0:
			i++
		default:
			return i, quoted
		}
	}
	return i, quoted
}

// typeWord returns the length of a word of a type annotation at the start of text, or
// of a reference in a row of fallbacks.
func typeWord(text []byte) int {
	n, limit := 0, min(len(text), maxAffix)
	for n < limit && typeBytes[text[n]] {
		n++
	}
	if size := n; n > 0 && n < len(text) && text[n] == '(' { // VARCHAR(64)
		n++
		if foldPrefix(text[n:], "max)") {
			return n + len("max)")
		}
		n += run(text[n:min(len(text), n+4)], isDigit)
		if n == len(text) || text[n] != ')' {
			return size
		}
		n++
	}
	return n
}

var typeBytes = class(isAlnum, "_.$&*?!<>[]'")

// expression returns the length of what opens an expression of a template at the start
// of text, with the quote before it.
func expression(text []byte) int {
	q := quoteAt(text, 0)
	for _, open := range []string{"{{", "${{"} {
		if bytes.HasPrefix(text[q:], []byte(open)) {
			return q + len(open)
		}
	}
	return 0
}

// comparand returns the length of the text in quotes at the start of text that something is
// compared with to choose a value: x != "" ? x : "...".
func comparand(text []byte) int {
	n := quoteAt(text, 0)
	if n == 0 {
		return 0
	}
	line := text[n:min(len(text), n+maxPadding)]
	end := bytes.Index(line, text[:n])
	if end < 0 || bytes.IndexByte(line[:end], '\n') >= 0 || !foldPrefix(bytes.TrimLeft(line[end+n:], " "), "?") {
		return 0
	}
	return n + end + n
}

// accessors returns the length of C#'s "{ get; set; }" at the start of text.
func accessors(text []byte) int {
	end := bytes.IndexByte(text[:min(len(text), maxPadding)], '}')
	if end < 0 || !foldPrefix(bytes.TrimLeft(text[1:end], " "), "get;") {
		return 0
	}
	return end + 1
}

// element returns the text of the XML element that is called by the name between
// start and i, or that has it as an attribute, or that follows one which holds it
// (a property list's <key>).
func (r *reader) element(start, i int, quoted bool) (span, bool) {
	t := r.text
	switch {
	case opensTag(t[:start]), quoted && r.inTag(start):
		n := bytes.IndexByte(t[i:min(len(t), i+2*maxPadding)], '>')
		if n < 0 || n > 0 && t[i+n-1] == '/' {
			return span{}, false
		}
		i += n + 1
	case bytes.HasPrefix(t[i:], []byte("</")):
		n := bytes.IndexByte(t[i:min(len(t), i+maxPadding)], '>')
		if n < 0 {
			return span{}, false
		}
		return r.elementAfter(i + n + 1)
	default:
		return span{}, false
	}
	return r.content(i)
}

// elementAfter returns the text of the element at text[i:], or, if that says of what type
// the value is, of the one after it.
func (r *reader) elementAfter(i int) (span, bool) {
	t := r.text
	for range 2 {
		i = r.skipPadding(i)
		if i >= len(t) || t[i] != '<' {
			break
		}
		n := bytes.IndexByte(t[i:min(len(t), i+maxPadding)], '>')
		if n < 0 {
			break
		}
		tag := t[i : i+n]
		i += n + 1
		if !bytes.HasSuffix(tag, []byte("type")) {
			return r.content(i)
		}
		n = bytes.IndexByte(t[i:min(len(t), i+2*maxPadding)], '>')
		if n < 0 {
			break
		}
		i += n + 1
	}
	return span{}, false
}

// content returns the text of the element that begins at text[i].
func (r *reader) content(i int) (span, bool) {
	t := r.text
	i = r.skipPadding(i)
	const cdata = "<![CDATA["
	i += len(cdata) * b2i(bytes.HasPrefix(t[i:], []byte(cdata)))
	i = r.skipPadding(i)
	i += quoteAt(t, i)
	end := tokenRun(t, i)
	after := r.skipPadding(end + quoteAt(t, end))
	return span{i, end}, end > i && (bytes.HasPrefix(t[after:], []byte("</")) || bytes.HasPrefix(t[after:], []byte("]]>")))
}

// opensTag reports whether what comes before a name is the opening of a tag of XML: the
// bracket, and maybe the prefix of a namespace.
func opensTag(before []byte) bool {
	if prefix, ok := bytes.CutSuffix(before[max(0, len(before)-maxAffix):], []byte(":")); ok {
		before = prefix[:len(prefix)-len(lastIdent(prefix))]
	}
	return bytes.HasSuffix(before, []byte("<"))
}

// maxItems bounds how many values of a list are looked at.
const maxItems = 64

// others calls report for each value that follows the one at value in the same list.
func (r *reader) others(value span, report func(value span, what verdict)) {
	t := r.text
	before := bytes.TrimRight(t[max(0, value.start-maxPadding):value.start], "\"'`\\ \t\r\n")
	separator := ","
	switch {
	case bytes.HasSuffix(before, []byte("[")), bytes.HasSuffix(before, []byte("{")):
	case bytes.HasSuffix(before, []byte("-")) && !r.code && len(bytes.Trim(r.lineBefore(value.start), " -\"'")) == 0:
		separator = "- "
	default:
		return
	}
	for range maxItems {
		i := r.skipPadding(value.end)
		i, _ = r.skipSpace(i+quoteAt(t, i), true)
		if !foldPrefix(t[i:], separator) {
			return
		}
		i, _ = r.skipSpace(i+len(separator), true)
		var ok bool
		if value, ok = r.literal(i, false); !ok {
			return
		}
		if what := judge(value.of(t)); what != notToken {
			report(value, what)
		}
	}
}

// inTag reports whether text[i] is in a tag of XML that begins on its line.
func (r *reader) inTag(i int) bool {
	before := r.text[max(0, i-2*maxPadding):i]
	n := bytes.LastIndexAny(before, "<>\n")
	return n >= 0 && before[n] == '<' && n+1 < len(before) && isLetter(before[n+1])
}
