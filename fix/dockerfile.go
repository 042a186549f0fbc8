package fix

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

func isDockerfile(lower string, _ []byte) bool {
	base := path.Base(lower)
	for _, name := range []string{"dockerfile", "containerfile"} {
		if base == name || strings.HasPrefix(base, name+".") || strings.HasSuffix(base, "."+name) {
			return true
		}
	}
	return false
}

// An instruction is one of a Dockerfile, with the lines that it goes on in.
type instruction struct {
	name       string // in upper case
	start, end int    // of all of its lines, without the last line's end
	arguments  int    // where they begin
}

var instructionName = lazyregexp.New(`^[ \t]*([A-Za-z]+)[ \t]+`)

// instructions returns those of the file.
func (w *work) instructions() (all []instruction) {
	for at := 0; at < len(w.Text); {
		end := text.LineEnd(w.Text, at)
		in := instruction{start: at}
		if m := instructionName.FindSubmatchIndex(w.Text[at:end]); m != nil {
			in.name, in.arguments = strings.ToUpper(string(w.Text[at+m[2]:at+m[3]])), at+m[1]
		}
		for end < len(w.Text) && in.name != "" && bytes.HasSuffix(bytes.TrimRight(w.Text[at:end], " \t\r"), []byte(`\`)) {
			end = text.LineEnd(w.Text, end+1)
		}
		if in.end = end; in.name != "" {
			all = append(all, in)
		}
		at = end + 1
	}
	return all
}

// bakedIntoImage mounts the key as a secret in the steps that use it, instead of storing it.
func (w *work) bakedIntoImage(f *finding.Finding, start, end int) (*change, string) {
	if !isDockerfile(strings.ToLower(w.Path), w.Text) {
		return no(instead(f))
	}
	for _, in := range w.instructions() {
		if in.start > start || start >= in.end {
			continue
		}
		switch in.name {
		case "ARG", "ENV":
			return w.mounted(in, start, string(w.Text[start:end]))
		case "COPY", "ADD":
			if words := bytes.Fields(w.Text[in.arguments:in.end]); len(words) > 2 {
				return &change{title: "leave " + string(w.Text[start:end]) + " out of the image, and list it in .dockerignore", edits: []edit{w.withoutWord(start, end)}}, ""
			}
			return &change{title: "leave the file out of the image, and list it in .dockerignore", edits: []edit{{in.start, min(in.end+1, len(w.Text)), ""}}}, ""
		}
	}
	return no(instead(f))
}

// mounted removes the variable at offset at of an ARG or ENV, and mounts the secret of its name where
// a step uses it.
func (w *work) mounted(in instruction, at int, name string) (*change, string) {
	ch := &change{title: "mount " + name + " as a secret in the steps that use it",
		variable: name + " (docker build --secret id=" + name + ",env=" + name + "; docker run -e " + name + ")"}
	words := bytes.Fields(w.Text[in.arguments:in.end])
	switch {
	case len(words) == 1 || in.name == "ENV" && !bytes.Contains(words[0], []byte("=")):
		ch.edits = []edit{{in.start, min(in.end+1, len(w.Text)), ""}}
	default:
		end := at
		for end < in.end && !text.IsBlank(w.Text[end]) && w.Text[end] != '\r' && w.Text[end] != '\n' {
			end++
		}
		if quoted := w.Text[at:end]; bytes.Count(quoted, []byte(`"`))%2 != 0 {
			return no("the variable is one of several with white space: take it out by hand, and mount it as a secret")
		}
		for end < in.end && text.IsBlank(w.Text[end]) {
			end++
		}
		ch.edits = []edit{{at, end, ""}}
		if end == in.end {
			ch.edits = []edit{w.withoutWord(at, end)}
		}
	}
	uses := regexp.MustCompile(`\$\{?` + regexp.QuoteMeta(name) + `\b`)
	for _, step := range w.instructions() {
		if step.name == "RUN" && uses.Match(w.Text[step.arguments:step.end]) && !bytes.Contains(w.Text[step.start:step.end], []byte("id="+name)) {
			ch.edits = append(ch.edits, edit{step.arguments, step.arguments, mount(name)})
		}
	}
	return ch, ""
}

func mount(name string) string { return "--mount=type=secret,id=" + name + ",env=" + name + " " }

// withoutShell reports whether the arguments of an instruction are a list.
func (w *work) withoutShell(in instruction) bool { return listed.Match(w.Text[in.arguments:in.end]) }

// listed are arguments that no shell reads, after options and the CMD of a HEALTHCHECK.
var listed = lazyregexp.New(`^(?:--\S+[ \t]+|CMD[ \t]+)*\[`)

// argumentName is the name that an ARG or ENV gives a value, up to that value.
var argumentName = lazyregexp.New(`([A-Za-z_][A-Za-z0-9_]*)[ \t=]+["']?$`)

// dockerfile has the build read a key as a secret.
func (w *work) dockerfile(start, end int, name string) (*change, string) {
	if w.inComment(start) && strings.HasPrefix(strings.TrimSpace(string(w.Text[lineStart(w.Text, start):start])), "#") {
		return spelledOut(start, end, name), ""
	}
	for _, in := range w.instructions() {
		if in.start > start || start >= in.end {
			continue
		}
		switch in.name {
		case "ARG", "ENV":
			before := w.Text[in.arguments:start]
			m := argumentName.FindSubmatchIndex(before)
			if m == nil {
				return no("the instruction cannot be read with certainty: take the key out, and mount it as a secret")
			}
			return w.mounted(in, in.arguments+m[2], string(before[m[2]:m[3]]))
		case "CMD", "ENTRYPOINT", "HEALTHCHECK":
			if w.withoutShell(in) {
				break
			}
			if new := expansion(string(w.Text[in.arguments:in.end]), start-in.arguments, end-in.arguments, name); new != "" {
				return &change{title: "read " + name + " from the environment of the container", safe: true, variable: name + " (docker run -e " + name + ")", edits: []edit{{start, end, new}}}, ""
			}
		case "RUN":
			if w.withoutShell(in) {
				return no("the step runs without a shell, which would expand a variable: write it as a command line with $" + name + ", and mount that as a secret")
			}
			new := expansion(string(w.Text[in.arguments:in.end]), start-in.arguments, end-in.arguments, name)
			if new == "" {
				return no("the step does not parse: replace the key by hand with $" + name + ", and mount that as a secret")
			}
			ch := &change{title: "mount " + name + " as a secret of the step", safe: false, variable: name + " (docker build --secret id=" + name + ",env=" + name + ")", edits: []edit{{start, end, new}}}
			if !bytes.Contains(w.Text[in.start:in.end], []byte("id="+name)) {
				ch.edits = append(ch.edits, edit{in.arguments, in.arguments, mount(name)})
			}
			return ch, ""
		}
	}
	return no("take the key out, and give it to the container when it runs: docker run -e " + name)
}
