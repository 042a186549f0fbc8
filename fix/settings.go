package fix

import (
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/syntax"
)

func isProperties(lower string, _ []byte) bool { return strings.HasSuffix(lower, ".properties") }

// isSpring reports whether a file configures a Spring application, which fills in ${NAME}.
func isSpring(lower string, _ []byte) bool {
	base := path.Base(lower)
	return isYAMLName(lower) && (strings.HasPrefix(base, "application") || strings.HasPrefix(base, "bootstrap"))
}

func isAppSettings(lower string, _ []byte) bool {
	base := path.Base(lower)
	return strings.HasPrefix(base, "appsettings") && strings.HasSuffix(base, ".json")
}

func isRequests(lower string, _ []byte) bool {
	return strings.HasSuffix(lower, ".http") || strings.HasSuffix(lower, ".rest")
}

func isPostman(lower string, src []byte) bool {
	base := path.Base(lower)
	return strings.HasSuffix(base, ".json") && (strings.Contains(base, "postman") || strings.Contains(string(src[:min(len(src), headLen)]), "schema.getpostman.com"))
}

func isDocument(lower string, _ []byte) bool {
	switch path.Ext(lower) {
	case ".md", ".mdx", ".markdown", ".rst", ".adoc", ".asciidoc":
		return true
	case ".txt": // others may be for a program to read
		return strings.HasPrefix(path.Base(lower), "readme") || strings.HasPrefix(path.Base(lower), "changelog")
	}
	return false
}

func isMakefile(lower string, _ []byte) bool {
	base := path.Base(lower)
	return base == "makefile" || base == "gnumakefile" || strings.HasSuffix(base, ".mk")
}

// springDefault is what text before a key ends with that is only a default: ${NAME:
var springDefault = lazyregexp.New(`\$\{([A-Za-z_][A-Za-z0-9_.-]*):$`)

// spring makes ${NAME} of a key, in YAML.
func (w *work) spring(start, end int, name string) (*change, string) {
	if ch := w.withoutDefault(start, end, springDefault); ch != nil {
		return ch, ""
	}
	return w.reference(start, end, name, "have Spring fill in "+name, "${"+name+"}", "")
}

// properties makes ${NAME} of a key. Spring fills that in; of another program, nobody knows.
func (w *work) properties(start, end int, name string) (*change, string) {
	if ch := w.withoutDefault(start, end, springDefault); ch != nil {
		return ch, ""
	}
	line := strings.TrimSpace(string(w.Text[lineStart(w.Text, start):start]))
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") {
		return spelledOut(start, end, name), ""
	}
	base := strings.ToLower(path.Base(w.Path))
	if base == "gradle.properties" || base == "local.properties" {
		return no("Gradle fills in no variables here: remove the line, and read System.getenv(\"" + name + "\") in the build")
	}
	safe := strings.HasPrefix(base, "application") || strings.HasPrefix(base, "bootstrap")
	return &change{title: "have the framework fill in " + name, safe: safe, variable: name, edits: []edit{{start, end, "${" + name + "}"}}}, ""
}

// appSettings empties a setting of a .NET application, which the environment or the user secrets
// take the place of.
func (w *work) appSettings(start, end int, _ string) (*change, string) {
	v := w.jsonValue(start, end)
	if v == nil || !v.whole || slices.Contains(v.path, "[]") {
		return no("take the key out, and set it with `dotnet user-secrets set`, or in the environment")
	}
	setting := strings.Join(v.path, ":")
	return &change{title: "leave " + setting + " to the user secrets or the environment", safe: true,
		variable: strings.Join(v.path, "__") + " (on a developer's machine: dotnet user-secrets set " + setting + ")", edits: []edit{{start, end, ""}}}, ""
}

// requests makes {{NAME}} of a key in a file of HTTP requests.
func (w *work) requests(start, end int, name string) (*change, string) {
	line := lineStart(w.Text, start)
	before := strings.TrimSpace(string(w.Text[line:start]))
	if strings.HasPrefix(before, "@"+name) && strings.HasSuffix(before, "=") {
		return &change{title: "leave " + name + " to the environment of the requests", safe: true, variable: name + " (in http-client.private.env.json, which git ignores)",
			edits: []edit{{line, min(text.LineEnd(w.Text, end)+1, len(w.Text)), ""}}}, ""
	}
	if strings.HasPrefix(before, "#") || strings.HasPrefix(before, "//") {
		return spelledOut(start, end, name), ""
	}
	return &change{title: "read " + name + " from the environment of the requests", safe: true, variable: name + " (in http-client.private.env.json, which git ignores)",
		edits: []edit{{start, end, "{{" + name + "}}"}}}, ""
}

