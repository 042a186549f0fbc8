package rules

import "bytes"

// A reader reads the values that a text gives to names, whatever the language. It
// looks at a bounded stretch of text only.
type reader struct {
	text []byte
	// code tells that an unquoted word is an identifier.
	code bool
	// inString tells that name and value begin in one string ("NAME=value"), inTemplate
	// that they lie in one placeholder of a template (${name:value}).
	inString, inTemplate bool
	// tight tells that the name is written as in an environment, NAME=value, where a
	// value needs no quotes; programs hold such text in strings and comments.
	tight bool
	// alone tells that nothing but the value may follow the name: what has more words
	// than one is something else. It is so for a header, unless it is glued to its
	// value, as HTTPie has it: then both are one argument of several.
	alone, glued bool
	// quotedOnly tells that there was something before the value, as in
	// arn:aws:..., so that it counts in quotes only.
	quotedOnly bool
	// hasty tells that whoever asks for a value will ask once more whether it is a
	// placeholder, if it matters at all.
	hasty bool
}

// A span is the part of a text from start up to end.
type span struct{ start, end int }

func (s span) of(text []byte) []byte { return text[s.start:s.end] }

// maxPadding bounds the white space around a value.
const maxPadding = 64

// literal returns the value that is written at text[i:], without its quotes and the
// white space in them; none if there is something else, such as a reference. A
// value on a later line, where newline allows it, has to be in quotes.
func (r *reader) literal(i int, newline bool) (span, bool) {
	i, later := r.skipSpace(i, newline)
	i = r.skipComment(i, newline)
	if v, ok := r.block(i); ok {
		return v, true
	}
	switch {
	case later && r.dashed(i):
		i, later = i+len("- "), false
	case later && r.folded(i):
		later = false
	case !later && !r.code && foldPrefix(r.text[i:], "** "): // **name:** value
		i += len("** ")
	}
	i = r.skipTag(i)
	i = r.skipWrapping(i)
	if v, ok := r.enclosed(i); ok {
		return v, true
	}
	if q := quoteAt(r.text, i); q > 0 {
		return r.quoted(i, q)
	}
	if later || r.quotedOnly {
		return span{}, false
	}
	if !r.code && i < len(r.text) && r.text[i] == '[' { // a list of YAML
		i = r.skipPadding(i + 1)
	}
	return r.unquoted(i)
}

// skipSpace skips blanks and, if newlines may be skipped too, says whether any was. A
// newline with a backslash before it, or PowerShell's backtick, is a blank.
func (r *reader) skipSpace(i int, newlines bool) (after int, later bool) {
	for end := min(len(r.text), i+2*maxPadding); i < end; i++ {
		switch c := r.text[i]; {
		case c == ' ' || c == '\t':
		case c == '\\' && i+1 < len(r.text) && (r.text[i+1] == '\n' || r.text[i+1] == '\r'):
			i++
		case newlines && (c == '\n' || c == '\r'):
			later = true
		default:
			return i, later
		}
	}
	return i, later
}

// dashed reports whether text[i:] is an item of a YAML list that the key on the line
// before it has: it is not indented less than the key.
func (r *reader) dashed(i int) bool {
	if r.code || !foldPrefix(r.text[i:], "- ") {
		return false
	}
	indent := len(r.lineBefore(i))
	line := r.lineBefore(max(0, i-indent-1))
	return run(line, func(c byte) bool { return c == ' ' || c == '-' }) <= indent
}

// folded reports whether text[i:] is a plain scalar of YAML on a line of its own, indented
// deeper than the key on the line before it.
func (r *reader) folded(i int) bool {
	if r.code {
		return false
	}
	indent := len(r.lineBefore(i))
	end := i - indent
	end -= b2i(end > 0) // the line end
	key := bytes.TrimRight(r.lineBefore(end), "\r")
	after := tokenRun(r.text, i)
	return bytes.HasSuffix(key, []byte(":")) && run(key, func(c byte) bool { return c == ' ' || c == '-' }) < indent &&
		(after == len(r.text) || r.text[after] == '\n' || r.text[after] == '\r')
}

// skipComment skips a comment before a value, and the white space after it.
func (r *reader) skipComment(i int, newline bool) int {
	t := r.text[i:min(len(r.text), i+2*maxPadding)]
	n := -1
	switch {
	case !r.code:
	case bytes.HasPrefix(t, []byte("/*")):
		n = bytes.Index(t, []byte("*/")) + 1
	case newline && bytes.HasPrefix(t, []byte("// ")):
		n = bytes.IndexByte(t, '\n')
	}
	if n <= 0 {
		return i
	}
	after, _ := r.skipSpace(i+n+1, true)
	return after
}

// skipTag skips a tag or an anchor of YAML before a value.
func (r *reader) skipTag(i int) int {
	if r.code || i >= len(r.text) || r.text[i] != '!' && r.text[i] != '&' {
		return i
	}
	n := run(r.text[i:min(len(r.text), i+maxPadding)], func(c byte) bool { return c == '!' || c == '&' || isURLSafe(c) })
	after, _ := r.skipSpace(i+n, false)
	if after == i+n {
		return i
	}
	return after
}

