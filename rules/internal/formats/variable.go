// Package formats reads the formats in which programs are configured and run: YAML, shell
// scripts, Dockerfiles, .env files. It knows nothing of Neo or of keys.
package formats

import (
	"strings"
)

// An EnvVariable is one that a file sets for a program: a line of a .env file, an entry
// under env or environment in YAML, an ENV of a Dockerfile.
type EnvVariable struct {
	Name               string
	NameStart, NameEnd int
	// Value is without quotes; start and end delimit it as written.
	Value      string
	Start, End int
	Quote      byte // the quotes it has; 0 for none
	// Group is equal for variables of the same list.
	Group any
	// In are the names of what is around it in YAML, outermost first.
	In []string
}

// IsTOML reports whether a file of this name, in lower case, has variables in TOML that a
// platform gives to the program it runs.
func IsTOML(base string) bool {
	return base == "wrangler.toml" || base == "netlify.toml" || base == "fly.toml" || strings.HasPrefix(base, "fly.") && strings.HasSuffix(base, ".toml")
}

// ListOf returns a value that identifies the list of variables with setting i.
func ListOf(settings []Setting, i int) any {
	return strings.Join(settings[i].Path, "/")
}
