package fix

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

func isWorkflow(lower string, _ []byte) bool {
	return isYAMLName(lower) && (strings.Contains("/"+lower, "/.github/workflows/") || strings.Contains("/"+lower, "/.gitea/workflows/") || strings.Contains("/"+lower, "/.forgejo/workflows/"))
}

// isAction reports whether a file is a composite action, which has no secrets of its own.
func isAction(lower string, src []byte) bool {
	base := path.Base(lower)
	return (base == "action.yml" || base == "action.yaml") && bytes.Contains(src, []byte("runs:"))
}

// action says that the key has to be an input.
func (w *work) action(_, _ int, name string) (*change, string) {
	return no("an action has no secrets: take the key as an input, and have the workflow pass ${{ secrets." + name + " }}")
}

func isGitLab(lower string, _ []byte) bool {
	return isYAMLName(lower) && (strings.HasPrefix(path.Base(lower), ".gitlab-ci") || strings.HasSuffix(lower, ".gitlab-ci.yml") || strings.Contains("/"+lower, "/.gitlab/ci/"))
}

func isCircle(lower string, _ []byte) bool {
	return isYAMLName(lower) && strings.Contains("/"+lower, "/.circleci/")
}

func isAzure(lower string, src []byte) bool {
	return isYAMLName(lower) && (strings.HasPrefix(path.Base(lower), "azure-pipelines") || strings.Contains("/"+lower, "/.azure-pipelines/") || strings.Contains("/"+lower, "/.azuredevops/") || azureWords.Match(src))
}

// azureWords are in a pipeline of Azure whatever its name is.
var azureWords = lazyregexp.New(`(?m)^[ \t]*(?:vmImage:|pool:[ \t]*\{?[ \t]*vmImage:|- task:[ \t]*\w+@\d)`)

func isBitbucket(lower string, _ []byte) bool { return path.Base(lower) == "bitbucket-pipelines.yml" }

// bitbucket reads a variable in a script, the only place for one.
func (w *work) bitbucket(start, end int, name string) (*change, string) {
	s := w.scalar(start, end)
	if s != nil && !isScript(s) {
		return no("Bitbucket fills in no variables here: define " + name + " as a secured variable of the repository, and read $" + name + " in the script")
	}
	return w.scripted(start, end, name, "$"+name, " (a secured variable of the repository)")
}

// scalar returns the value with the key that is text[start:end].
func (w *work) scalar(start, end int) *yamlScalar {
	return w.yaml().at(start, string(w.Text[start:end]))
}

// inComment reports whether a comment begins before pos on its line, outside of quotes.
func (w *work) inComment(pos int) bool {
	line := w.Text[lineStart(w.Text, pos):pos]
	quote := byte(0)
	for i, c := range line {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '#' && (i == 0 || text.IsBlank(line[i-1])):
			return true
		}
	}
	return false
}

// reference puts a reference in the place of the key in a YAML value.
func (w *work) reference(start, end int, name, title, reference, by string) (*change, string) {
	if w.inComment(start) && w.scalar(start, end) == nil {
		return spelledOut(start, end, name), ""
	}
	s := w.scalar(start, end)
	if s == nil {
		return no("the file cannot be read as YAML with certainty: replace the key by hand with " + reference)
	}
	edits := w.replaceIn(s, start, end, reference)
	if edits == nil {
		return no("the value cannot be edited with certainty: replace the key by hand with " + reference)
	}
	return &change{title: title, safe: true, variable: name + by, edits: edits}, ""
}

// workflow makes ${{ secrets.NAME }} of a key. In a script, the step gets it as a variable.
func (w *work) workflow(start, end int, name string) (*change, string) {
	secret := "${{ secrets." + name + " }}"
	title, by := "refer to the secret "+name, " (a secret of the repository: Settings > Secrets and variables > Actions)"
	s := w.scalar(start, end)
	if s != nil && !s.takesSecrets() && !w.inComment(start) {
		return no("GitHub fills in no secrets here: take the key out, and pass " + secret + " where it is used, in env, with or run")
	}
	if s != nil && s.own() == "run" && s.pair != nil && !isFlow(s.pair) {
		if ch := w.workflowScript(s, start, end, name, secret); ch != nil {
			ch.title, ch.variable = title, name+by
			return ch, ""
		}
	}
	return w.reference(start, end, name, title, secret, by)
}

