package formats

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// An Instruction is one of a Dockerfile's. Dockerfiles are read here rather than with
// BuildKit's parser, which makes the program 3.7 MB larger; what the rules need of
// them is instructions, continued lines, comments and here-documents.
type Instruction struct {
	Name string // in upper case
	// Start and end delimit what follows the name, up to the end of its last line.
	Start, end int
	// Text is that, with comments between its lines blank and continued lines ending in a
	// backslash, whichever byte the file has in its place.
	Text []byte
}

// IsDockerfile reports whether a file of this name, in lower case, is a Dockerfile.
func IsDockerfile(base string) bool {
	return base == "dockerfile" || base == "containerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasPrefix(base, "dockerfile-") ||
		strings.HasPrefix(base, "containerfile.") || strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".containerfile")
}

// Instructions returns the instructions of the Dockerfile text.
func Instructions(src []byte) (all []Instruction) {
	escape := byte('\\')
	if n := bytes.Index(src[:min(len(src), 500)], []byte("escape=`")); n >= 0 {
		escape = '`'
	}
	docs := hereDocs{src: src}
	for pos := 0; pos < len(src); {
		end := text.LineEnd(src, pos)
		line := bytes.TrimSpace(src[pos:end])
		n := text.Run(line, text.IsLetter)
		if n == 0 || line[0] == '#' {
			pos = end + 1
			continue
		}
		in := Instruction{Name: strings.ToUpper(string(line[:n]))}
		in.Start = pos + bytes.Index(src[pos:end], line) + n
		var comments [][2]int
		var escapes []int
		for continues(src[pos:end], escape) && end < len(src) {
			escapes = append(escapes, pos+bytes.LastIndexByte(src[pos:end], escape))
			pos = end + 1
			end = text.LineEnd(src, pos)
			// A comment or an empty line does not end the instruction.
			for end < len(src) && isCommentLine(src[pos:end]) {
				comments = append(comments, [2]int{pos, end})
				pos = end + 1
				end = text.LineEnd(src, pos)
			}
		}
		end = docs.end(in.Start, end)
		in.end = min(end, len(src))
		in.Text = slices.Clone(src[in.Start:in.end])
		for _, at := range escapes {
			in.Text[at-in.Start] = '\\'
		}
		for _, c := range comments {
			text.Blank(in.Text[c[0]-in.Start : min(c[1], in.end)-in.Start])
			if i := c[1] - in.Start; i < len(in.Text) { // join the lines around it
				in.Text[i] = ' '
			}
		}
		all = append(all, in)
		pos = end + 1
	}
	return all
}

func continues(line []byte, escape byte) bool {
	line = bytes.TrimRight(line, " \t\r")
	return len(line) > 0 && line[len(line)-1] == escape
}

func isCommentLine(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#'
}

// hereDocs are the here-documents of a text.
type hereDocs struct {
	src []byte
	// last is where the last line begins that is a word and nothing else: not known until one is looked
	// for. It saves searching the rest of a text again and again for what does not come.
	last map[string]int
}

// end returns the end of the here-document that the text from start up to end begins, or end.
func (d *hereDocs) end(start, end int) int {
	line := d.src[start:end]
	n := bytes.Index(line, []byte("<<"))
	if n < 0 {
		return end
	}
	word := bytes.TrimLeft(line[n+2:], `-"'`)
	word = word[:text.Run(word, isDelimiter)]
	if len(word) == 0 || d.lastLine(word) <= end {
		return end
	}
	for pos := end + 1; pos < len(d.src); {
		e := text.LineEnd(d.src, pos)
		if bytes.Equal(bytes.TrimSpace(d.src[pos:e]), word) {
			return e
		}
		pos = e + 1
	}
	return end
}

func isDelimiter(c byte) bool { return text.IsAlnum(c) || c == '_' }

// lastLine returns where the last line begins that is word; -1 if none is.
func (d *hereDocs) lastLine(word []byte) int {
	if d.last == nil {
		d.last = map[string]int{}
		pos := 0
		for line := range bytes.Lines(d.src) {
			if w := bytes.TrimSpace(line); len(w) > 0 && text.Run(w, isDelimiter) == len(w) {
				d.last[string(w)] = pos
			}
			pos += len(line)
		}
	}
	if pos, ok := d.last[string(word)]; ok {
		return pos
	}
	return -1
}

// DockerScripts returns what the instructions of a Dockerfile run in a shell.
func DockerScripts(file []Instruction) (all []Script) {
	for _, in := range file {
		if in.Name != "RUN" && in.Name != "CMD" && in.Name != "ENTRYPOINT" && in.Name != "HEALTHCHECK" {
			continue
		}
		t := slices.Clone(in.Text)
		for i := 0; i < len(t); { // options such as --mount=type=secret
			for i < len(t) && (t[i] == ' ' || t[i] == '\t') {
				i++
			}
			if !bytes.HasPrefix(t[i:], []byte("--")) && !bytes.HasPrefix(t[i:], []byte("CMD ")) {
				break
			}
			n := i + text.Run(t[i:], func(c byte) bool { return c > ' ' })
			text.Blank(t[i:n])
			i = n
		}
		if bytes.HasPrefix(bytes.TrimLeft(t, " "), []byte("[")) {
			// The exec form: words in a JSON list.
			for i, c := range t {
				if c == '[' || c == ']' || c == ',' {
					t[i] = ' '
				}
			}
		}
		all = append(all, Script{t, in.Start})
	}
	return all
}

// DockerVariables returns what the ENV and ARG instructions of a Dockerfile set.
func DockerVariables(file []Instruction) (all []EnvVariable) {
	for _, in := range file {
		if in.Name == "ENV" || in.Name == "ARG" {
			for _, v := range in.Pairs() {
				v.Group = in.Name
				all = append(all, v)
			}
		}
	}
	return all
}

// Pairs returns the variables that an ENV or ARG instruction names.
func (in *Instruction) Pairs() (all []EnvVariable) {
	t := in.Text
	for i := 0; i < len(t); {
		i += text.Run(t[i:], func(c byte) bool { return c <= ' ' || c == '\\' })
		n := i + text.Run(t[i:], func(c byte) bool { return text.IsAlnum(c) || c == '_' })
		if n == i {
			return all
		}
		v := EnvVariable{Name: string(t[i:n]), NameStart: in.Start + i, NameEnd: in.Start + n}
		v.Start, v.End = v.NameEnd, v.NameEnd
		switch {
		case n < len(t) && t[n] == '=':
			i = n + 1
			end := i
			if i < len(t) && (t[i] == '"' || t[i] == '\'') {
				v.Quote = t[i]
				i++
				end = i + max(0, text.Closing(t[i:], v.Quote))
				v.Start, v.End = in.Start+i, in.Start+end
				end++
			} else {
				end += text.Run(t[i:], func(c byte) bool { return c > ' ' })
				v.Start, v.End = in.Start+i, in.Start+end
			}
			i = min(end, len(t))
		case in.Name == "ENV" && len(all) == 0: // ENV name value
			rest := bytes.TrimSpace(t[n:])
			if len(rest) > 0 {
				v.Start = in.Start + n + bytes.Index(t[n:], rest)
				v.End = v.Start + len(rest)
			}
			i = len(t)
		default:
			i = n
		}
		if v.End > v.Start {
			v.Value = string(t[v.Start-in.Start : v.End-in.Start])
		}
		all = append(all, v)
	}
	return all
}
