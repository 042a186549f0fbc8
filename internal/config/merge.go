package config

import (
	"maps"
	"slices"

	"github.com/neokeys/neokeys/finding"
)

// Clone returns a copy that can be changed.
func (c *Config) Clone() *Config {
	d := *c
	d.Rules = maps.Clone(c.Rules)
	return &d
}

// Plus returns a configuration that finds whatever c finds, and besides what more finds, and
// names the settings of more that are not in it: those that would find less. own is a rule's
// own level.
func (c *Config) Plus(more *Config, own func(id string) finding.Severity) (sum *Config, left []string) {
	sum = c.Clone()
	sum.Variables = join(c.Variables, more.Variables)
	sum.Hosts = join(c.Hosts, more.Hosts)
	sum.BrowserFolders = join(c.BrowserFolders, more.BrowserFolders)
	if len(more.IgnoreUnopened) > 0 {
		left = append(left, "ignore-unopened")
	}
	if more.places.of("max-key-age") != nil {
		if more.MaxKeyAge > c.MaxKeyAge {
			left = append(left, "max-key-age")
		}
		sum.MaxKeyAge = min(c.MaxKeyAge, more.MaxKeyAge)
	}
	for _, id := range sortedKeys(more.Rules) {
		r, base := more.Rules[id], sum.Rules[id]
		if len(r.Ignore) > 0 {
			left = append(left, rulesPrefix+id+".ignore")
		}
		switch {
		case r.Level == "" || r.Level == base.Level:
		case severity(r.Level, own(id)) < severity(base.Level, own(id)):
			left = append(left, rulesPrefix+id+".level")
		default:
			base.Level, base.levelFrom = r.Level, more.Path
			sum.Rules[id] = base
		}
	}
	return sum, left
}

// rulesPrefix begins the names of settings of single rules.
const rulesPrefix = "rules."

// severity returns what a level is worth, where own is the rule's own; 0 is off.
func severity(level string, own finding.Severity) finding.Severity {
	switch level {
	case "":
		return own
	case Off:
		return 0
	}
	s, _ := finding.ParseSeverity(level) // it was read from a file that was looked at
	return s
}

func join(a, b []string) []string {
	a = slices.Clip(a)
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
