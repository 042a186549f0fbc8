package formats

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/neokeys/neokeys/internal/text"
)

// A Setting is a scalar in a YAML file, and the name it has there.
type Setting struct {
	// Path are the names of the mappings around, outermost first, without the
	// setting's own; "-" stands for a list.
	Path []string
	Key  string // "-" in a list
	// KeyStart and KeyEnd delimit the key; 0 and 0 in a list.
	KeyStart, KeyEnd int
	Value            string
	// Start and end delimit the value as it is written.
	Start, End int
	block      bool // written as a block: | or >
	Folded     bool // with line ends that stand for spaces
	// Group is equal for settings of the same mapping or list.
	Group *yaml.Node
}

// yamlDensity is that of YAML.
var yamlDensity = densityOf("", "\n,:-[{?&*!#\"'")

// maxYAMLWork bounds the work on one file. It is what nearly a megabyte takes that people write.
const maxYAMLWork = 160_000

// Settings returns the scalars of a YAML file in the order of the text, and whether it has read all of it.
// Of a file that is not YAML, such as a template, they are those of the lines that look like it.
func Settings(src []byte) (all []Setting, whole bool) {
	if n, _ := yamlDensity.upTo(src, maxYAMLWork); n < len(src) {
		return looseSettings(src[:n]), false
	}
	r := &yamlReader{text: src, lines: []int{0}}
	for i, c := range src {
		if c == '\n' {
			r.lines = append(r.lines, i+1)
		}
	}
	if !r.documents() {
		return looseSettings(src), true
	}
	return r.all, true
}

// documents reads all documents in the file, and reports whether they could be parsed.
func (r *yamlReader) documents() (ok bool) {
	defer func() {
		if recover() != nil { // a mistake in the parser must not end the scan
			ok = false
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(r.text))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return false
		}
		r.node(&doc, nil, nil, nil, 0)
	}
}

type yamlReader struct {
	text  []byte
	lines []int // where each line begins
	all   []Setting
}

// maxYAMLDepth is deeper than files are nested that people write.
const maxYAMLDepth = 100

func (r *yamlReader) node(n, key, group *yaml.Node, in []string, depth int) {
	if depth > maxYAMLDepth {
		return
	}
	name := "-"
	if key != nil {
		name = key.Value
	}
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			r.node(c, nil, n, nil, depth+1)
		}
	case yaml.MappingNode:
		if group != nil && group.Kind != yaml.DocumentNode {
			in = append(slices.Clip(in), name)
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			r.node(n.Content[i+1], n.Content[i], n, in, depth+1)
		}
	case yaml.SequenceNode:
		in = append(slices.Clip(in), name)
		for _, c := range n.Content {
			r.node(c, nil, n, in, depth+1)
		}
	case yaml.ScalarNode:
		s := Setting{Path: in, Key: name, Value: n.Value, Group: group}
		if key != nil {
			s.KeyStart, s.KeyEnd = r.place(key)
		}
		s.Start, s.End = r.place(n)
		s.Folded = n.Style&yaml.FoldedStyle != 0 || n.Style == 0 && strings.Contains(string(r.text[s.Start:s.End]), "\n")
		if s.block = n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0; s.block {
			s.Start, s.End = r.block(n)
		}
		r.all = append(r.all, s)
	}
}

// offset returns where in the text a node begins. Its column counts characters.
func (r *yamlReader) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(r.lines) {
		return len(r.text)
	}
	pos := r.lines[n.Line-1]
	for range n.Column - 1 {
		pos++
		for pos < len(r.text) && r.text[pos]&0xc0 == 0x80 {
			pos++
		}
	}
	return min(pos, len(r.text))
}

