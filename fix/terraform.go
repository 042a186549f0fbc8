package fix

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

func isTerraform(lower string, _ []byte) bool {
	return strings.HasSuffix(lower, ".tf") || strings.HasSuffix(lower, ".tofu") || isTerraformVariables(lower)
}

// isTerraformVariables reports whether a file gives values to variables.
func isTerraformVariables(lower string) bool {
	return strings.HasSuffix(lower, ".tfvars") || strings.HasSuffix(lower, ".tfvars.json")
}

var (
	hclDefault  = lazyregexp.New(`^[ \t]*default[ \t]*=[ \t]*"$`)
	hclSet      = lazyregexp.New(`^[ \t]*([A-Za-z_][A-Za-z0-9_-]*)[ \t]*=[ \t]*"$`)
	hclVariable = lazyregexp.New(`(?m)^[ \t]*variable[ \t]+"([^"]+)"[ \t]*\{`)
)

// terraform makes a variable of a key, marked as sensitive.
func (w *work) terraform(start, end int, name string) (*change, string) {
	line, nl := lineStart(w.Text, start), w.eol()
	before := w.Text[line:start]
	stop := text.LineEnd(w.Text, end)
	alone := strings.TrimSpace(string(w.Text[end:stop])) == `"`
	if trimmed := bytes.TrimSpace(before); bytes.HasPrefix(trimmed, []byte("#")) || bytes.HasPrefix(trimmed, []byte("//")) {
		return spelledOut(start, end, name), ""
	}
	if m := hclSet.FindSubmatch(before); m != nil && alone && strings.HasSuffix(strings.ToLower(w.Path), ".tfvars") {
		variable := "TF_VAR_" + string(m[1])
		return &change{title: "read " + variable + " from the environment", safe: true, variable: variable, edits: []edit{{line, min(stop+1, len(w.Text)), ""}}}, ""
	}
	if isTerraformVariables(strings.ToLower(w.Path)) {
		return no("a file of variables refers to nothing: take the value out, and set TF_VAR_... instead")
	}
	variable := strings.ToLower(name)
	ch := &change{title: "read var." + variable, safe: true, variable: "TF_VAR_" + variable}
	block := w.block(start)
	switch block.kind {
	case "variable":
		if hclDefault.Match(before) && alone {
			return w.terraformDefault(line, stop)
		}
		return block.withoutDefault(start, end)
	case "terraform":
		return no("Terraform fills in no variables here: take the key out, and pass it in the environment, or with -backend-config")
	case "output":
		ch.edits = block.sensitive(nl)
	}
	switch {
	case w.inHeredoc(start):
		ch.edits = append(ch.edits, edit{start, end, "${var." + variable + "}"})
	case len(before) > 0 && before[len(before)-1] == '"' && end < len(w.Text) && w.Text[end] == '"':
		ch.edits = append(ch.edits, edit{start - 1, end + 1, "var." + variable})
	case w.oddQuotes(line, start):
		ch.edits = append(ch.edits, edit{start, end, "${var." + variable + "}"})
	default:
		return no("the key is not in a string that can be read with certainty: replace it by hand with var." + variable)
	}
	if w.names.declares(w.Path, variable) {
		return ch, ""
	}
	gap := nl
	if !bytes.HasSuffix(w.Text, []byte("\n")) {
		gap += nl
	}
	ch.edits = append(ch.edits, edit{len(w.Text), len(w.Text), gap + "variable \"" + variable + "\" {" + nl + "  type      = string" + nl + "  sensitive = true" + nl + "}" + nl})
	return ch, ""
}

// oddQuotes reports whether text[pos] is in a string that begins on its line.
func (w *work) oddQuotes(line, pos int) bool {
	odd := false
	for i := line; i < pos; i++ {
		switch w.Text[i] {
		case '\\':
			i++
		case '"':
			odd = !odd
		}
	}
	return odd
}