// takesSecrets reports whether GitHub fills in secrets in a value of a workflow.
func (s *yamlScalar) takesSecrets() bool {
	var p []string
	for _, name := range s.path {
		if name != "[]" {
			p = append(p, name)
		}
	}
	is := func(i int, names ...string) bool { return i < len(p) && slices.Contains(names, p[i]) }
	switch {
	case is(0, "env"):
		return true
	case !is(0, "jobs"):
		return false
	case is(2, "steps"):
		return is(3, "env", "with", "run", "name", "working-directory")
	case is(2, "container"):
		return is(3, "env", "credentials")
	case is(2, "services"):
		return is(4, "env", "credentials")
	}
	return is(2, "env", "secrets")
}

// workflowScript has a step's script read a variable, and its env set that; nil if that cannot be
// written.
func (w *work) workflowScript(s *yamlScalar, start, end int, name, secret string) *change {
	if shell := s.sibling("shell"); shell != "" && !strings.Contains(shell, "sh") || strings.Contains(s.sibling("shell"), "pwsh") || strings.Contains(s.sibling("shell"), "powershell") {
		return nil
	}
	if bytes.Contains(w.Text, []byte("windows-")) {
		return nil // its default shell is another
	}
	expansion := w.expansionIn(s, start, end, name)
	if expansion == "" {
		return nil
	}
	edits := w.replaceIn(s, start, end, expansion)
	if edits == nil {
		return nil
	}
	column := s.name.Column - 1
	indent := strings.Repeat(" ", column)
	nl := w.eol()
	for i := 0; i+1 < len(s.pair.Content); i += 2 {
		key, value := s.pair.Content[i], s.pair.Content[i+1]
		if key.Value != "env" {
			continue
		}
		if len(value.Content) < 2 || value.Line <= key.Line {
			return nil
		}
		if s.env(value.Content, name) == secret {
			return &change{safe: true, edits: edits}
		}
		if s.env(value.Content, name) != "" {
			return nil
		}
		at := w.lines[value.Content[0].Line-1]
		return &change{safe: true, edits: append(edits, edit{at, at, strings.Repeat(" ", value.Content[0].Column-1) + name + ": " + secret + nl})}
	}
	at := offsetOf(w.Text, w.lines, s.name)
	return &change{safe: true, edits: append(edits, edit{at, at, "env:" + nl + indent + "  " + name + ": " + secret + nl + indent})}
}

// expressions are what GitHub fills in before a shell sees a script.
var expressions = lazyregexp.New(`\$\{\{[^\n]*?\}\}`)

// expansionIn returns what a shell expands to the variable where the key is in the script that is
// a YAML value; empty if that is not known.
func (w *work) expansionIn(s *yamlScalar, start, end int, name string) string {
	script := s.Value
	at := strings.Index(script, string(w.Text[start:end]))
	if s.isBlock() {
		// The lines as they are in the file, whose indentation a shell does not mind.
		from := min(text.LineEnd(w.Text, s.start)+1, len(w.Text))
		to := from
		for to < len(w.Text) {
			next := min(text.LineEnd(w.Text, to)+1, len(w.Text))
			line := w.Text[to:next]
			if len(bytes.TrimSpace(line)) > 0 && text.Run(line, text.IsBlank) < s.indentOfBlock(w) {
				break
			}
			to = next
		}
		if start < from || end > to {
			return ""
		}
		script, at = string(w.Text[from:to]), start-from
	} else if strings.Count(script, string(w.Text[start:end])) > 1 {
		return ""
	}
	script = expressions.ReplaceAllStringFunc(script, func(e string) string { return strings.Repeat("x", len(e)) })
	if at < 0 {
		return ""
	}
	return expansion(script, at, at+end-start, name)
}

