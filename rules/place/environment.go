package place

import (
	"path"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// The environments that a path may speak of.
const (
	Production  = "production"
	staging     = "staging"
	development = "development"
	Tests       = "test"
)

var environments = map[string]string{
	"prod": Production, "production": Production, "live": Production, "prd": Production,
	"staging": staging, "stage": staging, "stg": staging, "uat": staging, "qa": staging, "preview": staging, "sandbox": staging,
	"dev": development, "development": development, "local": development,
	"test": Tests, "tests": Tests, "testing": Tests, "__tests__": Tests, "spec": Tests, "e2e": Tests,
	"cypress": Tests, "mocks": Tests, "__mocks__": Tests,
}

// ofMachine are files whose name calls them local because each machine has its own, whatever
// environment that is for: those of Claude Code and of Android's build.
var ofMachine = map[string]bool{"settings.local.json": true, "local.properties": true}

// Environment returns the environment that the file at name is for, by its name or those
// of its folders; empty if they say nothing.
func Environment(name string) string {
	parts := strings.Split(strings.ToLower(path.Clean(name)), "/")
	base := parts[len(parts)-1]
	if ofMachine[base] || strings.HasPrefix(name, "/dev/") || strings.HasPrefix(name, "/proc/") {
		return "" // what the system calls so says nothing of the content
	}
	words := strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	last := ""
	for i := len(words) - 1; i >= 0; i-- {
		e := environments[words[i]]
		if e == "" || i == 0 && len(words) >= 3 && !strings.HasPrefix(base, "test_") {
			continue
		}
		if words[i] != "local" {
			return e
		}
		last = e // .env.production.local is a machine's own, for production
	}
	if last != "" {
		return last
	}
	for i := len(parts) - 2; i >= 0; i-- {
		if e := environments[parts[i]]; e != "" {
			return e
		}
	}
	return ""
}

// EnvironmentOfKey returns the environment that a key is for by its name, empty if that is none that
// everyone has.
func EnvironmentOfKey(k *finding.Key) string { return environments[k.Env] }
