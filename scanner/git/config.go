package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-git/gcfg"
)

// maxConfig is more than any repository's config holds, in bytes.
const maxConfig = 16 << 20

// A repoConfig is what a repository's own config file says, by section and key in lower
// case. The files it includes are not read, nor the user's and the system's: nothing
// that neokeys asks for may be set there.
type repoConfig struct {
	values map[string]string // the last one where there are several
	// extensions are the keys of that section, as they are written.
	extensions []string
	// promisor tells that some remote may be asked for what is missing.
	promisor bool
}

// readConfig reads a config file; one that is not there says nothing.
func readConfig(path string) (repoConfig, error) {
	c := repoConfig{values: map[string]string{}}
	text, err := readFile(path, maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if err := gcfg.ReadWithCallback(bytes.NewReader(text), c.set); err != nil {
		return c, fmt.Errorf("%s: git's config cannot be read: %w", path, err)
	}
	return c, nil
}

// set takes note of one value. Without an equals sign it is true.
func (c *repoConfig) set(section, sub, key, value string, blank bool) error {
	if blank {
		value = "true"
	}
	section = strings.ToLower(section)
	switch {
	case key == "": // a section begins
	case section == "remote" && strings.EqualFold(key, "promisor"):
		c.promisor = c.promisor || isTrue(value)
	case sub != "":
	case section == "extensions":
		c.extensions = append(c.extensions, key)
		fallthrough
	case section == "core":
		c.values[section+"."+strings.ToLower(key)] = value
	}
	return nil
}

// value returns the value of a name such as core.bare, in lower case; empty if it is not
// set.
func (c *repoConfig) value(name string) string { return c.values[name] }

func (c *repoConfig) isTrue(name string) bool { return isTrue(c.values[name]) }

// isTrue reports whether a value is one of those that git takes for true.
func isTrue(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}

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
	for _, key := range c.extensions {
		name := strings.ToLower(key)
		value := strings.ToLower(c.value("extensions." + name))
		switch {
		case name == "objectformat" && (value == "sha1" || value == "sha256"), name == "refstorage" && value == "files":
		case name == "refstorage" && value == "reftable":
			return fmt.Errorf("%s: refs kept as reftable are not supported; "+
				"scan a clone of it, or run `git refs migrate --ref-format=files` first", dir)
		case name == "objectformat", name == "refstorage":
			return fmt.Errorf("%s: extensions.%s = %q is not supported", dir, key, value)
		case knownExtensions[name]:
		case version == "1":
			return fmt.Errorf("%s: the repository uses the extension %q, which is not supported", dir, key)
		}
	}
	return nil
}

// partial reports whether the clone may lack objects that its remote has.
func (c *repoConfig) partial() bool { return c.value("extensions.partialclone") != "" || c.promisor }