// isRequestVariables reports whether a file has the variables of requests that are shared.
func isRequestVariables(lower string, _ []byte) bool {
	return path.Base(lower) == "http-client.env.json"
}

// requestVariables leaves a variable to the file beside it that is not shared.
func (w *work) requestVariables(start, end int, _ string) (*change, string) {
	v := w.jsonValue(start, end)
	if v == nil || !v.whole || len(v.path) != 2 {
		return no("take the key out, and set the variable in http-client.private.env.json, which git must ignore")
	}
	return &change{title: "leave " + v.path[1] + " to http-client.private.env.json", safe: true,
		variable: v.path[1] + " (under " + v.path[0] + " in http-client.private.env.json, which git must ignore)", edits: []edit{{start, end, ""}}}, ""
}

// postman makes {{NAME}} of a key in a collection, and empties the value of a variable.
func (w *work) postman(start, end int, name string) (*change, string) {
	v := w.jsonValue(start, end)
	if v == nil {
		return no("the file cannot be read as JSON: replace the key by hand with {{" + name + "}}")
	}
	ch := &change{title: "read " + name + " from the environment of Postman", safe: true, variable: name + " (a variable of Postman, of the type secret)", edits: []edit{{start, end, "{{" + name + "}}"}}}
	if n := len(v.path); v.whole && n > 2 && v.path[n-1] == "value" && v.path[n-2] == "[]" && (v.path[n-3] == "values" || v.path[n-3] == "variable") {
		variable := v.sibling("key")
		ch.title, ch.edits[0].new = "empty the variable "+variable, ""
		ch.variable = variable + " (its current value in Postman, which is not exported)"
	}
	return ch, ""
}

// A jsonValue is a string in JSON.
type jsonValue struct {
	code *code
	// path are the names of the objects around it, outermost first, and its own; "[]" is an
	// array.
	path  []string
	whole bool // it is the key and nothing else
	up    int  // the bracket that it is in
}

// jsonValue returns the string that text[start:end] is in; nil if it is in none.
func (w *work) jsonValue(start, end int) *jsonValue {
	c := w.json()
	i := c.At(start)
	if i == syntax.None || !c.IsText(i) || c.Tokens[i].End < end || c.InComment(start) {
		return nil
	}
	v := &jsonValue{code: c, whole: c.Tokens[i].Start == start && c.Tokens[i].End == end, up: c.Tokens[i].Up}
	if c.Str(i+1) == ":" {
		return nil // it is a name
	}
	for i != syntax.None && len(v.path) < maxDepth {
		if c.Str(i-1) == ":" {
			v.path = append(v.path, c.Str(i-2))
		}
		if i = c.Tokens[i].Up; i != syntax.None && c.Str(i) == "[" {
			v.path = append(v.path, "[]")
		}
	}
	slices.Reverse(v.path)
	return v
}

// maxDepth is how deep settings are nested at most.
const maxDepth = 100

// sibling returns the string of another name in the same object; empty if there is none.
func (v *jsonValue) sibling(name string) string {
	if v.up == syntax.None {
		return ""
	}
	for i := v.up + 1; i+2 < min(v.code.Tokens[v.up].Mate, len(v.code.Tokens)); i++ {
		if v.code.Tokens[i].Up == v.up && v.code.Str(i) == name && v.code.Str(i+1) == ":" && v.code.IsText(i+2) {
			return v.code.Str(i + 2)
		}
	}
	return ""
}

// document names the variable in the place of a key in a text for people.
func (w *work) document(start, end int, name string) (*change, string) {
	return &change{title: "name the variable instead of the key", safe: true, edits: []edit{{start, end, "YOUR_" + name}}}, ""
}

var makeAssignment = lazyregexp.New(`^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*(?:[:?]|::)?=[ \t]*$`)

// makefile reads a variable of the environment, as make does by itself.
func (w *work) makefile(start, end int, name string) (*change, string) {
	line, stop := lineStart(w.Text, start), text.LineEnd(w.Text, end)
	before := string(w.Text[line:start])
	ch := &change{title: "read " + name + " from the environment", safe: true, variable: name}
	m := makeAssignment.FindStringSubmatch(before)
	switch {
	case strings.HasPrefix(strings.TrimSpace(before), "#"):
		return spelledOut(start, end, name), ""
	case m != nil && m[1] == name && strings.HasPrefix(before, "export"):
		if stop > line && w.Text[stop-1] == '\r' {
			stop--
		}
		ch.edits = []edit{{line, stop, "export " + name}}
	case m != nil && m[1] == name:
		ch.edits = []edit{{line, min(stop+1, len(w.Text)), ""}}
	default:
		ch.edits = []edit{{start, end, "$(" + name + ")"}}
	}
	return ch, ""
}
