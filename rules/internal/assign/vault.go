package assign

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// maxStored is how far from an address the password is looked for that is kept for it.
const maxStored = 512

// How programs keep a password for an address: netrc, npm, the exports of password managers in XML and
// JSON. The first two begin where the address has ended.
var (
	storedLogin = lazyregexp.New(`^\s+(?:(?:login|account)\s+\S+\s+)*password\s+["']?(\S+?)["']?(?:\s|$)`)
	storedNPM   = lazyregexp.New(`^[^\s=]*:(?:_authToken|_password|_auth)\s*=\s*["']?([^\s"']+)`)
	// In XML, the entry may have the password before the address.
	storedEntry = lazyregexp.New(`<Key>Password</Key>\s*<Value[^>]*>([^<]+)</Value>`)
	// storedValue is what follows the name of the field with the password, and storedMark what follows that
	// of a field which says that another one is it.
	storedValue = lazyregexp.New(`^\s*:\s*"([^"\\]+)"`)
	storedMark  = lazyregexp.New(`^\s*:\s*"password"\s*,`)
)

// Stored calls report for the password that is kept for the address of the older API at
// text[host].
func (r *Request) Stored(report func(value text.Span, what secret.Verdict)) {
	if !r.Spend(2 * maxStored) {
		return
	}
	t := r.Text
	start := r.host - len("app.")
	after := start + len(naming.HostLegacy)
	judge := func(v text.Span) {
		if secret.TokenRun(t, v.Start) == v.End {
			report(v, secret.Judge(v.Of(t)))
		}
	}
	if v, ok := r.storedAfter(after); ok {
		judge(v)
		return
	}
	entry := max(0, start-maxStored)
	if n := bytes.LastIndex(t[entry:start], []byte("<Entry>")); n >= 0 && r.Spend(4*maxStored) {
		entry += n
		if m := storedEntry.FindSubmatchIndex(t[entry:min(len(t), after+maxStored)]); m != nil {
			judge(text.Span{Start: entry + m[2], End: entry + m[3]})
			return
		}
	}
	if r.Code {
		return
	}
	v, what := r.recorded(recordsAfter, text.Span{Start: after, End: min(len(t), after+maxStored)})
	if what == secret.NotToken {
		v, what = r.recorded(recordsBefore, text.Span{Start: max(0, start-maxStored), End: start})
	}
	if what != secret.NotToken {
		report(v, what)
	}
}

// storedAfter returns the password that is kept behind the address which ends at text[at].
func (r *Request) storedAfter(at int) (v text.Span, ok bool) {
	rest := r.Text[at:min(len(r.Text), at+maxStored)]
	if bytes.Contains(rest, []byte("password")) || bytes.Contains(rest, []byte(":_")) {
		for _, form := range []*lazyregexp.Regexp{storedLogin, storedNPM} {
			if m := form.FindSubmatchIndex(rest); r.Spend(maxStored) && m != nil {
				return text.Span{Start: at + m[2], End: at + m[3]}, true
			}
		}
	}
	quote := bytes.IndexAny(rest, "\" \t\n\f\r")
	if quote < 0 || rest[quote] != '"' {
		return v, false
	}
	at, rest = at+quote+1, rest[quote+1:]
	if v, _, ok = r.storedIn(at, before(rest, "{/"), `"password"`, storedValue); ok {
		return v, true
	}
	for {
		_, n, ok := r.storedIn(at, before(rest, "/"), `"designation"`, storedMark)
		if !ok {
			return v, false
		}
		n = min(n, len(rest))
		at, rest = at+n, rest[n:]
		if v, _, ok = r.storedIn(at, before(rest[:min(len(rest), maxMarked)], "{}"), `"value"`, storedValue); ok {
			return v, true
		}
	}
}

// maxMarked is how far apart two fields are of which one says that the other is the password.
const maxMarked = 128

// before returns src up to the first of some bytes.
func before(src []byte, stops string) []byte {
	if n := bytes.IndexAny(src, stops); n >= 0 {
		return src[:n]
	}
	return src
}

