package setup

import (
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing/format/config"

	"github.com/neokeys/neokeys/scanner/git"
)

// gitConfigs returns git's configuration of the repository and then the user's, those of
// them that are there and can be read.
func gitConfigs(repo *git.Repo) []*config.Config {
	paths := []string{filepath.Join(repo.Common, "config")}
	if home, err := os.UserHomeDir(); err == nil {
		paths = append(paths, filepath.Join(home, ".gitconfig"))
	}
	if dir, err := os.UserConfigDir(); err == nil {
		paths = append(paths, filepath.Join(dir, "git", "config"))
	}
	var configs []*config.Config
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		c := config.New()
		if err := config.NewDecoder(f).Decode(c); err == nil {
			configs = append(configs, c)
		}
		_ = f.Close() // only read from
	}
	return configs
}

// hooksPath returns core.hooksPath, empty if it is not set.
func hooksPath(configs []*config.Config) string {
	for _, c := range configs {
		if dir := c.Section("core").Option("hooksPath"); dir != "" {
			return dir
		}
	}
	return ""
}

// remoteURLs returns where the repository's remotes are.
func remoteURLs(configs []*config.Config) []string {
	var urls []string
	for _, c := range configs {
		for _, remote := range c.Section("remote").Subsections {
			urls = append(urls, remote.OptionAll("url")...)
		}
	}
	return urls
}