// terraformDefault takes the default of a variable away, and marks the variable as sensitive.
func (w *work) terraformDefault(line, stop int) (*change, string) {
	all := hclVariable.FindAllSubmatchIndex(w.Text[:line], -1)
	if len(all) == 0 {
		return no("the variable that this is the default of cannot be found: take the default out by hand")
	}
	m := all[len(all)-1]
	variable := "TF_VAR_" + string(w.Text[m[2]:m[3]])
	body := w.Text[m[1]:]
	if n := bytes.Index(body, []byte("\n}")); n >= 0 {
		body = body[:n]
	}
	ch := &change{title: "read " + variable + " from the environment", safe: true, variable: variable}
	if bytes.Contains(body, []byte("sensitive")) {
		ch.edits = []edit{{line, min(stop+1, len(w.Text)), ""}}
		return ch, ""
	}
	if stop > line && w.Text[stop-1] == '\r' {
		stop--
	}
	indent := indentOf(w.Text, line)
	// The sign stays where it is, as terraform fmt has it.
	column := bytes.IndexByte(w.Text[line:stop], '=') - len(indent)
	ch.edits = []edit{{line, stop, indent + fmt.Sprintf("%-*s= true", max(column, len("sensitive ")), "sensitive")}}
	return ch, ""
}

// An hclBlock is the outermost block that a place is in.
type hclBlock struct {
	kind        string // its first word; empty for no block
	code        *code
	open, close int // its braces, as tokens
}

// block returns the block around the byte at offset pos.
func (w *work) block(pos int) (b hclBlock) {
	b.code = &code{Tree: syntax.Parse(syntax.HCL, w.Text), work: w}
	tokens := b.code.Tokens
	for i := range tokens {
		if b.code.Str(i) == "{" && tokens[i].Up == syntax.None && tokens[i].Start < pos && tokens[i].Mate < len(tokens) && pos < tokens[tokens[i].Mate].Start {
			first := i
			for first > 0 && !tokens[first].First {
				first--
			}
			b.kind, b.open, b.close = b.code.Str(first), i, tokens[i].Mate
		}
	}
	return b
}

// oneLine reports whether the block is written on one line.
func (b hclBlock) oneLine() bool {
	t := b.code.Tokens
	return !bytes.Contains(b.code.Text[t[b.open].Start:t[b.close].Start], []byte("\n"))
}

// withoutDefault makes variable "x" { sensitive = true } of variable "x" { default = "..." }.
func (b hclBlock) withoutDefault(start, end int) (*change, string) {
	c, i := b.code, b.open+1
	if !b.oneLine() || c.Str(i) != "default" || c.Str(i+1) != "=" || c.Tokens[i+2].Start != start || c.Tokens[i+2].End != end || i+3 != b.close {
		return no("a default is a constant: take it out, and set TF_VAR_... instead")
	}
	variable := "TF_VAR_" + c.Str(b.open-1)
	return &change{title: "read " + variable + " from the environment", safe: true, variable: variable, edits: []edit{{c.Tokens[i].Start, end + 1, "sensitive = true"}}}, ""
}

// sensitive returns the edits that mark an output as sensitive, as one of a sensitive variable has
// to be.
func (b hclBlock) sensitive(nl string) []edit {
	c := b.code
	body := c.Text[c.Tokens[b.open].End:c.Tokens[b.close].Start]
	if bytes.Contains(body, []byte("sensitive")) {
		return nil
	}
	at := c.Tokens[b.close].Start
	if b.oneLine() {
		opening := c.Tokens[b.open].End
		return []edit{{opening, opening, nl + " "}, {at, at, nl + "  sensitive = true" + nl}}
	}
	at = lineStart(c.Text, at)
	return []edit{{at, at, indentOf(c.Text, c.Tokens[b.open+1].Start) + "sensitive = true" + nl}}
}

// heredoc is where a text of several lines begins.
var heredoc = lazyregexp.New(`<<[-~]?([A-Za-z_][A-Za-z0-9_]*)[ \t\r]*$`)

// inHeredoc reports whether the byte at offset pos is in a text of several lines.
func (w *work) inHeredoc(pos int) bool {
	word := ""
	for line := range strings.Lines(string(w.Text[:lineStart(w.Text, pos)])) {
		trimmed := strings.TrimSpace(line)
		if word != "" {
			if trimmed == word {
				word = ""
			}
		} else if m := heredoc.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			word = m[1]
		}
	}
	return word != ""
}