// quoted returns what is between the quote of n bytes at text[i:] and the same quote
// again, if it is one word.
func (r *reader) quoted(i, n int) (span, bool) {
	quote := r.text[i : i+n]
	if inner := quoteAt(r.text, i+n); inner > 0 && !bytes.HasPrefix(r.text[i+n:], quote) {
		i, n = i+n, inner // '"..."'
		quote = r.text[i : i+n]
	}
	start := r.skipPadding(i + n)
	end := tokenRun(r.text, start)
	after := r.skipPadding(end)
	return span{start, end}, bytes.HasPrefix(r.text[after:], quote)
}

// enclosed returns the value at text[i:] if it is Ruby's %q(...), Lua's [[...]], what a
// placeholder falls back to (${NAME:-...}), or in quotes in the braces of JSX or of a list.
func (r *reader) enclosed(i int) (span, bool) {
	t := r.text
	if i+2 >= len(t) {
		return span{}, false
	}
	switch {
	case t[i] == '%' && bytes.IndexByte([]byte("qQwW"), t[i+1]) >= 0:
		open := bytes.IndexByte([]byte("([{<|!"), t[i+2])
		if open < 0 {
			return span{}, false
		}
		start := r.skipPadding(i + 3)
		end := tokenRun(t, start)
		after := r.skipPadding(end)
		return span{start, end}, after < len(t) && t[after] == ")]}>|!"[open]
	case bytes.HasPrefix(t[i:], []byte("[[")) && r.code:
		start := r.skipPadding(i + 2)
		end := tokenRun(t, start)
		return span{start, end}, bytes.HasPrefix(t[r.skipPadding(end):], []byte("]]"))
	case bytes.HasPrefix(t[i:], []byte("${")):
		start := i + 2
		start += run(t[start:min(len(t), start+maxAffix)], func(c byte) bool { return isAlnum(c) || c == '_' || c == '.' })
		if start == i+2 || start == len(t) || t[start] != ':' && t[start] != '-' {
			return span{}, false
		}
		start++
		start += b2i(t[start-1] == ':' && start < len(t) && t[start] == '-')
		if q := quoteAt(t, start); q > 0 {
			return r.quoted(start, q)
		}
		end := tokenRun(t, start)
		return span{start, end}, end < len(t) && t[end] == '}'
	case t[i] == '{':
		at := r.skipPadding(i + 1)
		q := quoteAt(t, at)
		if q == 0 {
			return span{}, false
		}
		v, ok := r.quoted(at, q)
		after, _ := r.skipSpace(r.skipPadding(v.end)+q, true)
		return v, ok && after < len(t) && (t[after] == '}' || t[after] == ',')
	}
	return span{}, false
}

// skipPadding skips white space within quotes, also where an escape stands for it.
func (r *reader) skipPadding(i int) int {
	for end := min(len(r.text), i+maxPadding); i < end; i++ {
		switch c := r.text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case c == '\\' && i+1 < len(r.text) && bytes.IndexByte([]byte("nrt"), r.text[i+1]) >= 0:
			i++
		default:
			return i
		}
	}
	return i
}

// unquoted returns the word at text[i:], if it stands for itself there.
func (r *reader) unquoted(i int) (span, bool) {
	end := tokenRun(r.text, i)
	rest := r.text[end:]
	if end == i {
		return span{}, false
	}
	if len(rest) > 0 && rest[0] < 0x80 && bytes.IndexByte([]byte(" \t\r\n\x00\"'`,;)}]<>&|#\\"), rest[0]) < 0 {
		return span{}, false // it goes on: a call, an index, a reference
	}
	if r.code && !r.tight && !isDigit(r.text[i]) { // an identifier, unless a string ends here
		if len(rest) == 0 || bytes.IndexByte([]byte("\"'`\\"), rest[0]) < 0 && (!r.inTemplate || rest[0] != '}') {
			return span{}, false
		}
	}
	if r.alone && !r.glued {
		next, _ := r.skipSpace(end, false)
		if next > end && next < len(r.text) && isAlnum(r.text[next]) && !foldPrefix(r.text[next:], "http") {
			return span{}, false
		}
	}
	for end > i+1 && r.text[end-1] == '.' { // of a sentence
		end--
	}
	return span{i, end}, true
}

