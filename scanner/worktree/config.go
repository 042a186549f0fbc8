package worktree

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/go-git/gcfg"
)

const (
	maxConfig  = 1 << 20 // bytes in a configuration file
	maxInclude = 10      // files that include each other, as in git
)

// configure reads what matters here of git's configuration: that of the system, the
// user, the repository and the worktree. A file that is included on a condition
// (includeIf) is not read, nor what is given to git on its command line.
func (t *Tree) configure() {
	xdg := os.Getenv("XDG_CONFIG_HOME")
	home, _ := os.UserHomeDir()
	if xdg == "" && home != "" {
		xdg = filepath.Join(home, ".config")
	}
	if xdg != "" {
		t.excludes = filepath.Join(xdg, "git", "ignore")
	}

	var files []string
	if !isTrue(os.Getenv("GIT_CONFIG_NOSYSTEM")) {
		files = append(files, systemConfig())
	}
	if global, ok := os.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		files = append(files, global)
	} else {
		if xdg != "" {
			files = append(files, filepath.Join(xdg, "git", "config"))
		}
		if home != "" {
			files = append(files, filepath.Join(home, ".gitconfig"))
		}
	}
	c := config{tree: t}
	for _, path := range append(files, filepath.Join(t.commonDir, "config")) {
		c.read(path, 0)
	}
	if c.perWorktree {
		c.read(filepath.Join(t.gitDir, "config.worktree"), 0)
	}
}

func systemConfig() string {
	if path, ok := os.LookupEnv("GIT_CONFIG_SYSTEM"); ok {
		return path
	}
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(os.Getenv("ProgramFiles"), "Git", "etc", "gitconfig")
	case "darwin":
		if _, err := os.Stat("/opt/homebrew/etc/gitconfig"); err == nil {
			return "/opt/homebrew/etc/gitconfig"
		}
	}
	return "/etc/gitconfig"
}

// A config is the configuration as far as it has been read.
type config struct {
	tree        *Tree
	perWorktree bool
}

// read reads a file. What comes before a mistake in it counts.
func (c *config) read(path string, depth int) {
	text, err := readFile(path, maxConfig)
	if err != nil || depth > maxInclude {
		return
	}
	_ = gcfg.ReadWithCallback(bytes.NewReader(text), func(section, subsection, key, value string, bare bool) error {
		if subsection != "" {
			return nil
		}
		if bare {
			value = "true"
		}
		switch strings.ToLower(section + "." + key) {
		case "core.excludesfile":
			c.tree.excludes = ""
			if value != "" {
				c.tree.excludes = under(c.tree.Root, expandHome(value))
			}
		case "core.ignorecase":
			c.tree.FoldCase = isTrue(value)
		case "extensions.worktreeconfig":
			c.perWorktree = isTrue(value)
		case "extensions.objectformat":
			if value == "sha256" {
				c.tree.hashSize = sha256Size
			}
		case "include.path":
			c.read(under(filepath.Dir(path), expandHome(value)), depth+1)
		}
		return nil
	})
}

func isTrue(value string) bool {
	switch strings.ToLower(value) {
	case "true", "yes", "on":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}
