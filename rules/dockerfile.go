package rules

import (
	"bytes"
	"slices"
	"strings"
)

// An instruction is one of a Dockerfile's. Dockerfiles are read here rather than with
// BuildKit's parser, which makes the program 3.7 MB larger; what the rules need of
// them is instructions, continued lines, comments and here-documents.
type instruction struct {
	name string // in upper case
	// start and end delimit what follows the name, up to the end of its last line.
	start, end int
	// text is that, with comments between its lines blank.
	text []byte
}

func isDockerfile(base string) bool {
	return base == "dockerfile" || base == "containerfile" || strings.HasPrefix(base, "dockerfile.") || strings.HasPrefix(base, "dockerfile-") ||
		strings.HasPrefix(base, "containerfile.") || strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".containerfile")
}

// instructions returns the instructions of the Dockerfile text.
func instructions(text []byte) (all []instruction) {
	escape := byte('\\')
	if n := bytes.Index(text[:min(len(text), 500)], []byte("escape=`")); n >= 0 {
		escape = '`'
	}
	for pos := 0; pos < len(text); {
		end := lineEnd(text, pos)
		line := bytes.TrimSpace(text[pos:end])
		n := run(line, isLetter)
		if n == 0 || line[0] == '#' {
			pos = end + 1
			continue
		}
		in := instruction{name: strings.ToUpper(string(line[:n]))}
		in.start = pos + bytes.Index(text[pos:end], line) + n
		var comments [][2]int
		for continues(text[pos:end], escape) && end < len(text) {
			pos = end + 1
			end = lineEnd(text, pos)
			// A comment or an empty line does not end the instruction.
			for end < len(text) && isCommentLine(text[pos:end]) {
				comments = append(comments, [2]int{pos, end})
				pos = end + 1
				end = lineEnd(text, pos)
			}
		}
		end = hereDocEnd(text, in.start, end)
		in.end = min(end, len(text))
		in.text = slices.Clone(text[in.start:in.end])
		for _, c := range comments {
			blank(in.text[c[0]-in.start : min(c[1], in.end)-in.start])
			if i := c[1] - in.start; i < len(in.text) { // join the lines around it
				in.text[i] = ' '
			}
		}
		all = append(all, in)
		pos = end + 1
	}
	return all
}

func lineEnd(text []byte, pos int) int {
	if pos >= len(text) {
		return len(text)
	}
	if n := bytes.IndexByte(text[pos:], '\n'); n >= 0 {
		return pos + n
	}
	return len(text)
}

func continues(line []byte, escape byte) bool {
	line = bytes.TrimRight(line, " \t\r")
	return len(line) > 0 && line[len(line)-1] == escape
}

func isCommentLine(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == '#'
}

// hereDocEnd returns the end of the here-document that text[start:end] begins, or end.
func hereDocEnd(text []byte, start, end int) int {
	line := text[start:end]
	n := bytes.Index(line, []byte("<<"))
	if n < 0 {
		return end
	}
	word := bytes.TrimLeft(line[n+2:], `-"'`)
	word = word[:run(word, func(c byte) bool { return isAlnum(c) || c == '_' })]
	if len(word) == 0 {
		return end
	}
	for pos := end + 1; pos < len(text); {
		e := lineEnd(text, pos)
		if bytes.Equal(bytes.TrimSpace(text[pos:e]), word) {
			return e
		}
		pos = e + 1
	}
	return end
}

// dockerScripts returns what a Dockerfile runs in a shell.
func dockerScripts(text []byte) (all []script) {
	for _, in := range instructions(text) {
		if in.name != "RUN" && in.name != "CMD" && in.name != "ENTRYPOINT" && in.name != "HEALTHCHECK" {
			continue
		}
		t := slices.Clone(in.text)
		for i := 0; i < len(t); { // options such as --mount=type=secret
			for i < len(t) && (t[i] == ' ' || t[i] == '\t') {
				i++
			}
			if !bytes.HasPrefix(t[i:], []byte("--")) && !bytes.HasPrefix(t[i:], []byte("CMD ")) {
				break
			}
			n := i + run(t[i:], func(c byte) bool { return c > ' ' })
			blank(t[i:n])
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
		all = append(all, script{t, in.start})
	}
	return all
}