// place returns where a scalar is written, without quotes.
func (r *yamlReader) place(n *yaml.Node) (start, end int) {
	start = r.offset(n)
	rest := r.text[start:]
	if bytes.HasPrefix(rest, []byte(n.Value)) {
		return start, start + len(n.Value)
	}
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' && rest[0] == '"' {
				i++
			} else if rest[i] == rest[0] {
				return start + 1, start + i
			}
		}
	}
	// Over several lines, or with an anchor or a tag before it.
	if at := bytes.Index(rest[:min(len(rest), len(n.Value)+200)], []byte(n.Value)); at >= 0 {
		return start + at, start + at + len(n.Value)
	}
	lines := 0
	for i, c := range rest {
		if c == '\n' {
			if lines++; i > len(n.Value) {
				return start, start + i
			}
		}
	}
	return start, len(r.text)
}

// block returns the lines of a block scalar.
func (r *yamlReader) block(n *yaml.Node) (start, end int) {
	line := min(n.Line, len(r.lines)-1)
	start = r.lines[line] // the line after the one that n is said to be on
	indent := -1
	end = start
	for ; line < len(r.lines); line++ {
		from := r.lines[line]
		to := text.LineEnd(r.text, from)
		src := r.text[from:to]
		spaces := text.Run(src, func(c byte) bool { return c == ' ' })
		if spaces < len(bytes.TrimRight(src, "\r")) {
			if indent < 0 {
				indent = spaces
			}
			if spaces < indent || spaces == 0 {
				break
			}
			end = to
		}
	}
	return start, max(start, end)
}

// looseSettings returns the lines of text that say key: value, with their places in it
// recognised by their indentation.
func looseSettings(src []byte) (all []Setting) {
	type level struct {
		indent int
		name   string
		group  *yaml.Node
	}
	var open []level
	pos := 0
	for line := range bytes.Lines(src) {
		from := pos
		pos += len(line)
		line = bytes.TrimRight(line, " \t\r\n")
		indent := text.Run(line, func(c byte) bool { return c == ' ' || c == '-' })
		body := line[indent:]
		if len(body) == 0 || body[0] == '#' || body[0] == '{' {
			continue
		}
		for len(open) > 0 && open[len(open)-1].indent >= indent {
			open = open[:len(open)-1]
		}
		s := Setting{Key: "-", Start: from + indent, End: from + len(line)}
		for _, l := range open {
			s.Path = append(s.Path, l.name)
			s.Group = l.group
		}
		n := text.Run(body, func(c byte) bool { return text.IsAlnum(c) || bytes.IndexByte([]byte(`_-."'/`), c) >= 0 })
		rest := body[n:]
		if n > 0 && len(rest) > 0 && rest[0] == ':' && (len(rest) == 1 || rest[1] == ' ') {
			s.Key = strings.Trim(string(body[:n]), `"'`)
			s.KeyStart = from + indent + bytes.Index(body, []byte(s.Key))
			s.KeyEnd = s.KeyStart + len(s.Key)
			value := bytes.TrimLeft(rest[1:], " ")
			if len(value) == 0 || value[0] == '|' || value[0] == '>' {
				if len(open) < maxYAMLDepth {
					open = append(open, level{indent, s.Key, &yaml.Node{}})
				}
				continue
			}
			s.Start = from + len(line) - len(value)
		}
		s.Value = string(src[s.Start:s.End])
		if q := s.Value[0]; (q == '"' || q == '\'') && len(s.Value) > 1 {
			if n := strings.IndexByte(s.Value[1:], q); n >= 0 {
				s.Value = s.Value[1 : 1+n]
				s.Start, s.End = s.Start+1, s.Start+1+n
			}
		}
		all = append(all, s)
	}
	return all
}

// ScriptKeys are the names under which YAML files hold shell scripts.
var ScriptKeys = text.Set("run", "script", "before_script", "after_script", "command", "commands", "cmds", "cmd", "bash", "sh", "pwsh", "powershell",
	"entrypoint", "test", "args", "preScript", "postScript", "install", "before_install", "before_deploy", "after_success", "inlineScript")
