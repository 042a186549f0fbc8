package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// rulePrefix stands before the settings of one rule.
const rulePrefix = "rules.<id>."

// A Setting documents one line that may stand in the file.
type Setting struct {
	Key     string // dotted; <id> is a rule's
	Type    string // as a person would say it
	Default string // as it would stand in the file
	Doc     string // one sentence
	schema  map[string]any
}

func list(doc string) map[string]any {
	return map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "description": doc}
}

// Settings returns everything that may stand in the file, in the order in which it is
// documented.
func Settings() []Setting {
	settings := []Setting{
		{Key: "variables", Type: "list of names", Default: "[]",
			Doc: "Variables of your own that hold a Neo key, besides every spelling of NEO_API_KEY and NEOAGENT_SECRET_KEY."},
		{Key: "hosts", Type: "list of host names", Default: "[]",
			Doc: "Hosts of your own that pass requests on to Neo, besides api.neoagent.io and app.neoagent.co. Rules look for them; no key is ever sent to them."},
		{Key: "browser-folders", Type: "list of folder names", Default: "[]",
			Doc: "Folders of your own whose files are handed to browsers, besides dist, build, public and the other usual ones. They are scanned even if git ignores them."},
		{Key: "max-key-age", Type: "age", Default: `"` + FormatAge(DefaultMaxKeyAge) + `"`,
			Doc: "How long a key may stay in a repository before stale-key reports it: 90d, 12w or 36h."},
		{Key: rulePrefix + "level", Type: "error, warning, note or off", Default: "the rule's own",
			Doc: "The level of the rule's findings; off does not run the rule."},
		{Key: rulePrefix + "ignore", Type: "list of patterns", Default: "[]",
			Doc: "Paths, as patterns of .gitignore, in which findings of the rule are suppressed: counted and listed, but not failing."},
	}
	for i := range settings {
		s := &settings[i]
		switch {
		case strings.HasPrefix(s.Type, "list"):
			s.schema = list(s.Doc)
		case strings.HasSuffix(s.Key, "level"):
			s.schema = map[string]any{"enum": []string{"error", "warning", "note", Off}, "description": s.Doc}
		default:
			s.schema = map[string]any{"type": "string", "pattern": ageForm.String(), "description": s.Doc}
		}
	}
	return settings
}

// Schema returns the JSON Schema of the file, for editors. ruleIDs are the rules there
// are.
func Schema(ruleIDs []string) ([]byte, error) {
	top, rule := map[string]any{}, map[string]any{}
	for _, s := range Settings() {
		if name, ok := strings.CutPrefix(s.Key, rulePrefix); ok {
			rule[name] = s.schema
		} else {
			top[s.Key] = s.schema
		}
	}
	rules := map[string]any{}
	for _, id := range ruleIDs {
		rules[id] = map[string]any{"$ref": "#/$defs/rule"}
	}
	top["rules"] = map[string]any{
		"type": "object", "additionalProperties": false, "properties": rules,
		"description": "What is said of single rules, by id.",
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id":     "https://github.com/neokeys/neokeys/blob/main/docs/config.schema.json",
		"title":   FileName, "description": "How a project tunes neokeys.",
		"type": "object", "additionalProperties": false, "properties": top,
		"$defs": map[string]any{"rule": map[string]any{"type": "object", "additionalProperties": false, "properties": rule}},
	})
	return b.Bytes(), err
}

// Format returns the configuration as a file would say it, with a comment on each line
// about where its value comes from.
func (c *Config) Format() string {
	var b strings.Builder
	line := func(key, shown, value string) {
		from := "default"
		if c.Path != "" && c.lines[key] > 0 {
			from = fmt.Sprintf("%s:%d", c.Path, c.lines[key])
		}
		fmt.Fprintf(&b, "%s = %s  # %s\n", shown, value, from)
	}
	line("variables", "variables", quoteList(c.Variables))
	line("hosts", "hosts", quoteList(c.Hosts))
	line("browser-folders", "browser-folders", quoteList(c.BrowserFolders))
	line("max-key-age", "max-key-age", quote(FormatAge(c.MaxKeyAge)))
	for _, id := range sortedKeys(c.Rules) {
		r := c.Rules[id]
		fmt.Fprintf(&b, "\n[rules.%s]\n", id)
		if r.Level != "" {
			line("rules."+id+".level", "level", quote(r.Level))
		}
		if len(r.Ignore) > 0 {
			line("rules."+id+".ignore", "ignore", quoteList(r.Ignore))
		}
	}
	return b.String()
}

func quote(s string) string {
	// JSON's strings are among TOML's, with every control character escaped.
	b, _ := json.Marshal(s) // a string never fails
	return string(b)
}

func quoteList(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// lineNumbers returns the line of each key in a file.
func lineNumbers(text []byte) (map[string]int, error) {
	lines := map[string]int{}
	var p unstable.Parser
	p.Reset(text)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		var parts []string
		at := 0
		for it := e.Key(); it.Next(); {
			node := it.Node()
			parts = append(parts, string(node.Data))
			if at == 0 {
				at = p.Shape(node.Raw).Start.Line
			}
		}
		key := strings.Join(parts, ".")
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = key + "."
		case unstable.KeyValue:
			key = table + key
		}
		lines[key] = at
	}
	return lines, p.Error()
}
