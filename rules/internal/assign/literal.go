package assign

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// literal returns the value that is written at text[i:], without its quotes and the
// white space in them; none if there is something else, such as a reference. A
// value on a later line, where newline allows it, has to be in quotes.
func (r *Reader) literal(i int, newline bool) (text.Span, bool) {
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
	case !later && !r.Code && text.HasPrefixFold(r.Text[i:], "** "): // **name:** value
		i += len("** ")
	}
	i = r.skipTag(i)
	i = r.skipWrapping(i)
	if v, ok := r.enclosed(i); ok {
		return v, true
	}
	if q := text.QuoteAt(r.Text, i); q > 0 {
		return r.quoted(i, q)
	}
	if later || r.quotedOnly {
		return text.Span{}, false
	}
	if !r.Code && i < len(r.Text) && r.Text[i] == '[' { // a list of YAML
		i = r.skipPadding(i + 1)
	}
	return r.unquoted(i)
}

// skipSpace skips blanks and, if newlines may be skipped too, says whether any was. A
// newline with a backslash before it, or PowerShell's backtick, is a blank.
func (r *Reader) skipSpace(i int, newlines bool) (after int, later bool) {
	for end := min(len(r.Text), i+2*naming.MaxPadding); i < end; i++ {
		switch c := r.Text[i]; {
		case c == ' ' || c == '\t':
		case c == '\\' && i+1 < len(r.Text) && (r.Text[i+1] == '\n' || r.Text[i+1] == '\r'):
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
func (r *Reader) dashed(i int) bool {
	if r.Code || !text.HasPrefixFold(r.Text[i:], "- ") {
		return false
	}
	indent := len(r.lineBefore(i))
	line := r.lineBefore(max(0, i-indent-1))
	return text.Run(line, func(c byte) bool { return c == ' ' || c == '-' }) <= indent
}

// folded reports whether text[i:] is a plain scalar of YAML on a line of its own, indented
// deeper than the key on the line before it.
func (r *Reader) folded(i int) bool {
	if r.Code {
		return false
	}
	indent := len(r.lineBefore(i))
	end := i - indent
	end -= b2i(end > 0) // the line end
	key := bytes.TrimRight(r.lineBefore(end), "\r")
	after := secret.TokenRun(r.Text, i)
	return bytes.HasSuffix(key, []byte(":")) && text.Run(key, func(c byte) bool { return c == ' ' || c == '-' }) < indent &&
		(after == len(r.Text) || r.Text[after] == '\n' || r.Text[after] == '\r')
}

// skipComment skips a comment before a value, and the white space after it.
func (r *Reader) skipComment(i int, newline bool) int {
	t := r.Text[i:min(len(r.Text), i+2*naming.MaxPadding)]
	n := -1
	switch {
	case !r.Code:
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

// markup are the tags that show a text as code.
var markup = []string{"<code>", "<tt>", "<kbd>", "<b>", "<strong>", "<samp>"}

// skipTag skips a tag or an anchor of YAML, or a tag of HTML that shows code, before a value.
func (r *Reader) skipTag(i int) int {
	if r.Code || i >= len(r.Text) || r.Text[i] != '!' && r.Text[i] != '&' {
		if !r.Code && i < len(r.Text) && r.Text[i] == '<' {
			return i + text.AnyPrefixFold(r.Text[i:], markup)
		}
		return i
	}
	n := text.Run(r.Text[i:min(len(r.Text), i+naming.MaxPadding)], func(c byte) bool { return c == '!' || c == '&' || text.IsURLSafe(c) })
	after, _ := r.skipSpace(i+n, false)
	if after == i+n {
		return i
	}
	return after
}

// quoted returns what is between the quote of n bytes at text[i:] and the same quote
// again, if it is one word.
func (r *Reader) quoted(i, n int) (text.Span, bool) {
	quote := r.Text[i : i+n]
	if inner := text.QuoteAt(r.Text, i+n); inner > 0 && !bytes.HasPrefix(r.Text[i+n:], quote) {
		i, n = i+n, inner // '"..."'
		quote = r.Text[i : i+n]
	}
	start := r.skipPadding(i + n)
	end := secret.TokenRun(r.Text, start)
	after := r.skipPadding(end)
	return text.Span{Start: start, End: end}, bytes.HasPrefix(r.Text[after:], quote)
}

// enclosed returns the value at text[i:] if it is Ruby's %q(...), Lua's [[...]], what a
// placeholder falls back to (${NAME:-...}), or in quotes in the braces of JSX or of a list.
func (r *Reader) enclosed(i int) (text.Span, bool) {
	t := r.Text
	if i+2 >= len(t) {
		return text.Span{}, false
	}
	switch {
	case t[i] == '%' && bytes.IndexByte([]byte("qQwW"), t[i+1]) >= 0:
		open := bytes.IndexByte([]byte("([{<|!"), t[i+2])
		if open < 0 {
			return text.Span{}, false
		}
		start := r.skipPadding(i + 3)
		end := secret.TokenRun(t, start)
		after := r.skipPadding(end)
		return text.Span{Start: start, End: end}, after < len(t) && t[after] == ")]}>|!"[open]
	case bytes.HasPrefix(t[i:], []byte("[[")) && r.Code:
		start := r.skipPadding(i + 2)
		end := secret.TokenRun(t, start)
		return text.Span{Start: start, End: end}, bytes.HasPrefix(t[r.skipPadding(end):], []byte("]]"))
	case bytes.HasPrefix(t[i:], []byte("${")):
		start := i + 2
		start += text.Run(t[start:min(len(t), start+naming.MaxAffix)], func(c byte) bool { return text.IsAlnum(c) || c == '_' || c == '.' })
		if start == i+2 || start == len(t) || t[start] != ':' && t[start] != '-' {
			return text.Span{}, false
		}
		start++
		start += b2i(t[start-1] == ':' && start < len(t) && t[start] == '-')
		if q := text.QuoteAt(t, start); q > 0 {
			return r.quoted(start, q)
		}
		end := secret.TokenRun(t, start)
		return text.Span{Start: start, End: end}, end < len(t) && t[end] == '}'
	case t[i] == '{':
		at := r.skipPadding(i + 1)
		q := text.QuoteAt(t, at)
		if q == 0 {
			return text.Span{}, false
		}
		v, ok := r.quoted(at, q)
		after, _ := r.skipSpace(r.skipPadding(v.End)+q, true)
		return v, ok && after < len(t) && (t[after] == '}' || t[after] == ',')
	}
	return text.Span{}, false
}

// skipPadding skips white space within quotes, also where an escape stands for it.
func (r *Reader) skipPadding(i int) int {
	for end := min(len(r.Text), i+naming.MaxPadding); i < end; i++ {
		switch c := r.Text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case c == '\\' && i+1 < len(r.Text) && bytes.IndexByte([]byte("nrt"), r.Text[i+1]) >= 0:
			i++
		default:
			return i
		}
	}
	return i
}

// unquoted returns the word at text[i:], if it stands for itself there.
func (r *Reader) unquoted(i int) (text.Span, bool) {
	end := secret.TokenRun(r.Text, i)
	rest := r.Text[end:]
	if end == i {
		return text.Span{}, false
	}
	if len(rest) > 0 && rest[0] < 0x80 && bytes.IndexByte([]byte(" \t\r\n\x00\"'`,;)}]<>&|#\\"), rest[0]) < 0 {
		return text.Span{}, false // it goes on: a call, an index, a reference
	}
	if r.Code && !r.tight && !text.IsDigit(r.Text[i]) { // an identifier, unless a string ends here
		if len(rest) == 0 || bytes.IndexByte([]byte("\"'`\\"), rest[0]) < 0 && (!r.inTemplate || rest[0] != '}') {
			return text.Span{}, false
		}
	}
	if r.alone && !r.glued {
		next, _ := r.skipSpace(end, false)
		if next > end && next < len(r.Text) && text.IsAlnum(r.Text[next]) && !text.HasPrefixFold(r.Text[next:], "http") {
			return text.Span{}, false
		}
	}
	for end > i+1 && r.Text[end-1] == '.' { // of a sentence
		end--
	}
	return text.Span{Start: i, End: end}, true
}

// block returns the first line of a text that begins on the next line: of a heredoc
// after <<WORD, in the shell also behind $(cat, or of a YAML block after | or >.
func (r *Reader) block(i int) (text.Span, bool) {
	t := r.Text
	for _, cat := range []string{"$(", "cat", " "} {
		i += len(cat) * b2i(text.HasPrefixFold(t[i:], cat))
	}
	line := t[i:min(len(t), i+naming.MaxPadding)]
	n := bytes.IndexByte(line, '\n')
	if n < 1 {
		return text.Span{}, false
	}
	line = bytes.TrimRight(line[:n], " \r)")
	switch {
	case bytes.HasPrefix(line, []byte("<<")) && !bytes.Contains(line, []byte(">>")):
		word := bytes.Trim(line[2:], "-~< '\"")
		if text.Run(word, func(c byte) bool { return text.IsAlnum(c) || c == '_' }) == 0 {
			return text.Span{}, false
		}
	case len(line) > 0 && (line[0] == '|' || line[0] == '>') && !r.Code:
		if len(bytes.Trim(line[1:], "+-0123456789")) > 0 {
			return text.Span{}, false
		}
	default:
		return text.Span{}, false
	}
	start := r.skipPadding(i + n)
	end := secret.TokenRun(t, start)
	return text.Span{Start: start, End: end}, end == len(t) || t[end] == '\n' || t[end] == '\r'
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

// dumpedType is what PHP's var_dump writes before a text.
var dumpedType = lazyregexp.New(`^string\(\d{1,4}\) "`)

// skipWrapping skips what may stand before a quoted value without making it another:
// the prefixes of raw and byte strings, brackets of lists, calls of wrappers.
func (r *Reader) skipWrapping(i int) int {
	start := i
	for range 6 {
		t := r.Text[i:min(len(r.Text), i+naming.MaxPadding)]
		switch {
		case len(t) == 0:
			return start
		case bytes.HasPrefix(t, []byte("``")) && !bytes.HasPrefix(t, []byte("```")) && !r.Code: // reStructuredText's ``...``
			return i + 1
		case text.QuoteAt(r.Text, i) > 0:
			return i
		case bytes.HasPrefix(t, []byte("<<\"")): // Erlang's <<"...">>
			i += len("<<")
		case t[0] == 's' && len(dumpedType.Find(t)) > 0:
			i += len(dumpedType.Find(t)) - 1
		case t[0] == '@' || t[0] == '#' || t[0] == '$' && len(t) > 1 && (t[1] == '"' || t[1] == '\''):
			i++
		case t[0] == '(' || t[0] == '[':
			i, _ = r.skipSpace(i+1, true)
		case t[0] == '<' && r.Code: // <string>'...'
			n := 1 + text.Run(t[1:], text.IsAlnum)
			if n == len(t) || t[n] != '>' {
				return start
			}
			i += n + 1
		case text.AnyPrefixFold(t, wrappingWords) > 0:
			i += text.AnyPrefixFold(t, wrappingWords)
		default:
			n := text.Run(t, func(c byte) bool { return text.IsAlnum(c) || bytes.IndexByte([]byte("_.:!<>[]"), c) >= 0 })
			switch {
			case 0 < n && n <= 2 && n < len(t) && (t[n] == '"' || t[n] == '\'' || t[n] == '#'):
				i += n // r"...", b'...', r#"..."#
			case n < len(t) && t[n] == '`' && bytes.Equal(t[:n], []byte("String.raw")):
				i += n
			case n > 0 && n < len(t) && (t[n] == '(' || t[n] == '{'):
				name := bytes.TrimRight(t[:n], "!<>[]")
				name = name[bytes.LastIndexAny(name, ".:]>")+1:]
				if !text.Holds(wrappers, name) {
					return start
				}
				i, _ = r.skipSpace(i+n+1, true)
			default:
				return start
			}
		}
	}
	if text.QuoteAt(r.Text, i) > 0 {
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
