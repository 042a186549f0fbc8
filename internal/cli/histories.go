package cli

import (
	"fmt"
	"slices"
	"strings"
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
