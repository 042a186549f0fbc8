package worktree

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// maxFiles is how many configuration files are read for one worktree. Those that include
// themselves would have no end.
const maxFiles = 100

// configure reads what matters here of git's configuration: that of the system, the
// user, the repository and the worktree. A file that is included on a condition
// (includeIf) is not read, nor what is given to git on its command line.
func (t *Tree) configure() {
	xdg, _ := userFolders()
	if xdg != "" {
		t.excludes = filepath.Join(xdg, "git", "ignore")
	}
	files := Configs()
	t.hashSize = gitdir.HashSize("")
	c := config{tree: t}
	for _, path := range append(files, filepath.Join(t.dir.Common, "config")) {
		c.read(path)
	}
	if c.perWorktree {
		c.read(filepath.Join(t.dir.Path, "config.worktree"))
	}
}

// userFolders returns the user's folders of configuration, empty where there are none.
func userFolders() (xdg, home string) {
	xdg = os.Getenv("XDG_CONFIG_HOME")
	home, _ = os.UserHomeDir()
	if xdg == "" && home != "" {
		xdg = filepath.Join(home, ".config")
	}
	return xdg, home
}

// Configs returns the paths of git's configuration files for all repositories, of which the
// later ones go before the earlier ones. They need not be there.
func Configs() []string {
	var files []string
	if !gitdir.IsTrue(os.Getenv("GIT_CONFIG_NOSYSTEM")) {
		files = append(files, systemConfig())
	}
	xdg, home := userFolders()
	if global, ok := os.LookupEnv("GIT_CONFIG_GLOBAL"); ok {
		return append(files, global)
	}
	if xdg != "" {
		files = append(files, filepath.Join(xdg, "git", "config"))
	}
	if home != "" {
		files = append(files, filepath.Join(home, ".gitconfig"))
	}
	return files
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
	files       int // how many have been read
}

// read reads a file. What comes before a mistake in it counts.
func (c *config) read(path string) {
	if c.files++; c.files > maxFiles {
		return
	}
	settings, _ := gitdir.ReadConfig(path)
	for _, s := range settings {
		switch s.Name() {
		case "core.excludesfile":
			c.tree.excludes = ""
			if s.Value != "" {
				c.tree.excludes = gitdir.Join(c.tree.Root, expandHome(s.Value))
			}
		case "core.ignorecase":
			c.tree.FoldCase = gitdir.IsTrue(s.Value)
		case "extensions.worktreeconfig":
			c.perWorktree = gitdir.IsTrue(s.Value)
		case "extensions.objectformat":
			c.tree.hashSize = gitdir.HashSize(s.Value)
		case "include.path":
			c.read(gitdir.Join(filepath.Dir(path), expandHome(s.Value)))
		}
	}
}

func expandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}
