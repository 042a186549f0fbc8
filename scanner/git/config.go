package git

import (
	"fmt"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// A repoConfig is what a repository's own config file says. The files it includes are not
// read, nor the user's and the system's: nothing that neokeys asks for may be set there.
type repoConfig struct {
	values map[string]string // by name; the last one where there are several
	// extensions are the keys of that section.
	extensions []string
	// promisor says that some remote may be asked for what is missing.
	promisor bool
}

// readConfig reads a config file; one that is not there says nothing.
func readConfig(path string) (repoConfig, error) {
	c := repoConfig{values: map[string]string{}}
	settings, err := gitdir.ReadConfig(path)
	for _, s := range settings {
		switch {
		case s.Section == "remote" && s.Key == "promisor":
			c.promisor = c.promisor || gitdir.IsTrue(s.Value)
		case s.Subsection != "":
		case s.Section == "extensions":
			c.extensions = append(c.extensions, s.Key)
			fallthrough
		default:
			c.values[s.Name()] = s.Value
		}
	}
	return c, err
}

// value returns the value of a name such as core.bare, in lower case; empty if it is not
// set.
func (c *repoConfig) value(name string) string { return c.values[name] }

func (c *repoConfig) isTrue(name string) bool { return gitdir.IsTrue(c.values[name]) }

// knownExtensions are those of gitrepository-layout's format version 1 that change
// nothing about what is read here.
var knownExtensions = map[string]bool{
	"noop": true, "noop-v1": true, "partialclone": true, "preciousobjects": true,
	"worktreeconfig": true, "relativeworktrees": true, "compatobjectformat": true,
	"submodulepathconfig": true,
}

// checkFormat reports what about the repository's format is not supported. Git asks
// every program to refuse a repository with an extension that it does not know:
// https://git-scm.com/docs/repository-version
func (c *repoConfig) checkFormat(dir string) error {
	version := c.value("core.repositoryformatversion")
	switch version {
	case "", "0", "1":
	default:
		return fmt.Errorf("%s: repository format version %s is not supported; this program knows 0 and 1", dir, version)
	}
	for _, name := range c.extensions {
		value := strings.ToLower(c.value("extensions." + name))
		switch {
		case name == "objectformat" && (value == "sha1" || value == "sha256"), name == "refstorage" && value == "files":
		case name == "refstorage" && value == "reftable":
			return fmt.Errorf("%s: refs kept as reftable are not supported; "+
				"scan a clone of it, or run `git refs migrate --ref-format=files` first", dir)
		case name == "objectformat", name == "refstorage":
			return fmt.Errorf("%s: extensions.%s = %q is not supported", dir, name, value)
		case knownExtensions[name]:
		case version == "1":
			return fmt.Errorf("%s: the repository uses the extension %q, which is not supported", dir, name)
		}
	}
	return nil
}

// partial reports whether the clone may lack objects that its remote has.
func (c *repoConfig) partial() bool { return c.value("extensions.partialclone") != "" || c.promisor }
