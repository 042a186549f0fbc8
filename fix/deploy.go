package fix

import (
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

func isCompose(lower string, _ []byte) bool {
	base := path.Base(lower)
	return isYAMLName(lower) && (strings.HasPrefix(base, "docker-compose") || strings.HasPrefix(base, "compose.") || strings.HasPrefix(base, "compose-") || strings.HasPrefix(base, "docker-stack"))
}

var (
	playbook   = lazyregexp.New(`(?m)^\s*-?\s*(?:hosts|tasks|ansible\.builtin\.[a-z_]+|gather_facts|become):`)
	ansibleDir = lazyregexp.New(`(?:^|/)(?:group_vars|host_vars|playbooks|roles/[^/]+/(?:vars|defaults|tasks|handlers))/`)
)

func isAnsible(lower string, src []byte) bool {
	return isYAMLName(lower) && (ansibleDir.MatchString(lower) || playbook.Match(src))
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

// compose makes ${NAME} of a key, which Docker Compose fills in from the shell or an .env file. A
// service that has its variables from files of their own does without the key.
func (w *work) compose(start, end int, name string) (*change, string) {
	if ch := w.withoutDefault(start, end, shellDefault); ch != nil {
		return ch, ""
	}
	if s := w.scalar(start, end); s != nil && len(s.path) > 3 && s.path[0] == "services" && s.path[2] == "environment" {
		if ch := w.fromEnvFile(s, string(w.Text[start:end])); ch != nil {
			return ch, ""
		}
	}
	return w.reference(start, end, name, "read "+name+" from the environment of docker compose", "${"+name+"}", " (in the shell, or in an .env file that git ignores)")
}

// fromEnvFile removes a variable from a service that has an env_file; nil if it has none, or if the
// entry shares its lines with others.
func (w *work) fromEnvFile(s *yamlScalar, key string) *change {
	files := w.yaml().under(s.path[:2], "env_file")
	if len(files) == 0 {
		return nil
	}
	variable, edits := s.own(), []edit(nil)
	switch {
	case s.name != nil && s.Value == key:
		if edits = w.withoutEntry(s); edits == nil {
			edits = w.withoutParent(s)
		}
	case s.name == nil && strings.HasSuffix(s.Value, "="+key): // - NAME=...
		variable = strings.TrimSuffix(s.Value, "="+key)
		edits = w.withoutItem(s)
	}
	if edits == nil || !variableName.MatchString(variable) {
		return nil
	}
	return &change{title: "leave " + variable + " to the service's env_file", safe: true, variable: variable + " (in " + strings.Join(files, " or ") + ", which git must ignore)", edits: edits}
}

// ansible makes a reference of a key, to a variable that ansible-vault encrypts.
func (w *work) ansible(start, end int, name string) (*change, string) {
	variable := "vault_" + strings.ToLower(name)
	return w.reference(start, end, name, "refer to "+variable, "{{ "+variable+" }}", " as "+variable+" (ansible-vault encrypt_string --name "+variable+")")
}
