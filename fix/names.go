package fix

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules"
)

// Names are the variables that the keys of a project are read from. Different keys have
// different variables.
type Names struct {
	byKey map[string]string // by key id
	taken map[string]string // key ids by name
	// terraform has the variables of Terraform that are declared, by folder and name: in a
	// file that is there, or in the first one that is given one.
	terraform map[string]string
}

// defaultName is what Neo's guides call the variable of such a key.
func defaultName(k *finding.Key) string {
	if k.Kind == finding.KindLegacy {
		return "NEOAGENT_SECRET_KEY"
	}
	return "NEO_API_KEY"
}

// NewNames chooses the variables of the keys in files: the name that a key is given in one of
// them, else the one that the files, or others, which are texts by their paths, read a key
// from, else the one of Neo's guides.
func NewNames(files []*File, others map[string][]byte) *Names {
	n := &Names{byKey: map[string]string{}, taken: map[string]string{}, terraform: map[string]string{}}
	for _, f := range files {
		n.stated(f)
	}
	counts := map[string]int{}
	for _, f := range files {
		countReads(f.Text, counts)
		n.declared(f.Path, f.Text)
	}
	for _, name := range slices.Sorted(maps.Keys(others)) {
		countReads(others[name], counts)
		n.declared(name, others[name])
		n.given(others[name])
	}
	for _, production := range []bool{true, false} { // the shortest names are for production
		for _, f := range files {
			for _, found := range f.Findings {
				if k := found.Key; k != nil && n.byKey[k.ID] == "" && isProduction(k) == production {
					n.choose(k, counts)
				}
			}
		}
	}
	return n
}

// isProduction reports whether a key may act on real data.
func isProduction(k *finding.Key) bool {
	severity, _ := finding.EnvSeverity(k.Env)
	return k.Kind == finding.KindLegacy || severity == finding.Error
}

// Of returns the variable of a key.
func (n *Names) Of(k *finding.Key) string {
	if name := n.byKey[k.ID]; name != "" {
		return name
	}
	return defaultName(k)
}

// stated notes the names that a file gives to keys: NEO_KEY="neo_sk_..."
func (n *Names) stated(f *File) {
	for _, found := range f.Findings {
		if found.Key == nil || found.Offset <= 0 || found.Offset > int64(len(f.Text)) || n.byKey[found.Key.ID] != "" {
			continue
		}
		line := f.Text[lineStart(f.Text, int(found.Offset)):found.Offset]
		m := statement.FindSubmatch(line)
		if m == nil {
			continue
		}
		name := string(m[1])
		if p, ok := rules.ClientPrefix(name); ok {
			name = name[len(p):]
		}
		if rules.NamesKey(name) && n.taken[name] == "" {
			n.byKey[found.Key.ID], n.taken[name] = name, found.Key.ID
		}
	}
}

var (
	// statement is a line up to the value that a name in capital letters is given.
	statement = lazyregexp.New(`(?:^|[^A-Za-z0-9_$.-])["']?([A-Z][A-Z0-9_]*)["']?\s*(?::\s*[A-Za-z&' ]+)?(?:=|:|:=|=>|,)\s*(?:[bru]?["'` + "`" + `])?(?:Bearer )?$`)
	// reads is where a text reads an environment variable.
	reads = lazyregexp.New(`(?i)(?:\benv(?:iron)?(?:\.get|\.fetch)?[.([{:]{1,2}["']?|getenv(?:ironmentvariable)?\(["']|fetch_env!?\(["']|get_env\(["']|secrets\.|\$\{?|(?m:^)(?:export )?)([A-Z][A-Z0-9_]+)`)
)

// countReads counts the variables for a Neo key that a text reads.
func countReads(src []byte, counts map[string]int) {
	for _, m := range reads.FindAllSubmatch(src, -1) {
		if name := string(m[1]); strings.ToUpper(name) == name && rules.NamesKey(name) && !clientSide(name) {
			counts[name]++
		}
	}
}

func clientSide(name string) bool {
	_, ok := rules.ClientPrefix(name)
	return ok
}

// choose gives a key the name that is read most often, of those for its kind, or the default.
func (n *Names) choose(k *finding.Key, counts map[string]int) {
	best := defaultName(k)
	for name, count := range counts {
		if n.taken[name] != "" || isLegacyName(name) != (k.Kind == finding.KindLegacy) {
			continue
		}
		if count > counts[best] || count == counts[best] && name < best && counts[best] > 0 {
			best = name
		}
	}
	name := best
	if n.taken[name] != "" && k.Env != "" {
		name = best + "_" + strings.ToUpper(k.Env)
	}
	for i := 2; n.taken[name] != ""; i++ {
		name = fmt.Sprintf("%s_%d", best, i)
	}
	n.byKey[k.ID], n.taken[name] = name, k.ID
}

// isLegacyName reports whether a variable's name is one for the token of the older API.
func isLegacyName(name string) bool {
	return strings.Contains(name, "NEOAGENT") && strings.Contains(name, "SECRET")
}

// lineStart returns where the line begins that text[pos] is on.
func lineStart(src []byte, pos int) int {
	for pos > 0 && src[pos-1] != '\n' {
		pos--
	}
	return pos
}

// indentOf returns the white space that the line of text[pos] begins with.
func indentOf(src []byte, pos int) string {
	start := lineStart(src, pos)
	return string(src[start : start+text.Run(src[start:], text.IsBlank)])
}

// declared notes the variables that a file of Terraform declares.
func (n *Names) declared(name string, src []byte) {
	if !isTerraform(strings.ToLower(name), nil) {
		return
	}
	for _, m := range hclVariable.FindAllSubmatch(src, -1) {
		n.terraform[path.Dir(name)+"/"+string(m[1])] = "*"
	}
}

// declares reports whether a file of Terraform is not to declare the variable: another one in its
// folder does.
func (n *Names) declares(name, variable string) bool {
	key := path.Dir(name) + "/" + variable
	if n.terraform[key] == "" {
		n.terraform[key] = name
	}
	return n.terraform[key] != name
}

// given notes the names of the keys in a file of variables, such as an .env file that git ignores:
// they mean those keys, and no others.
func (n *Names) given(src []byte) {
	for line := range bytes.Lines(src) {
		m := envAssignment.FindSubmatchIndex(line)
		if m == nil {
			continue
		}
		name := string(line[m[2]:m[3]])
		env, secret, ok := finding.CutAPIKey(bytes.TrimLeft(line[m[1]:], " \"'"))
		if !ok || !rules.NamesKey(name) || clientSide(name) || n.taken[name] != "" {
			continue
		}
		id := finding.NewAPIKey(env, secret).ID
		n.taken[name] = id
		if n.byKey[id] == "" {
			n.byKey[id] = name
		}
	}
}
