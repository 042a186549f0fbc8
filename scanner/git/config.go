package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"
)

// maxConfig is more than any repository's config holds.
const maxConfig = 16 << 20

// repoConfig is a repository's own config file. The files it includes are not read,
// nor the user's and the system's: nothing that neokeys asks for may be set there.
type repoConfig struct{ *config.Config }

func readConfig(path string) (repoConfig, error) {
	c := repoConfig{config.New()}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxConfig {
		return c, fmt.Errorf("%s: not a config file of git", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := config.NewDecoder(bytes.NewReader(text)).Decode(c.Config); err != nil {
		return c, fmt.Errorf("%s: git's config cannot be read: %w", path, err)
	}
	return c, nil
}

func (c repoConfig) value(section, key string) string {
	if !c.HasSection(section) {
		return ""
	}
	return c.Section(section).Option(key)
}

// isTrue reports whether a value is one of those that git takes for true.
func (c repoConfig) isTrue(section, key string) bool {
	switch strings.ToLower(c.value(section, key)) {
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
func (c repoConfig) checkFormat(dir string) error {
	switch v := c.value("core", "repositoryformatversion"); v {
	case "", "0", "1":
	default:
		return fmt.Errorf("%s: repository format version %s is not supported; this program knows 0 and 1", dir, v)
	}
	if !c.HasSection("extensions") {
		return nil
	}
	for _, o := range c.Section("extensions").Options {
		name, value := strings.ToLower(o.Key), strings.ToLower(o.Value)
		switch {
		case name == "objectformat" && (value == "sha1" || value == "sha256"), name == "refstorage" && value == "files":
		case name == "refstorage" && value == "reftable":
			return fmt.Errorf("%s: refs kept as reftable are not supported; "+
				"scan a clone of it, or run `git refs migrate --ref-format=files` first", dir)
		case name == "objectformat", name == "refstorage":
			return fmt.Errorf("%s: extensions.%s = %q is not supported", dir, o.Key, o.Value)
		case knownExtensions[name]:
		case c.value("core", "repositoryformatversion") == "1":
			return fmt.Errorf("%s: the repository uses the extension %q, which is not supported", dir, o.Key)
		}
	}
	return nil
}

// partial reports whether the clone may lack objects that its remote has.
func (c repoConfig) partial() bool {
	if c.value("extensions", "partialClone") != "" {
		return true
	}
	if !c.HasSection("remote") {
		return false
	}
	for _, remote := range c.Section("remote").Subsections {
		switch strings.ToLower(remote.Option("promisor")) {
		case "true", "yes", "on", "1":
			return true
		}
	}
	return false
}
