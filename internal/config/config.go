// Package config reads .neokeys.toml, by which a project tunes neokeys.
//
// The file is in what is being scanned and is hostile input like everything
// there: it can tune rules, and everything it silences is counted in the reports,
// but it can name no address to send a key to and no program to run.
package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// FileName is what a project's configuration is called.
const FileName = ".neokeys.toml"

// MaxSize is far more than anyone writes by hand, in bytes, and little enough for the time
// that reading takes, which grows with its square.
const MaxSize = 128 << 10

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
	// IgnoreUnopened are patterns, as in .gitignore and relative to the file's folder, of
	// archives that may stay unopened.
	IgnoreUnopened []string
	// MaxKeyAge is how old a key may grow.
	MaxKeyAge time.Duration
	// Rules holds what is said of single rules, by id.
	Rules map[string]Rule

	text   []byte // of the file
	places *place // in it
}

// A Rule is what is said of one rule.
type Rule struct {
	// Level is error, warning, note or [Off]; empty for the rule's own.
	Level string
	// Ignore are patterns, as in .gitignore and relative to the file's folder, of
	// paths in which the rule's findings are suppressed.
	Ignore []string

	levelFrom string // where Level comes from, if not from the file
}

// Default returns the configuration of a project that has none.
func Default() *Config {
	return &Config{MaxKeyAge: DefaultMaxKeyAge, Rules: map[string]Rule{}}
}

// Parse reads a configuration whose text is already there, from a git object, say.
// path is for messages. An error says line, column, what is wrong, and the nearest
// right name.
func Parse(path string, text []byte, ruleIDs []string) (*Config, error) {
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%s: larger than %d bytes: this is no configuration of neokeys", path, MaxSize)
	}
	var doc map[string]any
	if err := toml.Unmarshal(text, &doc); err != nil {
		return nil, explain(path, err)
	}
	places, err := placesIn(text)
	if err != nil {
		return nil, explain(path, err)
	}
	r := fileReader{Config: Default(), ruleIDs: ruleIDs}
	r.Path, r.text, r.places = path, text, places
	r.read(doc)
	if err := r.err(); err != nil {
		return nil, err
	}
	return r.Config, nil
}

// SetLevel gives a rule a level, whatever the file says. from says where it comes from.
func (c *Config) SetLevel(id, level, from string) {
	r := c.Rules[id]
	r.Level, r.levelFrom = level, from
	c.Rules[id] = r
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
