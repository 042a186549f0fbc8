package rules

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/facts"
	"github.com/neokeys/neokeys/rules/internal/formats"
	"github.com/neokeys/neokeys/rules/internal/naming"
	"github.com/neokeys/neokeys/rules/internal/secret"
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
	Anchors:          naming.Anchors,
	MatchFile:        matchKeyInURL,
}

func matchKeyInURL(f *File, report func(Match)) {
	report = once(report)
	say := func(start, end int) {
		report(Match{
			Start: start, End: end, Severity: finding.Error, Confidence: finding.High,
			Message: "key in a URL: logs, browser histories and caches keep it; send it in the Authorization header",
		})
	}
	var literals []int // where addresses begin that have been reported, in order
	literalsInURLs(f, func(start, end int) {
		literals = append(literals, start)
		say(start, end)
	})
	variablesInURLs(f, say)
	for _, c := range f.ShellCommands() {
		keysInCommandURLs(&c, f, func(start, end int) {
			// The argument that a literal's address is in is that address again.
			if n, _ := slices.BinarySearch(literals, start); n == len(literals) || literals[n] >= end {
				say(start, end)
			}
		})
	}
	if w := f.Flow(); w != nil {
		keysInCode(w, say)
	}
}

// literalsInURLs reports the keys themselves that stand in an address.
func literalsInURLs(f *File, say func(start, end int)) {
	for _, pos := range f.KeyStarts() {
		if secret.Credible(f.Text, pos) { // first, since there may be very many that are not
			if url := urlBefore(f.Text, pos); url >= 0 {
				say(url, pos)
			}
		}
	}
}

// variablesInURLs reports keys' variables in addresses in files that are no code but
// have variables put in, such as a proxy's configuration.
func variablesInURLs(f *File, say func(start, end int)) {
	if f.Place.Exposure == finding.Docs || len(f.KeyNames()) == 0 {
		return
	}
	if w := f.Tree(); w != nil && !w.Lang.Markup {
		return
	}
	scripts := f.Scripts()
	for _, n := range f.KeyNames() {
		for len(scripts) > 1 && scripts[1].Base <= n.Start {
			scripts = scripts[1:]
		}
		if len(scripts) > 0 && scripts[0].Base <= n.Start && n.Start < scripts[0].Base+len(scripts[0].Text) {
			continue // a command's arguments are looked at by keysInCommandURLs
		}
		before := bytes.TrimRight(f.Text[max(0, n.Start-40):n.Start], " ")
		mark := 0
		for _, m := range []string{"${{secrets.", "${{ secrets.", "{{.", "{{", "${", "$(", "$"} {
			if bytes.HasSuffix(before, []byte(m)) {
				mark = len(m)
				break
			}
		}
		if mark == 0 || f.InComment(n.Start) {
			continue
		}
		if url := urlBefore(f.Text, n.Start-mark); url >= 0 {
			say(url, n.Start)
		}
	}
}

// urlBefore returns where the address begins that text[pos] is in, or -1: there is no
// white space and no quote between the two.
func urlBefore(src []byte, pos int) int {
	from := max(0, pos-1024)
	before := src[from:pos]
	if n := bytes.LastIndexAny(before, " \t\r\n\"'`<>|\\^"); n >= 0 {
		before = before[n+1:]
		from += n + 1
	}
	n := bytes.LastIndex(before, []byte("://"))
	if n < 0 {
		return -1
	}
	letters := 0
	for letters < n && (text.IsLetter(before[n-1-letters])) {
		letters++
	}
	if letters == 0 || isRow(before[n:]) {
		return -1
	}
	return from + n - letters
}

// isRow reports whether the address at the start of src is a cell of a table, such as one that a
// password manager exports, and has ended before the last of src: its host is followed by a
// comma, or its path by one and another cell.
func isRow(src []byte) bool {
	comma := bytes.IndexAny(src, ",;")
	return comma >= 0 && !bytes.ContainsAny(src[:comma], "?@#=&")
}

