package fix

import (
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// EnvKind is what a file of environment variables is for.
type EnvKind uint8

// The kinds.
const (
	NoEnv      EnvKind = iota // it is none
	EnvSecrets                // its values stay on one machine: .env
	EnvExample                // it shows others which variables there are: .env.example
)

// EnvKindOf returns what the file is for, from its name.
func EnvKindOf(name string) EnvKind {
	base := strings.ToLower(path.Base(name))
	rest, ok := strings.CutPrefix(base, ".env")
	switch {
	case base == ".dev.vars", base == ".flaskenv", strings.HasSuffix(base, ".env") && base != ".env":
		return EnvSecrets
	case !ok || base == ".envrc" || rest != "" && strings.IndexByte(".-_", rest[0]) < 0:
		return NoEnv
	}
	for _, s := range []string{"example", "sample", "template", "dist", "defaults", "schema"} {
		if strings.HasSuffix(base, "."+s) || strings.Contains(base, "."+s+".") {
			return EnvExample
		}
	}
	return EnvSecrets
}

func isEnvExample(lower string, _ []byte) bool { return EnvKindOf(lower) == EnvExample }

var envAssignment = lazyregexp.New(`^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=`)

// envExample empties a value in an example.
func (w *work) envExample(start, end int, name string) (*change, string) {
	line, stop := lineStart(w.Text, start), text.LineEnd(w.Text, end)
	m := envAssignment.FindSubmatchIndex(w.Text[line:stop])
	if m == nil || strings.TrimSpace(string(w.Text[line:start])) != "" && strings.HasPrefix(strings.TrimSpace(string(w.Text[line:start])), "#") {
		return spelledOut(start, end, "YOUR_"+name), ""
	}
	variable := string(w.Text[line+m[2] : line+m[3]])
	if stop > line && w.Text[stop-1] == '\r' {
		stop--
	}
	return &change{title: "empty " + variable + " in the example", safe: true, edits: []edit{{line + m[1], stop, ""}}}, ""
}

// secretNames are the names of variables whose values an example does not show.
var secretNames = lazyregexp.New(`(?i)key|secret|token|passw|pwd|credential|private|(?:^|_)auth|dsn|_url$|_uri$|salt|cert`)

// Example returns what to add to an example that has the text old, for the variables of a file of
// them: each name that is not there yet, with its value, which is emptied if it may be a secret.
func Example(env, old []byte, keys []*finding.Key) string {
	known := map[string]bool{}
	for line := range strings.Lines(string(old)) {
		if m := envAssignment.FindStringSubmatch(strings.TrimPrefix(strings.TrimSpace(line), "# ")); m != nil {
			known[m[1]] = true
		}
	}
	nl := "\n"
	if strings.Contains(string(env), "\r\n") {
		nl = "\r\n"
	}
	var b strings.Builder
	if n := len(old); n > 0 && old[n-1] != '\n' {
		b.WriteString(nl)
	}
	for line := range strings.Lines(string(env)) {
		m := envAssignment.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		name, value := line[m[2]:m[3]], strings.TrimRight(line[m[1]:], "\r\n")
		if known[name] {
			continue
		}
		known[name] = true
		if secretNames.MatchString(name) || strings.Contains(value, "://") || len(value) > 40 || holdsKey(value, keys) {
			value = ""
		}
		b.WriteString(line[:m[1]] + value + nl)
	}
	return b.String()
}

func holdsKey(value string, keys []*finding.Key) bool {
	for _, k := range keys {
		if strings.Contains(value, k.Secret.Reveal()) {
			return true
		}
	}
	return strings.Contains(value, finding.KeyPrefix)
}

// Insert returns the edit that adds new to the end of the file at path with that text.
func Insert(path string, src []byte, new string) finding.Edit {
	return located(path, src, lineStarts(src), []edit{{len(src), len(src), new}})[0]
}
