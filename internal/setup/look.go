// Package setup looks at a repository and plans what there is to add to it so that
// neokeys guards it: hooks, a CI job, a configuration. It writes nothing that it has
// not shown first, and overwrites nothing.
package setup

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/ignore"
)

// A Project is what was found out about a repository.
type Project struct {
	Repo *git.Repo
	// Root is the worktree's folder; empty for a bare repository.
	Root string
	// Hosts, Packages and CI are names for a person: "GitHub", "npm", "GitLab CI".
	Hosts, Packages, CI []string
	// Manager is what manages the repository's hooks: "husky", "lefthook",
	// "pre-commit", or empty for nothing but git.
	Manager string
	// HooksDir is where git looks for hooks.
	HooksDir string
	// EnvIgnored tells that .env files are ignored by git.
	EnvIgnored bool
}

// signs are files whose presence tells something.
type sign struct{ path, means string }

var packageSigns = []sign{
	{"package.json", "npm"}, {"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "Yarn"}, {"bun.lock", "Bun"},
	{"go.mod", "Go modules"}, {"pyproject.toml", "Python"}, {"requirements.txt", "pip"}, {"Pipfile", "Pipenv"},
	{"Cargo.toml", "Cargo"}, {"pom.xml", "Maven"}, {"build.gradle", "Gradle"}, {"build.gradle.kts", "Gradle"},
	{"Gemfile", "Bundler"}, {"composer.json", "Composer"}, {"Package.swift", "Swift packages"}, {"pubspec.yaml", "Dart pub"},
}

var ciSigns = []sign{
	{".github/workflows", "GitHub Actions"}, {".gitlab-ci.yml", "GitLab CI"}, {".circleci/config.yml", "CircleCI"},
	{"Jenkinsfile", "Jenkins"}, {"azure-pipelines.yml", "Azure Pipelines"}, {"bitbucket-pipelines.yml", "Bitbucket Pipelines"},
	{".travis.yml", "Travis CI"}, {".buildkite", "Buildkite"}, {".drone.yml", "Drone"},
}

var managerSigns = []sign{
	{".pre-commit-config.yaml", "pre-commit"}, {".pre-commit-config.yml", "pre-commit"},
	{".husky", "husky"}, {"lefthook.yml", "lefthook"}, {"lefthook.yaml", "lefthook"}, {".lefthook.yml", "lefthook"}, {".lefthook.yaml", "lefthook"},
	{"lefthook.toml", "lefthook"}, {"lefthook.json", "lefthook"},
}

// Look looks at the repository at path.
func Look(path string) (*Project, error) {
	repo, err := git.Open(path, os.Getenv)
	if err != nil {
		return nil, err
	}
	p := &Project{Repo: repo, Root: repo.Worktree}
	configs := gitConfigs(repo)
	p.HooksDir = hooksDir(repo, hooksPath(configs))
	p.Hosts = hostsOf(remoteURLs(configs))
	if p.Root == "" {
		return p, nil
	}
	p.Packages = p.find(packageSigns)
	p.CI = p.find(ciSigns)
	if managers := p.find(managerSigns); len(managers) > 0 {
		p.Manager = managers[0]
	}
	p.EnvIgnored = p.ignoresEnv()
	return p, nil
}

// find returns what the signs that are there mean, each once.
func (p *Project) find(signs []sign) []string {
	var found []string
	for _, s := range signs {
		if p.has(s.path) && !slices.Contains(found, s.means) {
			found = append(found, s.means)
		}
	}
	return found
}

func (p *Project) has(path string) bool {
	_, err := os.Lstat(filepath.Join(p.Root, filepath.FromSlash(path)))
	return err == nil
}

// ignoresEnv reports whether the worktree's own .gitignore covers .env files. What is
// in the user's own ignore files does not protect others.
func (p *Project) ignoresEnv() bool {
	text, err := os.ReadFile(filepath.Join(p.Root, ".gitignore"))
	if err != nil {
		return false
	}
	patterns := ignore.Parse(text, false)
	return patterns.Match([]byte(".env"), false) == ignore.Ignored &&
		patterns.Match([]byte(".env.local"), false) == ignore.Ignored
}

// knownHosts are where people keep repositories.
var knownHosts = []sign{{"github.com", "GitHub"}, {"gitlab.", "GitLab"}, {"bitbucket.org", "Bitbucket"}, {"dev.azure.com", "Azure DevOps"}, {"codeberg.org", "Codeberg"}}

func hostsOf(urls []string) []string {
	var hosts []string
	for _, url := range urls {
		for _, h := range knownHosts {
			if strings.Contains(url, h.path) && !slices.Contains(hosts, h.means) {
				hosts = append(hosts, h.means)
			}
		}
	}
	return hosts
}

// hooksDir returns where git looks for the repository's hooks; dir is core.hooksPath.
func hooksDir(repo *git.Repo, dir string) string {
	switch {
	case dir == "":
		return filepath.Join(repo.Common, "hooks")
	case filepath.IsAbs(dir):
		return dir
	case strings.HasPrefix(dir, "~/"):
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, dir[2:])
		}
	}
	// Git runs hooks in the worktree's root, or in a bare repository's folder.
	if repo.Worktree != "" {
		return filepath.Join(repo.Worktree, dir)
	}
	return filepath.Join(repo.Dir, dir)
}
