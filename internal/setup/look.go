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
	// Root is the worktree's folder; empty for a bare repository.
	Root string
	// Dir is the repository's own folder; Common is that of all its worktrees.
	Dir, Common string
	// Hosts, Packages and CI are names for a person: "GitHub", "npm", "GitLab CI".
	Hosts, Packages, CI []string
	// Manager is what manages the repository's hooks: "husky", "lefthook",
	// "pre-commit", or empty for nothing but git. Config is the file, or for husky the
	// folder, that says what to run.
	Manager, Config string
	// HooksDir is where git looks for hooks, Hooks which of those that matter are there.
	HooksDir string
	Hooks    []string
	// NotIgnored are the files with secrets, of those that projects usually have, that
	// git does not ignore.
	NotIgnored []string
}

// A sign is a file whose presence means something.
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
	{".pre-commit-config.yaml", "pre-commit"}, {".husky", "husky"},
	{"lefthook.yml", "lefthook"}, {"lefthook.yaml", "lefthook"}, {"lefthook.toml", "lefthook"}, {"lefthook.json", "lefthook"},
	{".lefthook.yml", "lefthook"}, {".lefthook.yaml", "lefthook"}, {".lefthook.toml", "lefthook"}, {".lefthook.json", "lefthook"},
	{".config/lefthook.yml", "lefthook"},
}

// Look looks at the repository at path.
func Look(path string) (*Project, error) {
	repo, err := git.Open(path, os.Getenv)
	if err != nil {
		return nil, err
	}
	p := &Project{Root: repo.Worktree, Dir: repo.Dir}
	at := repo.Dir
	if p.Root != "" {
		at = p.Root
	}
	if p.HooksDir, err = gitPath(at, "--git-path", "hooks"); err != nil {
		return nil, err
	}
	if p.Common, err = gitPath(at, "--git-common-dir"); err != nil {
		return nil, err
	}
	for _, name := range []string{"pre-commit", "commit-msg", "pre-push", "pre-receive"} {
		if _, err := os.Lstat(filepath.Join(p.HooksDir, name)); err == nil {
			p.Hooks = append(p.Hooks, name)
		}
	}
	p.Hosts = hostsOf(remoteURLs(at))
	if p.Root == "" {
		return p, nil
	}
	p.Packages = p.find(packageSigns)
	p.CI = p.find(ciSigns)
	for _, s := range managerSigns {
		if p.has(s.path) {
			p.Manager, p.Config = s.means, s.path
			break
		}
	}
	p.NotIgnored = p.notIgnored()
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
	_, err := os.Lstat(p.path(path))
	return err == nil
}

func (p *Project) path(path string) string { return filepath.Join(p.Root, filepath.FromSlash(path)) }

// notIgnored looks at the worktree's own .gitignore only: what is in the user's own
// ignore files does not protect others.
func (p *Project) notIgnored() []string {
	text, err := os.ReadFile(p.path(".gitignore"))
	if err != nil && !os.IsNotExist(err) {
		return nil // whatever it is, there is no adding to it
	}
	patterns := ignore.Parse(text, false)
	var missing []string
	for _, name := range []string{".env", ".env.local"} {
		if patterns.Match([]byte(name), false) != ignore.Ignored {
			missing = append(missing, name)
		}
	}
	return missing
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
