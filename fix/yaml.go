package fix

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// maxYAML is the size in bytes of the largest YAML file that is edited: each edit is checked by
// reading the file again.
const maxYAML = 256 << 10

// A yamlFile is a YAML file as a parser reads it.
type yamlFile struct {
	src     []byte
	scalars []yamlScalar
}

// A yamlScalar is a value in a YAML file.
type yamlScalar struct {
	*yaml.Node
	// path are the names of the mappings around it, outermost first; "[]" is a list.
	path []string
	// pair is the mapping that it is a value of, name its name there; nil in a list.
	pair, name *yaml.Node
	start      int // where it begins, with its quotes
}

// parseYAML returns nil for what is no YAML. A command with a header in it, which needs quotes and
// often has none, is read as what it is meant to be.
func parseYAML(src []byte) *yamlFile {
	if len(src) > maxYAML {
		return nil
	}
	if f := readYAML(src, src); f != nil {
		return f
	}
	return readYAML(src, withoutColons(src))
}

// unquoted is a line whose value has quotes, but begins with none.
var unquoted = lazyregexp.New(`(?m)^[ \t]*(?:- )*(?:[A-Za-z_][\w.-]*:[ \t]+)?[A-Za-z./$][^\n"':]*["'][^\n]*$`)

// withoutColons returns src with semicolons in the place of the colons in values without quotes.
func withoutColons(src []byte) []byte {
	return []byte(unquoted.ReplaceAllStringFunc(string(src), func(line string) string {
		from := max(0, strings.IndexAny(line, `"'`))
		return line[:from] + strings.ReplaceAll(line[from:], ": ", "; ")
	}))
}

// readYAML reads text, which is as long as src, the file.
func readYAML(src, text []byte) *yamlFile {
	f := &yamlFile{src: src}
	lines := lineStarts(src)
	d := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return f
		}
		if err != nil {
			return nil
		}
		f.collect(src, lines, &doc, nil, nil, nil)
	}
}

func (f *yamlFile) collect(src []byte, lines []int, n *yaml.Node, path []string, pair, name *yaml.Node) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			f.collect(src, lines, c, path, nil, nil)
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			f.collect(src, lines, c, append(path[:len(path):len(path)], "[]"), nil, nil)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			f.collect(src, lines, n.Content[i+1], append(path[:len(path):len(path)], n.Content[i].Value), n, n.Content[i])
		}
	case yaml.ScalarNode:
		f.scalars = append(f.scalars, yamlScalar{n, path, pair, name, offsetOf(src, lines, n)})
	}
}

// offsetOf returns where a node begins.
func offsetOf(src []byte, lines []int, n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(lines) {
		return len(src)
	}
	at := lines[n.Line-1]
	for col := 1; col < n.Column && at < len(src); col++ {
		_, size := utf8.DecodeRune(src[at:])
		at += size
	}
	return at
}

// at returns the scalar that the key at offset pos is in, or nil.
func (f *yamlFile) at(pos int, secret string) *yamlScalar {
	if f == nil {
		return nil
	}
	var best *yamlScalar
	for i := range f.scalars {
		s := &f.scalars[i]
		if s.start <= pos && (best == nil || s.start >= best.start) {
			best = s
		}
	}
	if best == nil || !strings.Contains(best.Value, secret) || pos >= best.end(f.src) {
		return nil
	}
	return best
}

// end returns where the scalar ends, if it has quotes or is on one line; of others, the end of the
// file.
func (s *yamlScalar) end(src []byte) int {
	rest := src[min(s.start, len(src)):]
	switch {
	case s.isBlock():
		return len(src)
	case s.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0:
		if bytes.HasPrefix(rest, []byte(s.Value)) {
			return s.start + len(s.Value)
		}
		return len(src)
	}
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[0] == '"' && rest[i] == '\\':
			i++
		case rest[i] != rest[0]:
		case rest[0] == '\'' && i+1 < len(rest) && rest[i+1] == '\'':
			i++
		default:
			return s.start + i + 1
		}
	}
	return len(src)
}

// replaceIn returns the edits by which a scalar has new in the place of text[start:end], with
// quotes if those are needed; nil if that cannot be written. Nothing else in the file changes.
func (w *work) replaceIn(s *yamlScalar, start, end int, new string) []edit {
	old := string(w.Text[start:end])
	escaped := new
	switch {
	case s.Style&yaml.SingleQuotedStyle != 0:
		escaped = strings.ReplaceAll(new, "'", "''")
	case s.Style&yaml.DoubleQuotedStyle != 0:
		escaped = doubleQuoted.Replace(new)
	}
	candidates := [][]edit{{{start, end, escaped}}}
	if value := s.Value; s.Style == 0 && bytes.HasPrefix(w.Text[min(s.start, len(w.Text)):], []byte(value)) && start >= s.start && end <= s.start+len(value) {
		whole := value[:start-s.start] + new + value[end-s.start:]
		candidates = append(candidates, []edit{{s.start, s.start + len(value), `"` + doubleQuoted.Replace(whole) + `"`}})
	}
	for _, c := range candidates {
		if w.yamlBecomes(c, s, old, new) {
			return c
		}
	}
	return nil
}

var doubleQuoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// yamlBecomes reports whether the edits make of scalar s what they should, and leave every other
// one as it is.
func (w *work) yamlBecomes(edits []edit, s *yamlScalar, old, new string) bool {
	was, is := w.yaml(), parseYAML([]byte(apply(w.Text, edits)))
	if is == nil || len(is.scalars) != len(was.scalars) {
		return false
	}
	for i := range is.scalars {
		before, after := was.scalars[i].Value, is.scalars[i].Value
		if was.scalars[i].Node == s.Node {
			if !replacedOnce(before, after, old, new) || is.scalars[i].Tag != "!!str" {
				return false
			}
		} else if before != after {
			return false
		}
	}
	return true
}

// replacedOnce reports whether after is before with one old replaced by new.
func replacedOnce(before, after, old, new string) bool {
	for at := 0; ; at++ {
		n := strings.Index(before[at:], old)
		if n < 0 {
			return false
		}
		at += n
		if before[:at]+new+before[at+len(old):] == after {
			return true
		}
	}
}

// isFlow reports whether the mapping is written with braces.
func isFlow(pair *yaml.Node) bool { return pair != nil && pair.Style&yaml.FlowStyle != 0 }

// isBlock reports whether the scalar has lines of its own.
func (s *yamlScalar) isBlock() bool { return s.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 }

// within reports whether one of the mappings around the scalar has that name.
func (s *yamlScalar) within(name string) bool {
	for _, p := range s.path[:max(0, len(s.path)-1)] {
		if p == name {
			return true
		}
	}
	return false
}

// parent returns the name of the mapping that the scalar's own mapping or list is the value of.
func (s *yamlScalar) parent() string {
	for i := len(s.path) - 2; i >= 0; i-- {
		if s.path[i] != "[]" {
			return s.path[i]
		}
	}
	return ""
}

// own returns the scalar's name; empty in a list.
func (s *yamlScalar) own() string {
	if s.name == nil {
		return ""
	}
	return s.name.Value
}

// sibling returns the value of another name in the scalar's mapping; empty if there is none.
func (s *yamlScalar) sibling(name string) string {
	if s.pair == nil {
		return ""
	}
	for i := 0; i+1 < len(s.pair.Content); i += 2 {
		if s.pair.Content[i].Value == name {
			return s.pair.Content[i+1].Value
		}
	}
	return ""
}

// withoutEntry returns the edits that take a name with its value, on a line of their own, out of a
// mapping; nil if they share the line, or if nothing would be left of the mapping.
func (w *work) withoutEntry(s *yamlScalar) []edit {
	if s.pair == nil || isFlow(s.pair) || len(s.pair.Content) < 4 || s.isBlock() {
		return nil
	}
	line := w.lines[s.name.Line-1]
	end := min(text.LineEnd(w.Text, s.start)+1, len(w.Text))
	indent := string(w.Text[line : line+text.Run(w.Text[line:], text.IsBlank)])
	if !strings.HasPrefix(string(w.Text[line+len(indent):]), s.name.Value) && !strings.HasPrefix(string(w.Text[line+len(indent):]), `"`) {
		return nil // "- name: value"
	}
	if rest := strings.TrimSpace(string(w.Text[s.start:end])); len(rest) > len(s.Value)+2 && !strings.Contains(rest, "#") {
		return nil
	}
	is := parseYAML([]byte(apply(w.Text, []edit{{line, end, ""}})))
	if is == nil || len(is.scalars) != len(w.yaml().scalars)-1 {
		return nil
	}
	return []edit{{line, end, ""}}
}

// withoutItem returns the edits that take a value out of a list, with its line; nil if it shares
// that, or is all that there is in the list.
func (w *work) withoutItem(s *yamlScalar) []edit {
	line, end := lineStart(w.Text, s.start), min(text.LineEnd(w.Text, s.start)+1, len(w.Text))
	whole := strings.Trim(strings.TrimSpace(string(w.Text[line:end])), "-\"' ")
	is := parseYAML([]byte(apply(w.Text, []edit{{line, end, ""}})))
	if whole != s.Value || is == nil || len(is.scalars) != len(w.yaml().scalars)-1 {
		return nil
	}
	return []edit{{line, end, ""}}
}

// under returns the values below a name in the mapping at path.
func (f *yamlFile) under(path []string, name string) (values []string) {
	if f == nil {
		return nil
	}
	for _, s := range f.scalars {
		if n := len(path); len(s.path) > n && slices.Equal(s.path[:n], path) && s.path[n] == name && (s.own() == name || s.own() == "" || s.own() == "path") {
			values = append(values, s.Value)
		}
	}
	return values
}

// env returns the value of a name among those of a mapping; empty if it is not there.
func (s *yamlScalar) env(content []*yaml.Node, name string) string {
	for i := 0; i+1 < len(content); i += 2 {
		if content[i].Value == name {
			return content[i+1].Value
		}
	}
	return ""
}

// withoutParent returns the edits that take out a mapping of which the scalar is all there is,
// with its name, on two lines; nil if it is written otherwise.
func (w *work) withoutParent(s *yamlScalar) []edit {
	if s.pair == nil || isFlow(s.pair) || len(s.pair.Content) != 2 || s.isBlock() || s.name.Line < 2 {
		return nil
	}
	above, line := w.lines[s.name.Line-2], w.lines[s.name.Line-1]
	if strings.TrimSpace(string(w.Text[above:line])) != s.parent()+":" {
		return nil
	}
	end := min(text.LineEnd(w.Text, s.start)+1, len(w.Text))
	is := parseYAML([]byte(apply(w.Text, []edit{{above, end, ""}})))
	if is == nil || len(is.scalars) != len(w.yaml().scalars)-1 {
		return nil
	}
	return []edit{{above, end, ""}}
}