// block returns the first line of a text that begins on the next line: of a heredoc
// after <<WORD, in the shell also behind $(cat, or of a YAML block after | or >.
func (r *reader) block(i int) (span, bool) {
	t := r.text
	for _, cat := range []string{"$(", "cat", " "} {
		i += len(cat) * b2i(foldPrefix(t[i:], cat))
	}
	line := t[i:min(len(t), i+maxPadding)]
	n := bytes.IndexByte(line, '\n')
	if n < 1 {
		return span{}, false
	}
	line = bytes.TrimRight(line[:n], " \r)")
	switch {
	case bytes.HasPrefix(line, []byte("<<")):
		word := bytes.Trim(line[2:], "-~< '\"")
		if run(word, func(c byte) bool { return isAlnum(c) || c == '_' }) == 0 {
			return span{}, false
		}
	case len(line) > 0 && (line[0] == '|' || line[0] == '>') && !r.code:
		if len(bytes.Trim(line[1:], "+-0123456789")) > 0 {
			return span{}, false
		}
	default:
		return span{}, false
	}
	start := r.skipPadding(i + n)
	end := tokenRun(t, start)
	return span{start, end}, end == len(t) || t[end] == '\n' || t[end] == '\r'
}

// quoteAt returns the length of the quote that text[i:] begins with: one of any kind,
// three of them, one with backslashes before it, or one as HTML and JSON escape it.
func quoteAt(text []byte, i int) int {
	if i >= len(text) {
		return 0
	}
	switch text[i] {
	case '"', '\'', '`':
		if i+2 < len(text) && text[i+1] == text[i] && text[i+2] == text[i] {
			return 3
		}
		return 1
	case '\\', '&', '%':
		for _, q := range []string{`\u0022`, `\u0027`, "&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;", "%22", "%27"} {
			if foldPrefix(text[i:], q) {
				return len(q)
			}
		}
		n := run(text[i:min(len(text), i+8)], func(c byte) bool { return c == '\\' })
		if i+n < len(text) && n > 0 && (text[i+n] == '"' || text[i+n] == '\'' || text[i+n] == '`') {
			return n + 1
		}
	}
	return 0
}

// wrappers are calls that give back the text they are given, so that it lies there as
// plainly as without them. By the last word of the function's name, in lower case.
var wrappers = map[string]bool{
	"string": true, "str": true, "text": true, "bytes": true, "byte": true, "buffer": true, "b": true,
	"from": true, "of": true, "valueof": true, "new": true, "some": true, "just": true, "optional": true, "option": true,
	"from_static": true, "from_str": true, "fromstring": true, "fromstatic": true, "parse": true, "pure": true,
	"secret": true, "secretstr": true, "secretstring": true, "secretvalue": true, "securestring": true, "sensitive": true,
	"unsafeplaintext": true, "plaintext": true, "trim": true, "strip": true, "trimspace": true, "quote": true,
	"authenticationheadervalue": true, "headervalue": true, "usestate": true, "ref": true, "signal": true, "ptr": true,
	"qstringliteral": true, "qstring": true, "format": true, "concat": true, "encode": true, "base64encode": true,
	"field": true, "nsstring": true, "lit": true, "literal": true, "constant": true, "stringify": true, "default": true,
}

// wrappingWords may stand before a value too: an operator, the command of PowerShell that
// hides a text, with its options, and the argument of a wrapper.
var wrappingWords = []string{
	"new ", "convertto-securestring ", "-string ", "-asplaintext ", "-force ", "default=", "default_value=", "value=",
}

// skipWrapping skips what may stand before a quoted value without making it another:
// the prefixes of raw and byte strings, brackets of lists, calls of wrappers.
func (r *reader) skipWrapping(i int) int {
	start := i
	for range 6 {
		t := r.text[i:min(len(r.text), i+maxPadding)]
		switch {
		case len(t) == 0:
			return start
		case quoteAt(r.text, i) > 0:
			return i
		case t[0] == '@' || t[0] == '#' || t[0] == '$' && len(t) > 1 && (t[1] == '"' || t[1] == '\''):
			i++
		case t[0] == '(' || t[0] == '[':
			i, _ = r.skipSpace(i+1, true)
		case t[0] == '<' && r.code: // <string>'...'
			n := 1 + run(t[1:], isAlnum)
			if n == len(t) || t[n] != '>' {
				return start
			}
			i += n + 1
		case anyPrefix(t, wrappingWords) > 0:
			i += anyPrefix(t, wrappingWords)
		default:
			n := run(t, func(c byte) bool { return isAlnum(c) || bytes.IndexByte([]byte("_.:!<>[]"), c) >= 0 })
			switch {
			case 0 < n && n <= 2 && n < len(t) && (t[n] == '"' || t[n] == '\'' || t[n] == '#'):
				i += n // r"...", b'...', r#"..."#
			case n < len(t) && t[n] == '`' && bytes.Equal(t[:n], []byte("String.raw")):
				i += n
			case n > 0 && n < len(t) && (t[n] == '(' || t[n] == '{'):
				name := bytes.TrimRight(t[:n], "!<>[]")
				name = name[bytes.LastIndexAny(name, ".:]>")+1:]
				if !holds(wrappers, name) {
					return start
				}
				i, _ = r.skipSpace(i+n+1, true)
			default:
				return start
			}
		}
	}
	if quoteAt(r.text, i) > 0 {
		return i
	}
	return start
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