// indentOfBlock returns the indentation that the lines of a block have at least.
func (s *yamlScalar) indentOfBlock(w *work) int {
	at := min(text.LineEnd(w.Text, s.start)+1, len(w.Text))
	for at < len(w.Text) {
		end := text.LineEnd(w.Text, at)
		if len(bytes.TrimSpace(w.Text[at:end])) > 0 {
			return text.Run(w.Text[at:end], text.IsBlank)
		}
		at = min(end+1, len(w.Text))
	}
	return 0
}

// gitLab does without a variable that the project's settings define, and reads it elsewhere.
func (w *work) gitLab(start, end int, name string) (*change, string) {
	by := " (a masked variable of the project: Settings > CI/CD > Variables)"
	if s := w.scalar(start, end); s != nil && s.parent() == "variables" && s.Value == string(w.Text[start:end]) && s.own() == name {
		edits := w.withoutEntry(s)
		if edits == nil {
			edits = w.withoutParent(s)
		}
		if edits != nil {
			return &change{title: "leave " + name + " to the settings of the project", safe: true, variable: name + by, edits: edits}, ""
		}
		return no("a variable in the file takes the place of the one of its name in the settings: remove it, and define " + name + " there, masked")
	}
	return w.scripted(start, end, name, "$"+name, by)
}

// scripted reads a variable in a script of a CI job, or in a value.
func (w *work) scripted(start, end int, name, reference, by string) (*change, string) {
	s := w.scalar(start, end)
	if s == nil || !isScript(s) {
		return w.reference(start, end, name, "read the variable "+name, reference, by)
	}
	expansion := w.expansionIn(s, start, end, name)
	if expansion == "" {
		return w.reference(start, end, name, "read the variable "+name, reference, by)
	}
	edits := w.replaceIn(s, start, end, expansion)
	if edits == nil {
		return no("the script cannot be edited with certainty: replace the key by hand with $" + name)
	}
	return &change{title: "read the variable " + name, safe: true, variable: name + by, edits: edits}, ""
}

// isScript reports whether a value is run by a shell.
func isScript(s *yamlScalar) bool {
	for _, p := range s.path {
		switch p {
		case "script", "before_script", "after_script", "run", "command", "bash":
			return true
		}
	}
	return false
}

// circle does without a variable that a context defines: CircleCI fills in none in a value.
func (w *work) circle(start, end int, name string) (*change, string) {
	by := " (a variable of the project, or of a context)"
	s := w.scalar(start, end)
	if s != nil && s.parent() == "environment" && s.Value == string(w.Text[start:end]) {
		edits := w.withoutEntry(s)
		if edits == nil {
			edits = w.withoutParent(s)
		}
		if edits != nil {
			return &change{title: "leave " + s.own() + " to the settings of the project", safe: true, variable: s.own() + by, edits: edits}, ""
		}
		return no("CircleCI fills in no variables here: remove the line, and define " + s.own() + " in the settings of the project")
	}
	if s != nil && !isScript(s) {
		return no("CircleCI fills in no variables here: read " + name + " in the script instead")
	}
	return w.scripted(start, end, name, "$"+name, by)
}

// azure makes $(NAME) of a key, which the pipeline fills in.
func (w *work) azure(start, end int, name string) (*change, string) {
	by := " (a secret variable of the pipeline, or of a variable group)"
	s := w.scalar(start, end)
	if s != nil && s.within("variables") && s.Value == string(w.Text[start:end]) && (s.own() == name || s.own() == "value" && s.sibling("name") == name) {
		return no("a variable in the file takes the place of the secret one of its name: remove the entry, define " + name + " as a secret variable of the pipeline, and map it into the steps that need it (env: " + name + ": $(" + name + "))")
	}
	return w.reference(start, end, name, "refer to the secret variable "+name, "$("+name+")", by)
}
