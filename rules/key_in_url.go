package rules

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/syntax"
)

//go:embed key_in_url.md
var keyInURLDoc string

// KeyInURL finds keys that are put into addresses.
var KeyInURL = &Rule{
	ID:               "key-in-url",
	Title:            "Neo key in a URL",
	Severity:         finding.Error,
	CWEs:             []int{598, 532},
	SecuritySeverity: 7.5,
	Doc:              keyInURLDoc,
	Anchors:          habitAnchors,
	MatchFile:        matchKeyInURL,
}

func matchKeyInURL(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int) {
		report(Match{
			Start: start, End: end, Severity: finding.Error, Confidence: finding.High,
			Message: "a key in a URL is kept in logs, histories and caches; send it in the Authorization header",
		})
	}
	f.literalsInURLs(say)
	f.variablesInURLs(say)
	for _, c := range f.shellCommands() {
		c.keysInURL(f, say)
	}
	if w := f.flowing(); w != nil {
		w.keysInURL(say)
	}
}

// literalsInURLs reports the keys themselves that stand in an address.
func (f *File) literalsInURLs(say func(start, end int)) {
	for pos := 0; ; {
		n := bytes.Index(f.Text[pos:], []byte(finding.KeyPrefix))
		if n < 0 {
			return
		}
		pos += n
		if url := urlBefore(f.Text, pos); url >= 0 && credible(f.Text, pos) {
			say(url, pos)
		}
		pos += len(finding.KeyPrefix)
	}
}

// variablesInURLs reports keys' variables in addresses in files that are no code but
// have variables put in, such as a proxy's configuration.
func (f *File) variablesInURLs(say func(start, end int)) {
	if w := f.code(); w != nil && !w.Lang.Markup || f.Place.Exposure == finding.Docs {
		return
	}
	scripts := f.scripts()
	for _, n := range f.keyNames() {
		for len(scripts) > 1 && scripts[1].base <= n.start {
			scripts = scripts[1:]
		}
		if len(scripts) > 0 && scripts[0].base <= n.start && n.start < scripts[0].base+len(scripts[0].text) {
			continue // a command's arguments are looked at by keysInURL
		}
		before := bytes.TrimRight(f.Text[max(0, n.start-40):n.start], " ")
		mark := 0
		for _, m := range []string{"${{secrets.", "${{ secrets.", "{{.", "{{", "${", "$(", "$"} {
			if bytes.HasSuffix(before, []byte(m)) {
				mark = len(m)
				break
			}
		}
		if mark == 0 || f.inComment(n.start) {
			continue
		}
		if url := urlBefore(f.Text, n.start-mark); url >= 0 {
			say(url, n.start)
		}
	}
}

// urlBefore returns where the address begins that text[pos] is in, or -1: there is no
// white space and no quote between the two.
func urlBefore(text []byte, pos int) int {
	from := max(0, pos-1024)
	before := text[from:pos]
	if n := bytes.LastIndexAny(before, " \t\r\n\"'`<>|\\^"); n >= 0 {
		before = before[n+1:]
		from += n + 1
	}
	n := bytes.LastIndex(before, []byte("://"))
	if n < 0 {
		return -1
	}
	letters := 0
	for letters < n && (isLetter(before[n-1-letters])) {
		letters++
	}
	if letters == 0 {
		return -1
	}
	return from + n - letters
}

// keysInURL reports the addresses among the command's arguments that a key is part of.
func (c *command) keysInURL(f *File, say func(start, end int)) {
	query := false // data goes into the address
	for _, a := range c.args {
		query = query || c.name == "curl" && (a.text == "-G" || a.text == "--get")
	}
	for i, a := range c.args {
		v, ok := a.key(f)
		if !ok || i == 0 {
			continue
		}
		url := strings.LastIndex(a.text[:v.at], "://")
		switch {
		case url >= 0 && !strings.ContainsAny(a.text[url:v.at], " \t\n"):
			say(v.start, v.end)
		case query && slices.Contains([]string{"-d", "--data", "--data-urlencode", "--data-raw"}, c.args[i-1].text):
			say(v.start, v.end)
		case isHTTPClient(c.name) && c.name != "curl" && c.name != "wget" && strings.Contains(a.text[:v.at], "=="):
			say(v.start, v.end)
		}
	}
}

// keysInURL reports the addresses in the code that a key is put into.
func (w *flow) keysInURL(say func(start, end int)) {
	found := func(lo, hi int) {
		for _, u := range w.keyUses(lo, hi, 0) {
			if !w.quoted(u) {
				say(w.Tokens[u.lo].Start, w.Tokens[u.hi-1].End)
			}
		}
	}
	for i := range w.Tokens {
		switch {
		case w.IsText(i):
			w.urlText(i, found)
		case w.IsWord(i) && w.ChainStart(i) == i && w.sep(w.ChainEnd(i)) == "+" && w.isAddress(i):
			w.urlRest(w.ChainEnd(i), found) // base + "?key=" + key
		}
	}
	for n := range w.Calls {
		if c := &w.Calls[n]; w.buildsQuery(c) {
			found(c.Lo, c.Hi)
		}
	}
	for name := range queryNames {
		for _, d := range w.Members(name) {
			if w.sendsQuery(d) || d.Root != syntax.None && w.Str(d.Token-1) == "." { // uri.query = ...
				found(d.Lo, d.Hi)
			}
		}
	}
}

// quoted reports whether u is a key itself in quotes: literalsInURLs knows those that
// are in an address.
func (w *flow) quoted(u use) bool { return w.IsText(u.lo) && w.Tokens[u.lo].Mate == u.lo }

