package setup

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// askGit returns what the git program says in dir. Where its hooks lie is up to it alone: many
// files of configuration, and what they include, have a say.
func askGit(dir string, args ...string) (string, error) {
	var errText bytes.Buffer
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Stderr = &errText
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("there is no git program, and so nothing that would run hooks: install git first")
	case errors.As(err, &exit):
		return "", fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(errText.String()))
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

// hooksDir returns the folder in which git looks for the hooks of the repository in dir.
func hooksDir(dir string) (string, error) {
	hooks, err := askGit(dir, "rev-parse", "--git-path", "hooks")
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(hooks) {
		hooks = filepath.Join(dir, hooks)
	}
	return hooks, nil
}

// remoteURLs returns where the repository's remotes are.
func remoteURLs(dir string) []string {
	// Without remotes it fails.
	out, _ := askGit(dir, "config", "--get-regexp", `^remote\..*\.url$`)
	var urls []string
	for line := range strings.Lines(out) {
		if _, url, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			urls = append(urls, url)
		}
	}
	return urls
}
