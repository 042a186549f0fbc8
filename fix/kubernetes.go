package fix

import (
	"fmt"
	"path"
	"strings"

	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

var (
	apiVersion = lazyregexp.New(`(?m)^\s*apiVersion:`)
	kind       = lazyregexp.New(`(?m)^\s*kind:[ \t]*"?([A-Za-z]+)`)
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

// inManifest says what to do with a key that no variable of a container holds.
const inManifest = "a key in a manifest is in the repository: create the Secret with `kubectl create secret`, or have the cluster fetch it (External Secrets, Sealed Secrets), and refer to it with secretKeyRef"

var (
	// valueLine is the line of a value in the list of a container's variables, up to the key.
	valueLine = lazyregexp.New(`^([ \t]*)(- )?value:[ \t]*(["']?)([^"'#{}]*)$`)
	// valueFlow is the same between braces.
	valueFlow = lazyregexp.New(`\{[^{}]*\b(value:[ \t]*["']?)$`)
	afterFlow = lazyregexp.New(`^["']?[ \t]*[,}]`)
	argument  = lazyregexp.New(`^[ \t]*(?:- |(?:args|command):[ \t]*\[)`)
)

// kubernetes has a container's variable come from a Secret.
func (w *work) kubernetes(start, end int, name string) (*change, string) {
	if w.inComment(start) {
		return spelledOut(start, end, name), ""
	}
	secret := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	ch := &change{title: "take " + name + " from the Secret " + secret, safe: true,
		variable: name + fmt.Sprintf(" (kubectl create secret generic %s --from-literal=%s=...)", secret, name)}
	line := lineStart(w.Text, start)
	before, rest := w.Text[line:start], strings.TrimRight(string(w.Text[end:text.LineEnd(w.Text, end)]), " \t\r")
	if m := valueLine.FindSubmatch(before); m != nil {
		quote, part := string(m[3]), string(m[4])
		if n := strings.Index(rest, " #"); n >= 0 {
			rest = strings.TrimRight(rest[:n], " \t")
		}
		if part == "" && rest == quote {
			ch.edits = []edit{{line, end + len(quote), w.valueFrom(string(m[1]), string(m[2]), secret, name)}}
			return ch, ""
		}
		if strings.HasSuffix(rest, quote) && !strings.Contains(strings.TrimSuffix(rest, quote), `"`) {
			return w.beside(ch, line, start, end, string(m[1]), string(m[2]), secret, name)
		}
	}
	if m := valueFlow.FindSubmatchIndex(before); m != nil {
		if after := afterFlow.FindString(rest); after != "" {
			stop := end
			if after[0] == '"' || after[0] == '\'' {
				stop++
			}
			ch.edits = []edit{{line + m[2], stop, "valueFrom: {secretKeyRef: {name: " + secret + ", key: " + name + "}}"}}
			return ch, ""
		}
	}
	if argument.Match(before) && hasVariable(string(w.Text), name) {
		ch.safe, ch.edits = false, []edit{{start, end, "$(" + name + ")"}}
		ch.title = "have Kubernetes fill in the container's variable " + name
		return ch, ""
	}
	return no(inManifest)
}

// valueFrom returns the lines by which a variable comes from a Secret, in the place of its value.
func (w *work) valueFrom(indent, dash, secret, name string) string {
	nl, first := w.eol(), indent+dash
	indent += strings.Repeat(" ", len(dash))
	return first + "valueFrom:" + nl + indent + "  secretKeyRef:" + nl + indent + "    name: " + secret + nl + indent + "    key: " + name
}

// beside fills the variable into a value that has more than the key, after an entry for the variable.
func (w *work) beside(ch *change, line, start, end int, indent, dash, secret, name string) (*change, string) {
	ch.edits = []edit{{start, end, "$(" + name + ")"}}
	entry, item := line, indent
	if dash == "" { // "- name:" is above
		entry = lineStart(w.Text, max(0, line-1))
		item = strings.TrimSuffix(indent, "  ")
		if !strings.HasPrefix(string(w.Text[entry:line]), item+"- ") || item == indent {
			return no(inManifest)
		}
	}
	list := w.listStart(entry, item)
	if w.given[list] || hasVariable(string(w.Text[list:entry]), name) { // it has to come first
		return ch, ""
	}
	if w.given == nil {
		w.given = map[int]bool{}
	}
	w.given[list] = true
	nl := w.eol()
	ch.edits = append(ch.edits, edit{entry, entry, item + "- name: " + name + nl + w.valueFrom(item+"  ", "", secret, name) + nl})
	return ch, ""
}

// listStart returns where the list begins of which an entry is indented by indent.
func (w *work) listStart(entry int, indent string) int {
	for at := entry; at > 0; {
		line := lineStart(w.Text, at-1)
		if text := string(w.Text[line:at]); strings.TrimSpace(text) != "" && !strings.HasPrefix(text, indent+"- ") && !strings.HasPrefix(text, indent+"  ") {
			return at
		}
		at = line
	}
	return 0
}

// hasVariable reports whether containers in a manifest have a variable of that name.
func hasVariable(manifest, name string) bool {
	for line := range strings.Lines(manifest) {
		rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "- name:")
		if !ok {
			rest, ok = strings.CutPrefix(strings.TrimLeft(line, " \t-{"), "name:")
		}
		value, _, _ := strings.Cut(rest, ",")
		if ok && strings.Trim(value, " \t\r\n\"'") == name {
			return true
		}
	}
	return false
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
