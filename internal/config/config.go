// Package config reads .neokeys.toml, by which a project tunes neokeys.
//
// The file lies in what is being scanned and is hostile input like everything
// there: it can tune rules, and everything it silences is counted in the reports,
// but it can name no address to send a key to and no program to run.
package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/pelletier/go-toml/v2"

	"github.com/neokeys/neokeys/finding"
)

// FileName is what a project's configuration is called.
const FileName = ".neokeys.toml"

// maxSize is far more than anyone writes by hand, in bytes.
const maxSize = 1 << 20

// DefaultMaxKeyAge is how old a key may grow before it is reported as stale.
const DefaultMaxKeyAge = 90 * day

// Off is the level of a rule that does not run.
const Off = "off"

// A Config is what a configuration file says.
type Config struct {
	// Path is the file it was read from; empty where there is none.
	Path string
	// Variables and Hosts are names of the project's own that stand for a Neo
	// key's variable and for a Neo API (a gateway, a proxy).
	Variables, Hosts []string
	// BrowserFolders are folders of the project's own whose files are handed to
	// browsers.
	BrowserFolders []string
	// MaxKeyAge is how old a key may grow.
	MaxKeyAge time.Duration
	// Rules holds what is said of single rules, by id.
	Rules map[string]Rule

	lines map[string]int // where each setting stands in the file
}

// A Rule is what is said of one rule.
type Rule struct {
	// Level is error, warning, note or [Off]; empty for the rule's own.
	Level string
	// Ignore are patterns, as in .gitignore and relative to the file's folder, of
	// paths in which the rule's findings are suppressed.
	Ignore []string
}

// file is the form of the file. What each setting is for is told in settings.
type file struct {
	Variables      []string            `toml:"variables"`
	Hosts          []string            `toml:"hosts"`
	BrowserFolders []string            `toml:"browser-folders"`
	MaxKeyAge      string              `toml:"max-key-age"`
	Rules          map[string]fileRule `toml:"rules"`
}

type fileRule struct {
	Level  string   `toml:"level"`
	Ignore []string `toml:"ignore"`
}

// Default returns the configuration of a project that has none.
func Default() *Config {
	return &Config{MaxKeyAge: DefaultMaxKeyAge, Rules: map[string]Rule{}}
}

// Read reads the file at path. ruleIDs are the rules there are.
func Read(path string, ruleIDs []string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	defer f.Close() // only read from
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	return Parse(path, text, ruleIDs)
}

// Parse reads a configuration whose text is already there, from a git object, say.
// path is for messages. An error says line, column, what is wrong, and the nearest
// right name.
func Parse(path string, text []byte, ruleIDs []string) (*Config, error) {
	if len(text) > maxSize {
		return nil, fmt.Errorf("%s: larger than %d bytes: this is no configuration of neokeys", path, maxSize)
	}
	var f file
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, explain(path, err)
	}
	lines, err := lineNumbers(text)
	if err != nil {
		return nil, explain(path, err)
	}
	c := Default()
	c.Path, c.lines = path, lines
	c.Variables, c.Hosts, c.BrowserFolders = f.Variables, f.Hosts, f.BrowserFolders
	if err := c.check(f, ruleIDs); err != nil {
		return nil, err
	}
	return c, nil
}

// check takes over what has to be looked at first.
func (c *Config) check(f file, ruleIDs []string) error {
	if f.MaxKeyAge != "" {
		age, err := ParseAge(f.MaxKeyAge)
		if err != nil {
			return c.errorAt("max-key-age", err)
		}
		c.MaxKeyAge = age
	}
	for _, list := range []struct {
		key   string
		names []string
		valid func(string) error
	}{
		{"variables", f.Variables, checkVariable},
		{"hosts", f.Hosts, checkHost},
		{"browser-folders", f.BrowserFolders, checkFolder},
	} {
		for _, name := range list.names {
			if err := list.valid(name); err != nil {
				return c.errorAt(list.key, err)
			}
		}
	}
	for _, id := range sortedKeys(f.Rules) {
		r, key := f.Rules[id], "rules."+id
		if !slices.Contains(ruleIDs, id) {
			return c.errorAt(key, fmt.Errorf("there is no rule %q%s; `neokeys rules` lists them", id, suggest(id, ruleIDs)))
		}
		if r.Level != "" && r.Level != Off {
			if _, err := finding.ParseSeverity(r.Level); err != nil {
				levels := []string{"error", "warning", "note", Off}
				return c.errorAt(key+".level", fmt.Errorf("unknown level %q%s: use error, warning, note or off", r.Level, suggest(r.Level, levels)))
			}
		}
		c.Rules[id] = Rule(r)
	}
	return nil
}

// errorAt says where in the file the trouble is.
func (c *Config) errorAt(key string, err error) error {
	if line := c.line(key); line > 0 {
		return fmt.Errorf("%s:%d: %s: %w", c.Path, line, key, err)
	}
	return fmt.Errorf("%s: %s: %w", c.Path, key, err)
}

// line returns the line on which the setting stands, or what it is part of.
func (c *Config) line(key string) int {
	for {
		if n := c.lines[key]; n > 0 {
			return n
		}
		cut := strings.LastIndexByte(key, '.')
		if cut < 0 {
			return 0
		}
		key = key[:cut]
	}
}

// explain turns the library's errors into one line each.
func explain(path string, err error) error {
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) {
		var all []error
		for i := range missing.Errors {
			e := &missing.Errors[i]
			row, col := e.Position()
			key := e.Key()
			all = append(all, fmt.Errorf("%s:%d:%d: there is no setting %q%s", path, row, col,
				strings.Join(key, "."), suggest(key[len(key)-1], namesBeside(key))))
		}
		return errors.Join(all...)
	}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		row, col := at.Position()
		return fmt.Errorf("%s:%d:%d: %s", path, row, col, strings.TrimPrefix(at.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", path, err)
}

// namesBeside returns the names that could stand where key does.
func namesBeside(key []string) []string {
	var names []string
	for _, s := range Settings() {
		inRule := strings.HasPrefix(s.Key, rulePrefix)
		if inRule == (len(key) > 1) {
			names = append(names, strings.TrimPrefix(s.Key, rulePrefix))
		}
	}
	return append(names, "rules")
}

// suggest returns ", did you mean X?" for the name nearest to what was written, or
// nothing if none is near.
func suggest(written string, names []string) string {
	best, distance := "", len(written)/2+1
	for _, name := range names {
		if d := levenshtein.ComputeDistance(written, name); d < distance {
			best, distance = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, cmp.Compare[string])
	return keys
}
