package fix

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

func isCompose(lower string, _ []byte) bool {
	base := path.Base(lower)
	return isYAMLName(lower) && (strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose.") || strings.HasPrefix(base, "compose-") || strings.HasPrefix(base, "docker-stack"))
}

var (
	apiVersion = lazyregexp.New(`(?m)^\s*apiVersion:`)
	kind       = lazyregexp.New(`(?m)^\s*kind:[ \t]*"?([A-Za-z]+)`)
	playbook   = lazyregexp.New(`(?m)^\s*-?\s*(?:hosts|tasks|ansible\.builtin\.[a-z_]+|gather_facts|become):`)
	ansibleDir = lazyregexp.New(`(?:^|/)(?:group_vars|host_vars|playbooks|roles/[^/]+/(?:vars|defaults|tasks|handlers))/`)
)

func isKubernetes(lower string, src []byte) bool {
	return isYAMLName(lower) && (apiVersion.Match(src) && kind.Match(src) || isHelmTemplate(lower))
}

func isHelmTemplate(lower string) bool {
	return strings.Contains("/"+lower, "/templates/") && isYAMLName(lower)
}

func isHelmValues(lower string, _ []byte) bool {
	return isYAMLName(lower) && strings.HasPrefix(path.Base(lower), "values")
}

func isAnsible(lower string, src []byte) bool {
	return isYAMLName(lower) && (ansibleDir.MatchString(lower) || playbook.Match(src))
}

func isTerraform(lower string, _ []byte) bool {
	return strings.HasSuffix(lower, ".tf") || strings.HasSuffix(lower, ".tfvars") || strings.HasSuffix(lower, ".tofu")
}

// shellDefault is what text before a key ends with that is only a default: ${NAME:-
var shellDefault = lazyregexp.New(`\$\{([A-Za-z_][A-Za-z0-9_]*):?-$`)

// withoutDefault takes a default out of ${NAME:-default}; nil for what is none.
func (w *work) withoutDefault(start, end int, before *lazyregexp.Regexp) *change {
	m := before.FindSubmatchIndex(w.Text[lineStart(w.Text, start):start])
	if m == nil || end >= len(w.Text) || w.Text[end] != '}' {
		return nil
	}
	line := lineStart(w.Text, start)
	variable := string(w.Text[line+m[2] : line+m[3]])
	return &change{title: "do without the key as a fallback for " + variable, safe: true, variable: variable, edits: []edit{{line + m[3], end, ""}}}
}

// compose makes ${NAME} of a key, which Docker Compose fills in from the shell or an .env file.
func (w *work) compose(start, end int, name string) (*change, string) {
	if ch := w.withoutDefault(start, end, shellDefault); ch != nil {
		return ch, ""
	}
	return w.reference(start, end, name, "read "+name+" from the environment of docker compose", "${"+name+"}", " (in the shell, or in an .env file that git ignores)")
}

// valueLine is the line of a value in the list of a container's variables.
var valueLine = lazyregexp.New(`^([ \t]*)(- )?(value:[ \t]*)(["']?)$`)

// kubernetes has a container's variable come from a Secret.
func (w *work) kubernetes(start, end int, name string) (*change, string) {
	if w.inComment(start) {
		return spelledOut(start, end, name), ""
	}
	line := lineStart(w.Text, start)
	m := valueLine.FindSubmatch(w.Text[line:start])
	stop := text.LineEnd(w.Text, end)
	rest := strings.TrimSpace(string(w.Text[end:stop]))
	if m == nil || rest != string(m[4]) {
		return no("a key in a manifest is in the repository: create the Secret with `kubectl create secret`, or have the cluster fetch it (External Secrets, Sealed Secrets), and refer to it with secretKeyRef")
	}
	indent, nl := string(m[1]), w.eol()
	first := indent + string(m[2])
	indent += strings.Repeat(" ", len(m[2]))
	secret := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	new := first + "valueFrom:" + nl + indent + "  secretKeyRef:" + nl + indent + "    name: " + secret + nl + indent + "    key: " + name
	if stop > line && w.Text[stop-1] == '\r' {
		stop--
	}
	return &change{title: "take " + name + " from the Secret " + secret, safe: true,
		variable: name + fmt.Sprintf(" (kubectl create secret generic %s --from-literal=%s=...)", secret, name), edits: []edit{{line, stop, new}}}, ""
}

// helmValues leaves a value to whoever installs the chart.
func (w *work) helmValues(start, end int, name string) (*change, string) {
	if ch, _ := w.kubernetes(start, end, name); ch != nil {
		return ch, ""
	}
	s := w.scalar(start, end)
	if s == nil || s.Value != string(w.Text[start:end]) {
		return no("take the key out, and have the chart read a Secret with secretKeyRef")
	}
	stop := s.start + len(s.Value)
	if s.Style != 0 {
		stop += 2
	}
	option := strings.Join(s.path, ".")
	return &change{title: "leave " + option + " to the installation of the chart", safe: false,
		variable: option + " (helm --set, or better a Secret that the chart refers to with secretKeyRef)", edits: []edit{{s.start, stop, `""`}}}, ""
}

// ansible makes a reference of a key, to a variable that ansible-vault encrypts.
func (w *work) ansible(start, end int, name string) (*change, string) {
	variable := "vault_" + strings.ToLower(name)
	return w.reference(start, end, name, "refer to "+variable, "{{ "+variable+" }}", " as "+variable+" (ansible-vault encrypt_string --name "+variable+")")
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
	if hclDefault.Match(before) && alone {
		return w.terraformDefault(line, stop)
	}
	if strings.HasSuffix(strings.ToLower(w.Path), ".tfvars") {
		return no("a file of variables refers to nothing: take the value out, and set TF_VAR_... instead")
	}
	variable := strings.ToLower(name)
	ch := &change{title: "read var." + variable, safe: true, variable: "TF_VAR_" + variable}
	switch {
	case len(before) > 0 && before[len(before)-1] == '"' && end < len(w.Text) && w.Text[end] == '"':
		ch.edits = []edit{{start - 1, end + 1, "var." + variable}}
	case w.oddQuotes(line, start):
		ch.edits = []edit{{start, end, "${var." + variable + "}"}}
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
	ch.edits = []edit{{line, stop, indentOf(w.Text, line) + "sensitive = true"}}
	return ch, ""
}
