package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// maxHistoriesNamed is how many histories that were not searched are named.
const maxHistoriesNamed = 3

// outermost returns the paths, sorted, without those that are in another one.
func outermost(paths []string) []string {
	var outer []string
	for _, p := range slices.Sorted(slices.Values(paths)) {
		if !slices.ContainsFunc(outer, func(o string) bool { return p == o || strings.HasPrefix(p, o+"/") }) {
			outer = append(outer, p)
		}
	}
	return outer
}

// without returns the histories of other repositories than the one of the git directory common. Its linked
// worktrees have the same history, and the search of that names the submodules.
func without(histories []string, common string) []string {
	return slices.DeleteFunc(histories, func(path string) bool {
		dir, err := gitdir.At(path)
		return err == nil && isWithin(resolved(common), resolved(dir.Common))
	})
}

// isWithin reports whether path is folder or in it.
func isWithin(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// resolved returns an absolute path without links, if it leads anywhere.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return absolute(path)
}

// historiesLine says which histories were not searched, and what does it; empty for none.
func historiesLine(histories []string) string {
	n := len(histories)
	if n == 0 {
		return ""
	}
	var names []string
	for _, h := range histories[:min(n, maxHistoriesNamed)] {
		names = append(names, repositoryOf(h))
	}
	what := "the history of " + strings.Join(names, ", ")
	if n > len(names) {
		what += fmt.Sprintf(" and of %d others", n-len(names))
	}
	command := "neokeys git"
	switch {
	case n > 1:
		command += " REPO"
	case names[0] != ".":
		command += " " + names[0]
	}
	return fmt.Sprintf("Not searched: %s; `%s` does that.", strings.Replace(what, "of .", "of this repository", 1), command)
}

// repositoryOf returns the worktree of a git directory that has the usual name; else its own path.
func repositoryOf(history string) string {
	if history == ".git" {
		return "."
	}
	return strings.TrimSuffix(history, "/.git")
}
