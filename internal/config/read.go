package config

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/suggest"
)

// maxMistakes is how many of the mistakes in a file are reported.
const maxMistakes = 10

// A fileReader takes over what a file says, and notes everything that is wrong with it.
type fileReader struct {
	*Config
	ruleIDs []string
	wrong   []error
	more    int // mistakes that are not reported
}

// read takes over what the file's library made of it.
func (r *fileReader) read(doc map[string]any) {
	r.each(doc, r.places, func(key string, value any, at *place) {
		switch key {
		case "variables":
			r.Variables = r.list(key, value, at, "names", checkVariable)
		case "hosts":
			r.Hosts = r.list(key, value, at, "host names", checkHost)
		case "browser-folders":
			r.BrowserFolders = r.list(key, value, at, "folder names", checkFolder)
		case "ignore-unopened":
			r.IgnoreUnopened = r.list(key, value, at, "patterns", anyPattern)
		case "max-key-age":
			if age, ok := r.string(key, value, at, `an age such as "90d"`); ok {
				var err error
				r.MaxKeyAge, err = ParseAge(age)
				r.mistake(at.value, err)
			}
		case "rules":
			r.each(r.table(key, value, at), at, r.rule)
		default:
			r.unknown(key, key, at, "")
		}
	})
}

// anyPattern accepts every pattern: none is wrong to git.
func anyPattern(string) error { return nil }

// rule takes over what is said of one rule.
func (r *fileReader) rule(id string, value any, at *place) {
	if !slices.Contains(r.ruleIDs, id) {
		r.mistake(at.name, fmt.Errorf("there is no rule %.100q%s", id, suggest.Or(id, r.ruleIDs, "; `neokeys rules` lists them")))
		return
	}
	rule, prefix := Rule{}, "rules."+id
	r.each(r.table(prefix, value, at), at, func(name string, value any, at *place) {
		switch key := prefix + "." + name; name {
		case "level":
			var ok bool
			if rule.Level, ok = r.string(key, value, at, "error, warning, note or off"); ok {
				r.mistake(at.value, checkLevel(rule.Level))
			}
		case "ignore":
			rule.Ignore = r.list(key, value, at, "patterns", anyPattern)
		default:
			r.unknown(key, name, at, rulePrefix)
		}
	})
	r.Rules[id] = rule
}

// each calls f for everything in a table, in the order of the file.
func (r *fileReader) each(table map[string]any, at *place, f func(name string, value any, at *place)) {
	names := sortedKeys(table)
	sort.SliceStable(names, func(i, j int) bool { return at.of(names[i]).name < at.of(names[j]).name })
	for _, name := range names {
		f(name, table[name], at.of(name))
	}
}

func (r *fileReader) string(key string, value any, at *place, want string) (string, bool) {
	text, ok := value.(string)
	if !ok {
		r.mistake(at.value, wrongType(key, value, want))
	}
	return text, ok
}

func (r *fileReader) table(key string, value any, at *place) map[string]any {
	table, ok := value.(map[string]any)
	if !ok {
		r.mistake(at.value, wrongType(key, value, "a table"))
	}
	return table
}

// list returns a list of strings, each of which valid has looked at. of says what they are.
func (r *fileReader) list(key string, value any, at *place, of string, valid func(string) error) []string {
	values, ok := value.([]any)
	if !ok {
		r.mistake(at.value, wrongType(key, value, "a list of "+of))
		return nil
	}
	list := make([]string, len(values))
	for i, v := range values {
		err := error(nil)
		if list[i], ok = v.(string); !ok {
			err = wrongType(fmt.Sprintf("%s[%d]", key, i), v, "a string")
		} else {
			err = valid(list[i])
		}
		r.mistake(at.items[i], err)
	}
	return list
}

func (r *fileReader) unknown(key, name string, at *place, prefix string) {
	r.mistake(at.name, fmt.Errorf("there is no setting %.100q%s", key, suggest.Or(name, namesIn(prefix), "")))
}

// mistake notes err, if there is one, and where in the file it is.
func (r *fileReader) mistake(offset int, err error) {
	switch {
	case err == nil:
	case len(r.wrong) == maxMistakes:
		r.more++
	default:
		line, column := position(r.text, offset)
		r.wrong = append(r.wrong, fmt.Errorf("%s:%d:%d: %w", r.Path, line, column, err))
	}
}

// err returns all that is wrong.
func (r *fileReader) err() error {
	if r.more > 0 {
		r.wrong = append(r.wrong, fmt.Errorf("%s: %d more mistakes", r.Path, r.more))
	}
	return errors.Join(r.wrong...)
}

func wrongType(key string, value any, want string) error {
	is := "a date or time"
	switch value.(type) {
	case string:
		is = "a string"
	case int64, float64:
		is = "a number"
	case bool:
		is = "true or false"
	case []any:
		is = "a list"
	case map[string]any:
		is = "a table"
	}
	return fmt.Errorf("%s is %s here; write %s", key, is, want)
}

// levels are those that a rule can be given.
var levels = []string{"error", "warning", "note", Off}

func checkLevel(level string) error {
	if _, err := finding.ParseSeverity(level); err == nil || level == Off {
		return nil
	}
	return fmt.Errorf("there is no level %.100q%s", level, suggest.Or(level, levels, ": use error, warning, note or off"))
}

// explain turns the library's errors, which are about what is no TOML, into one line.
func explain(path string, err error) error {
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, col := at.Position()
		return fmt.Errorf("%s:%d:%d: %s", path, row, col, strings.TrimPrefix(at.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", path, err)
}

// namesIn returns the names of the settings that have the prefix, without what follows a
// further dot.
func namesIn(prefix string) []string {
	var names []string
	for _, s := range Settings() {
		if name, ok := strings.CutPrefix(s.Key, prefix); ok {
			name, _, _ = strings.Cut(name, ".")
			names = append(names, name)
		}
	}
	return names
}
