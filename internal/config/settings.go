package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
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

// list is the schema of a list of strings that each fit item.
func list(doc string, item map[string]any) map[string]any {
	item["type"] = "string"
	return map[string]any{"type": "array", "items": item, "description": doc}
}

// Settings returns everything that may stand in the file, in the order in which it is
// documented.
func Settings() []Setting {
	settings := []Setting{
		{Key: "variables", Type: "list of names", Default: "[]",
			Doc: "Variables of your own that hold a Neo key, besides every spelling of NEO_API_KEY and NEOAGENT_SECRET_KEY. Rules about habits look for them; they do not make a value a raw token of the older API."},
		{Key: "hosts", Type: "list of host names", Default: "[]",
			Doc: "Hosts of your own that pass requests on to Neo, besides api.neoagent.io and app.neoagent.co. Rules look for them; no key is ever sent to them."},
		{Key: "browser-folders", Type: "list of folder names", Default: "[]",
			Doc: "Folders of your own whose files are handed to browsers, besides dist, build, public and the other usual ones. They are scanned even if git ignores them."},
		{Key: "ignore-unopened", Type: "list of patterns", Default: "[]",
			Doc: "Paths, as patterns of .gitignore, of archives that neokeys cannot open and that do not make a scan incomplete for it: counted, but not failing."},
		{Key: "max-key-age", Type: "age", Default: `"` + FormatAge(DefaultMaxKeyAge) + `"`,
			Doc: "How long a key may stay in a repository before stale-key reports it, such as 90d, 12w or 36h."},
		{Key: rulePrefix + "level", Type: "error, warning, note or off", Default: "the rule's own",
			Doc: "The level of the rule's findings; off does not run the rule."},
		{Key: rulePrefix + "ignore", Type: "list of patterns", Default: "[]",
			Doc: "Paths, as patterns of .gitignore, in which findings of the rule are suppressed: counted and listed, but not failing."},
	}
	items := map[string]map[string]any{
		"variables":           {"pattern": variableForm.String()},
		"hosts":               {"pattern": hostForm.String(), "minLength": minHost, "maxLength": maxHost},
		"browser-folders":     {"pattern": folderForm.String(), "not": map[string]any{"enum": []string{".", ".."}}},
		"ignore-unopened":     {},
		rulePrefix + "ignore": {},
	}
	for i := range settings {
		s := &settings[i]
		switch {
		case strings.HasPrefix(s.Type, "list"):
			s.schema = list(s.Doc, items[s.Key])
		case strings.HasSuffix(s.Key, "level"):
			s.schema = map[string]any{"enum": levels, "description": s.Doc}
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
// about where its value comes from. own are the rules' own levels, by id.
func (c *Config) Format(own map[string]string) string {
	var b strings.Builder
	line := func(name, value string, at *place, from string) {
		switch {
		case from != "":
		case at == nil:
			from = "default"
		default:
			row, _ := position(c.text, at.name)
			from = fmt.Sprintf("%s:%d", c.Path, row)
		}
		fmt.Fprintf(&b, "%s = %s  # %s\n", name, value, from)
	}
	for _, s := range []struct{ name, value string }{
		{"variables", quoteList(c.Variables)},
		{"hosts", quoteList(c.Hosts)},
		{"browser-folders", quoteList(c.BrowserFolders)},
		{"ignore-unopened", quoteList(c.IgnoreUnopened)},
		{"max-key-age", quote(FormatAge(c.MaxKeyAge))},
	} {
		line(s.name, s.value, c.places.of(s.name), "")
	}
	for _, id := range sortedKeys(c.Rules) {
		r, at := c.Rules[id], c.places.of("rules").of(id)
		fmt.Fprintf(&b, "\n[rules.%s]\n", id)
		if r.Level != "" {
			line("level", quote(r.Level), at.of("level"), r.levelFrom)
		}
		if len(r.Ignore) > 0 {
			line("ignore", quoteList(r.Ignore), at.of("ignore"), "")
		}
	}
	// As settings, these would keep findings from being raised where more people read them.
	b.WriteString("\n# Levels that are the rules' own:\n")
	for _, id := range sortedKeys(own) {
		if c.Rules[id].Level == "" {
			fmt.Fprintf(&b, "#   %s = %s\n", id, quote(own[id]))
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
