package fix

import (
	"bytes"
	"slices"
	"strings"

	sh "mvdan.cc/sh/v3/syntax"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules/syntax"
)

// parameter is the name of a parameter of a URL right before its value.
var parameter = lazyregexp.New(`([?&])[A-Za-z_-]+=$`)

// keyInURL sends the key in a header instead.
func (w *work) keyInURL(f *finding.Finding, start, end int) (*change, string) {
	if w.keyAt(f) != nil {
		return no("once the key is a variable, neokeys fix --unsafe moves it to a header, or says how")
	}
	switch d := dialectOf(w.Path, w.Text); {
	case d != nil:
		c := w.program(d)
		if ch := c.headerInstead(start, end); ch != nil {
			return ch, ""
		}
		return no(byHeader(d))
	case isShell(w.Path, w.Text):
		if ch := w.commandHeader(start, end); ch != nil {
			return ch, ""
		}
		return no(`take the key out of the URL, and send it in a header: curl -H "Authorization: Bearer $NEO_API_KEY"`)
	}
	return no("take the key out of the URL, and send it in a header: Authorization: Bearer, followed by the key")
}

// A parameterCut is how a parameter goes out of a URL.
type parameterCut struct {
	edits []edit
	// expr is the value of the parameter.
	expr string
	// up is the bracket that the URL is in.
	up int
}

// headerInstead takes a parameter out of the URL that a call gets, and adds a header to the call;
// nil for calls that it does not know.
func (c *code) headerInstead(start, end int) *change {
	i := c.At(start)
	if i == syntax.None {
		return nil
	}
	cut := c.parameterAt(i, start, end)
	if cut == nil || cut.up == syntax.None {
		return nil
	}
	if up := c.Tokens[cut.up].Up; c.Str(cut.up) == "{" && up != syntax.None && c.CallAt(cut.up) == nil { // axios({ url: ... })
		cut.up = up
	}
	call := c.CallAt(cut.up)
	for call != nil && addresses[c.callee(call)] { // fetch(new URL(...))
		if c.Tokens[call.Start].Up == syntax.None {
			return nil
		}
		call = c.CallAt(c.Tokens[call.Start].Up)
	}
	if call == nil || call.Hi >= len(c.Tokens) || c.dialect.header == nil {
		return nil
	}
	added := c.dialect.header(c, call, cut.expr)
	if added == nil {
		return nil
	}
	return &change{title: "send the key in the Authorization header", edits: joined(slices.Concat(cut.edits, added))}
}

// addresses are functions that make a URL of a text.
var addresses = map[string]bool{"URL": true, "URI": true, "URI.parse": true, "URI.create": true, "Uri.parse": true, "Uri": true, "URI.encode": true}

// callee returns what a call names, with its receiver.
func (c *code) callee(call *syntax.Call) string {
	return string(c.Text[c.Tokens[call.Start].Start:c.Tokens[call.Name].End])
}

// parameterAt returns how to take the parameter out of a URL whose value is at token i.
func (c *code) parameterAt(i, start, end int) *parameterCut {
	up := c.Tokens[i].Up
	if up > 2 && c.Str(up) == "{" && c.Str(up-1) == "=" && c.Str(up-2) == "params" && c.Str(up-3) == "," && c.Str(i-1) == ":" && c.Tokens[up].Mate == i+1 && i-2 == up+1 {
		return &parameterCut{[]edit{{c.Tokens[up-3].Start, c.Tokens[i+1].End, ""}}, string(c.Text[start:end]), c.Tokens[up].Up} // params={"api_key": key}
	}
	if up != syntax.None && c.Tokens[up].Part { // in a template
		mate := c.Tokens[up].Mate
		if mate >= len(c.Tokens) || c.Tokens[mate-1].End != end || !c.IsText(up-1) {
			return nil
		}
		return c.interpolated(up-1, c.Tokens[up].Start, c.Tokens[mate].End, string(c.Text[start:end]), c.Tokens[up].Up)
	}
	if c.Tokens[i].Part && c.IsText(i-1) { // $key in a string
		from, to := start, end
		for from > 0 && strings.IndexByte("${", c.Text[from-1]) >= 0 {
			from--
		}
		if bytes.ContainsRune(c.Text[from:start], '{') && to < len(c.Text) && c.Text[to] == '}' {
			to++
		}
		expr := string(c.Text[start:end])
		if c.dialect == phpDialect && !strings.HasPrefix(expr, "$") {
			expr = "$" + expr
		}
		return c.interpolated(i-1, from, to, expr, up)
	}
	return c.concatenated(i, start, end)
}

