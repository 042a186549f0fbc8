package cli

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner"
)

// maxHistoriesNamed is how many histories that were not searched are named.
const maxHistoriesNamed = 3

// leaveHistories says which histories among the files at paths were not searched. Those that the user
// named are problems.
func leaveHistories(r *finding.Result, paths []string) {
	var left []string
	for _, h := range outermost(r.Histories) {
		switch {
		case strings.HasSuffix(h, ".git") || scanner.HasHistory(h):
			left = append(left, h)
		case named(h, paths):
			r.Problems = append(r.Problems, finding.Problem{Path: h,
				Message: "git keeps objects in this file, and no key in them can be seen: `git clone` a bundle, or `git unpack-objects` a pack, and run `neokeys git` on the repository"})
		default:
			left = append(left, h)
		}
	}
	r.Histories = left
}

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

// named reports whether a pack or a bundle is what the user named: itself, or the folder of packs
// that it is in.
func named(file string, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		p = filepath.ToSlash(filepath.Clean(p))
		folder := path.Dir(file)
		if path.Ext(file) != ".pack" {
			return p == file
		}
		return p == file || p == folder || path.Base(folder) == "pack" && p == path.Dir(folder)
	})
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
