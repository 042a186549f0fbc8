package setup

import (
	"bytes"
	"errors"
	"fmt"
	"os"
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
	cmd.Env = append(os.Environ(), "GIT_NO_LAZY_FETCH=1") // the repository says with which program to fetch
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

// gitPath returns a folder that git rev-parse prints for the repository in dir, such as the one in
// which git looks for hooks.
func gitPath(dir string, args ...string) (string, error) {
	folder, err := askGit(dir, append([]string{"rev-parse"}, args...)...)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(dir, folder)
	}
	return folder, nil
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

// globalSetting returns one of git's global settings; empty if it is not set.
func globalSetting(name string) string {
	value, _ := askGit(".", "config", "--global", "--get", name) // it fails where there is none
	return value
}

func setGlobal(name, value string) error {
	_, err := askGit(".", "config", "--global", name, value)
	return err
}

func unsetGlobal(name string) error {
	_, err := askGit(".", "config", "--global", "--unset", name)
	return err
}