// urlText follows the address that the string at token i begins, if it does.
func (w *flow) urlText(i int, found func(lo, hi int)) {
	open := endsInURL(w.Str(i), false)
	if !open && !w.Tokens[i].Part && w.Tokens[i].Mate > i && w.Str(i) == "" {
		// `${base}/x?key=${key}`
		n := i + 1
		if !w.IsWord(n) {
			n++
		}
		if open = w.IsWord(n) && w.isAddress(n); open {
			i = w.pastPart(i + 1)
		}
	} else if open {
		i++
	}
	if !open {
		return
	}
	w.urlRest(i, found)
	text := w.Str(i - 1)
	if !strings.Contains(text, "%") && !strings.Contains(text, "{") {
		return
	}
	// A format, with what is put into it.
	switch c := w.CallAt(w.Tokens[i-1].Up); {
	case w.sep(i) == "." && w.Str(i+1) == "format":
		if c := w.CallAt(i + 2); c != nil {
			found(c.Lo, c.Hi)
		}
	case w.sep(i) == "%":
		found(i+1, w.StatementEnd(i+1))
	case c != nil && w.sep(i) == "," && (passing(w.Str(c.Name)) || strings.HasSuffix(strings.ToLower(w.Str(c.Name)), "f")):
		found(i+1, c.Hi)
	}
}

// pastPart returns the token after the interpolation, or the variable, at token n.
func (w *flow) pastPart(n int) int {
	if m := w.Tokens[n].Mate; m > n {
		return m + 1
	}
	return n + 1
}

// urlRest follows an address, which goes on at token n, through what is interpolated
// and added.
func (w *flow) urlRest(n int, found func(lo, hi int)) {
	plus := "+"
	if w.Lang == syntax.PHP {
		plus = "."
	}
	for n < len(w.Tokens) && w.Spend(1) {
		tok := w.Tokens[n]
		switch {
		case w.IsText(n) && (tok.Part || w.Lang == syntax.Python || w.sep(n-1) == plus):
			if !endsInURL(w.Str(n), true) {
				return
			}
			n++
		case tok.Part && w.IsWord(n):
			found(n, n+1)
			n++
		case tok.Part && tok.Mate > n:
			found(n+1, tok.Mate)
			n = tok.Mate + 1
		case w.sep(n) == plus && n+1 < len(w.Tokens):
			n++
			if !w.IsText(n) {
				end := w.ChainEnd(n)
				found(n, end)
				n = end
			}
		default:
			return
		}
	}
}

// endsInURL reports whether an address that text begins, or that was begun before it,
// goes on at its end. One without a host is known by its query: /agents?key=
func endsInURL(text string, begun bool) bool {
	if n := strings.LastIndex(text, "://"); n > 0 {
		begun, text = true, text[n:]
	} else if strings.HasPrefix(text, "/") && strings.Contains(text, "?") && strings.HasSuffix(text, "=") {
		begun = true
	}
	return begun && !strings.ContainsAny(text, " \t\n<>\"'`")
}

// isAddress reports whether the name at token i is given an address in the file.
func (w *flow) isAddress(i int) bool {
	defs := w.Resolve(i)
	if m := w.member(i, w.ChainEnd(i)); m != syntax.None {
		defs = w.members(i, m)
	}
	for _, d := range defs {
		for n := d.Lo; n < d.Hi && n < d.Lo+20; n++ {
			if w.IsText(n) && endsInURL(w.Str(n), false) {
				return true
			}
		}
	}
	return false
}

// buildsQuery reports whether c puts its arguments into an address's query.
func (w *flow) buildsQuery(c *syntax.Call) bool {
	switch w.Str(c.Name) {
	case "query":
		return w.Lang == syntax.Rust
	case "parameter", "addQueryParameter", "appendQueryParameter", "setQueryParameter", "queryParam", "URLQueryItem", "AddQueryParameter", "AddQueryString":
		return true
	case "Set", "Add":
		return w.Lang == syntax.Go && w.isGoQuery(c.Start)
	case "URLSearchParams":
		// Also makes a form's body.
		n := c.Start - 1
		if w.Str(n) == "new" {
			n--
		}
		if w.sep(n) != ":" && w.sep(n) != "=" {
			return true
		}
		return !w.isBody(n-1) && !slices.ContainsFunc(w.words[w.Str(n-1)], func(use int) bool { return w.sep(use-1) == ":" && w.isBody(use-2) })
	case "set", "append":
		for n := c.Start; n < c.Name; n++ {
			if w.Str(n) == "searchParams" {
				return true
			}
		}
	}
	return false
}

// isBody reports whether token i names the body of a request.
func (w *flow) isBody(i int) bool { return w.Str(i) == "body" || w.Str(i) == "data" }

// isGoQuery reports whether token i names the query of an address: q := u.Query().
func (w *flow) isGoQuery(i int) bool {
	for _, d := range w.Resolve(i) {
		if d.Lo < d.Hi && w.Str(d.Hi-1) == ")" && w.Str(w.Tokens[d.Hi-1].Mate-1) == "Query" {
			return true
		}
	}
	return false
}

var queryNames = set("params", "query", "qs", "searchParams", "queryParameters", "query_params", "queryParams", "RawQuery")

// sendsQuery reports whether d is an argument, or an option, of a call that sends a request.
func (w *flow) sendsQuery(d syntax.Def) bool {
	up := w.Tokens[d.Token].Up
	for up != syntax.None && (w.Str(up) == "{" || w.Str(up) == "[") && w.Spend(1) {
		up = w.Tokens[up].Up
	}
	c := w.CallAt(up)
	return c != nil && responding[strings.ToLower(w.Str(c.Name))]
}