// storedIn looks for a field in src, which begins at text[at]. It returns the first group of form, which
// follows the field's name, and where in src that has ended.
func (r *Request) storedIn(at int, src []byte, name string, form *lazyregexp.Regexp) (v text.Span, end int, ok bool) {
	for r.Spend(maxStored) {
		n := bytes.Index(src[end:], []byte(name))
		if n < 0 {
			break
		}
		end += n + len(name)
		if m := form.FindSubmatchIndex(r.Text[at+end : min(len(r.Text), at+maxStored)]); m != nil {
			if len(m) > 2 {
				v = text.Span{Start: at + end + m[2], End: at + end + m[3]}
			}
			return v, end + m[1], true
		}
	}
	return v, end, false
}

var (
	// passwordColumns and addressColumns are what password managers call them: 1Password,
	// Bitwarden, Chrome, Dashlane, Firefox, KeePass, LastPass.
	passwordColumns = text.Set("password", "login_password", "passwd", "pass", "pwd", "passwort", "secret")
	addressColumns  = text.Set("url", "urls", "uri", "login_uri", "website", "web site", "address", "hostname", "login url", "login_url", "url1", "matchurl", "site")
)

// maxRows bounds the rows of a table that are looked at.
const maxRows = 10_000

// Table calls report for the tokens in a table whose first row names the columns: in a column
// whose name is one of a Neo key, or in that of passwords where the row has the address of the
// older API. agent says that the name or the address is Neoagent's.
func Table(t []byte, report func(value text.Span, what secret.Verdict, agent bool)) {
	first, _, _ := bytes.Cut(t, []byte("\n"))
	comma := separator(first)
	if comma == 0 {
		return
	}
	r := csv.NewReader(bytes.NewReader(t))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	names, err := r.Read()
	if err != nil {
		return
	}
	password, named := columns(names)
	if password < 0 && len(named) == 0 {
		return
	}
	lines := lineStarts{text: t, starts: []int{0}}
	for range maxRows {
		row, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			continue
		}
		each := func(column int, agent bool) {
			if column < 0 || column >= len(row) {
				return
			}
			line, at := r.FieldPos(column)
			if v, ok := lines.field(line, at, row[column]); ok {
				report(v, secret.Judge(v.Of(t)), agent)
			}
		}
		for column, agent := range named {
			each(column, agent)
		}
		if strings.Contains(strings.Join(row, "\n"), naming.HostLegacy) {
			each(password, true)
		}
	}
}

// separator returns what is between the columns of a table whose first row is line; 0 if it is
// none.
func separator(line []byte) rune {
	for _, c := range []byte(",;\t") {
		if bytes.IndexByte(line, c) >= 0 && len(line) < maxStored {
			return rune(c)
		}
	}
	return 0
}

// columns returns where the passwords are, -1 if nowhere or if there are no addresses, and which
// columns are those of Neo keys, with whether their names say Neoagent.
func columns(names []string) (password int, named map[int]bool) {
	password, named = -1, map[int]bool{}
	address := false
	for i, name := range names {
		name = strings.ToLower(strings.Trim(name, "\ufeff \""))
		address = address || addressColumns[name]
		if passwordColumns[name] && password < 0 {
			password = i
		}
		at := strings.Index(name, "neo")
		if at < 0 {
			continue
		}
		n, ok := naming.KeyNameAt([]byte(name), at)
		if ok && n.Start == 0 && n.End == len(name) && (n.Qualified || n.Agent) {
			named[i] = n.Agent
		}
	}
	if !address {
		password = -1
	}
	return password, named
}

// lineStarts are where the lines of a text begin, as far as they have been asked for.
type lineStarts struct {
	text   []byte
	starts []int
}

// field returns the place of a value that is in a table, whose field is at a column of a line,
// both counted from 1.
func (l *lineStarts) field(line, column int, value string) (s text.Span, ok bool) {
	for len(l.starts) < line {
		from := l.starts[len(l.starts)-1]
		n := bytes.IndexByte(l.text[from:], '\n')
		if n < 0 {
			return s, false
		}
		l.starts = append(l.starts, from+n+1)
	}
	at := min(len(l.text), l.starts[line-1]+column-1)
	if at < len(l.text) && l.text[at] == '"' {
		at++
	}
	s = text.Span{Start: at, End: at + len(value)}
	return s, s.End <= len(l.text) && value != "" && string(s.Of(l.text)) == value
}
