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

// storedForms are how programs keep a password for an address: netrc, npm, the exports of
// password managers in JSON and XML. Each begins where the address has ended.
var (
	storedAfter = []*lazyregexp.Regexp{
		lazyregexp.New(`^\s+(?:(?:login|account)\s+\S+\s+)*password\s+["']?(\S+?)["']?(?:\s|$)`),
		lazyregexp.New(`^[^\s=]*:(?:_authToken|_password|_auth)\s*=\s*["']?([^\s"']+)`),
		lazyregexp.New(`^[^\s"]*"[^{/]{0,400}?"password"\s*:\s*"([^"\\]+)"`),
		lazyregexp.New(`^[^\s"]*"[^/]{0,400}?"designation"\s*:\s*"password"\s*,[^{}]{0,100}?"value"\s*:\s*"([^"\\]+)"`),
	}
	// In XML, the entry may have the password before the address.
	storedEntry = lazyregexp.New(`<Key>Password</Key>\s*<Value[^>]*>([^<]+)</Value>`)
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
	judge := func(from, to int) {
		if v := (text.Span{Start: from, End: to}); secret.TokenRun(t, from) == to {
			report(v, secret.Judge(v.Of(t)))
		}
	}
	for _, form := range storedAfter {
		if m := form.FindSubmatchIndex(t[after:min(len(t), after+maxStored)]); m != nil {
			judge(after+m[2], after+m[3])
			return
		}
	}
	entry := max(0, start-maxStored)
	if n := bytes.LastIndex(t[entry:start], []byte("<Entry>")); n >= 0 {
		entry += n
		if m := storedEntry.FindSubmatchIndex(t[entry:min(len(t), after+maxStored)]); m != nil {
			judge(entry+m[2], entry+m[3])
		}
	}
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