// interpolated cuts text[from:to], which is the value of a parameter in a literal, after token before.
func (c *code) interpolated(before, from, to int, expr string, up int) *parameterCut {
	at := c.Tokens[before].Start
	m := parameter.FindSubmatchIndex(c.Text[at:from])
	if m == nil {
		return nil
	}
	first := c.Text[at+m[2]] == '?'
	cut := edit{at + m[0], to, ""}
	if first && to < len(c.Text) && c.Text[to] == '&' {
		cut.start, cut.end = cut.start+1, cut.end+1 // the next parameter is the first
	}
	return &parameterCut{[]edit{cut}, expr, up}
}

// concatenated cuts a parameter whose value is joined to a literal before it: "...?key=" + key
func (c *code) concatenated(i, start, end int) *parameterCut {
	join := c.dialect.concat
	first := c.ChainStart(i)
	if c.dialect.concat == "." { // no part of a chain
		first = i
	}
	end = start + len(strings.TrimRight(strings.TrimSuffix(string(c.Text[start:end]), join), " "))
	before := first - 1
	if join == "" || c.Str(before) != join || !c.IsText(before-1) {
		return nil
	}
	l, ok := c.literal(c.Tokens[before-1].Start, c.Tokens[before-1].End)
	if !ok || l.last != before-1 {
		return nil
	}
	m := parameter.FindSubmatchIndex(c.Text[c.Tokens[l.last].Start:c.Tokens[l.last].End])
	if m == nil {
		return nil
	}
	expr := string(c.Text[c.Tokens[first].Start:end])
	at := c.Tokens[l.last].Start + m[0]
	cut := edit{l.close, end, ""}
	after := c.At(end)
	if after == syntax.None {
		after = i + 1
	}
	for after < len(c.Tokens) && c.Tokens[after].Start < end {
		after++
	}
	if c.Str(after) != join {
		return &parameterCut{[]edit{{at, l.close - len(l.quote), ""}, cut}, expr, c.Tokens[i].Up}
	}
	if !c.IsText(after+1) || c.Text[c.Tokens[after+1].Start] != '&' {
		return nil
	}
	edits := []edit{{at, l.close - len(l.quote), ""}, cut}
	if c.Text[c.Tokens[l.last].Start+m[2]] == '?' {
		next := c.Tokens[after+1].Start
		edits = append(edits, edit{next, next + 1, "?"})
	}
	return &parameterCut{edits, expr, c.Tokens[i].Up}
}

// command returns the simple command that the byte at offset pos is in, and which of its words.
func (s *shellScript) command(pos int) (call *sh.CallExpr, word int) {
	sh.Walk(s.file, func(n sh.Node) bool {
		if c, ok := n.(*sh.CallExpr); ok {
			for i, a := range c.Args {
				if int(a.Pos().Offset()) <= pos && pos < int(a.End().Offset()) {
					call, word = c, i
				}
			}
		}
		return true
	})
	return call, word
}

// commandHeader has a command send a header in the place of a parameter of the URL.
func (w *work) commandHeader(start, end int) *change {
	script := w.script()
	if script == nil {
		return nil
	}
	call, n := script.command(start)
	if call == nil {
		return nil
	}
	word := call.Args[n]
	from, to := int(word.Pos().Offset()), int(word.End().Offset())
	m := parameter.FindSubmatchIndex(w.Text[from:start])
	if m == nil {
		return nil
	}
	cut := edit{from + m[0], end, ""}
	if w.Text[from+m[2]] == '?' && end < to && w.Text[end] == '&' {
		cut.start, cut.end = cut.start+1, cut.end+1
	}
	value := string(w.Text[start:end])
	header := edit{from, from, `-H "Authorization: Bearer ` + value + `" `}
	switch call.Args[0].Lit() {
	case "curl":
	case "wget":
		header.new = `--header="Authorization: Bearer ` + value + `" `
	case "http", "https", "xh", "xhs": // fields come after the URL
		header = edit{to, to, ` "Authorization:Bearer ` + value + `"`}
	default:
		return nil
	}
	return &change{title: "send the key in the Authorization header", edits: []edit{header, cut}}
}