// keysInCommandURLs reports the addresses among the command's arguments that a key is part of.
func keysInCommandURLs(c *formats.Command, f *File, say func(start, end int)) {
	query := false // data goes into the address
	for _, a := range c.Args {
		query = query || c.Name == "curl" && (a.Text == "-G" || a.Text == "--get")
	}
	for i, a := range c.Args {
		v, ok := f.KeyIn(&a)
		if !ok || i == 0 {
			continue
		}
		url := strings.LastIndex(a.Text[:v.At], "://")
		switch {
		case url >= 0 && !strings.ContainsAny(a.Text[url:v.At], " \t\n"):
			say(v.Start, v.End)
		case query && slices.Contains([]string{"-d", "--data", "--data-urlencode", "--data-raw"}, c.Args[i-1].Text):
			say(v.Start, v.End)
		case facts.IsHTTPClient(c.Name) && c.Name != "curl" && c.Name != "wget" && strings.Contains(a.Text[:v.At], "=="):
			say(v.Start, v.End)
		}
	}
}

// keysInCode reports the addresses in the code that a key is put into.
func keysInCode(w *facts.Flow, say func(start, end int)) {
	found := func(lo, hi int) {
		for _, u := range w.KeyUses(lo, hi, 0) {
			if !w.Quoted(u) {
				say(w.Tokens[u.Lo].Start, w.Tokens[u.Hi-1].End)
			}
		}
	}
	for i := range w.Tokens {
		switch {
		case w.IsText(i):
			urlText(w, i, found)
		case w.IsWord(i) && w.ChainStart(i) == i && w.Sep(w.ChainEnd(i)) == "+" && isAddress(w, i):
			urlRest(w, w.ChainEnd(i), found) // base + "?key=" + key
		}
	}
	for n := range w.Calls {
		if c := &w.Calls[n]; w.BuildsQuery(c) {
			found(c.Lo, c.Hi)
		}
	}
	for name := range facts.QueryNames {
		for _, d := range w.Members(name) {
			if w.SendsQuery(d) || d.Root != syntax.None && w.Str(d.Token-1) == "." { // uri.query = ...
				found(d.Lo, d.Hi)
			}
		}
	}
}

// urlText follows the address that the string at token i begins, if it does.
func urlText(w *facts.Flow, i int, found func(lo, hi int)) {
	open := endsInURL(w.Str(i), false)
	if !open && !w.Tokens[i].Part && w.Tokens[i].Mate > i && w.Str(i) == "" {
		// `${base}/x?key=${key}`
		n := i + 1
		if !w.IsWord(n) {
			n++
		}
		if open = w.IsWord(n) && isAddress(w, n); open {
			i = pastPart(w, i+1)
		}
	} else if open {
		i++
	}
	if !open {
		return
	}
	urlRest(w, i, found)
	text := w.Str(i - 1)
	if !strings.Contains(text, "%") && !strings.Contains(text, "{") {
		return
	}
	// A format, with what is put into it.
	switch c := w.CallAt(w.Tokens[i-1].Up); {
	case w.Sep(i) == "." && w.Str(i+1) == "format":
		if c := w.CallAt(i + 2); c != nil {
			found(c.Lo, c.Hi)
		}
	case w.Sep(i) == "%":
		found(i+1, w.StatementEnd(i+1))
	case c != nil && w.Sep(i) == "," && (facts.Passing(w.Str(c.Name)) || strings.HasSuffix(strings.ToLower(w.Str(c.Name)), "f")):
		found(i+1, c.Hi)
	}
}

// pastPart returns the token after the interpolation, or the variable, at token n.
func pastPart(w *facts.Flow, n int) int {
	if m := w.Tokens[n].Mate; m > n {
		return m + 1
	}
	return n + 1
}

// urlRest follows an address, which goes on at token n, through what is interpolated
// and added.
func urlRest(w *facts.Flow, n int, found func(lo, hi int)) {
	joins := func(i int) bool { return w.Lang.Concat != "" && w.Sep(i) == w.Lang.Concat }
	for n < len(w.Tokens) && w.Spend(1) {
		tok := w.Tokens[n]
		switch {
		case w.IsText(n) && (tok.Part || w.Lang.Adjacent || joins(n-1)):
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
		case joins(n) && n+1 < len(w.Tokens):
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
func isAddress(w *facts.Flow, i int) bool {
	defs := w.Resolve(i)
	if m := w.Member(i, w.ChainEnd(i)); m != syntax.None {
		defs = w.MembersOf(i, m)
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
