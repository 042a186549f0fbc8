package cli

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner/git"
	"github.com/neokeys/neokeys/scanner/gitdir"
)

// A destination is where commits are pushed to, as git names it: a remote and its URL, or the URL
// twice; empty for what is not known.
type destination struct{ remote, url string }

// remotesOf returns the URLs of the remotes of a repository.
func remotesOf(repo *git.Repo) map[string][]string {
	remotes := map[string][]string{}
	settings, _ := gitdir.ReadConfig(filepath.Join(repo.Common, "config")) // what comes before a mistake counts
	for _, s := range settings {
		if s.Section == "remote" && (s.Key == "url" || s.Key == "pushurl") {
			remotes[s.Subsection] = append(remotes[s.Subsection], s.Value)
		}
	}
	return remotes
}

// tracked returns the name of a remote from which was fetched what there is at the destination: of
// its own name, else of another one that has its URL. It is empty if there is none.
func (d destination) tracked(repo *git.Repo) string {
	fetched := func(remote string) bool { return repo.HasRefs("refs/remotes/" + remote + "/") }
	if d.remote == "" || fetched(d.remote) {
		return d.remote
	}
	remotes := remotesOf(repo)
	urls := append([]string{d.url}, remotes[d.remote]...)
	for _, name := range slices.Sorted(maps.Keys(remotes)) {
		for _, url := range remotes[name] {
			for _, wanted := range urls {
				if name != d.remote && wanted != "" && sameURL(url, wanted) && fetched(name) {
					return name
				}
			}
		}
	}
	return ""
}

// sameURL reports whether two URLs lead to one repository, as far as their spelling shows.
func sameURL(a, b string) bool { return plainURL(a) == plainURL(b) }

// plainURL returns a URL in one of its spellings: those of scp's as ssh://, without .git.
func plainURL(url string) string {
	if host, path, ok := strings.Cut(url, ":"); ok && !strings.Contains(url, "://") && !strings.ContainsAny(host, `/\`) && len(host) > 1 {
		url = "ssh://" + host + "/" + strings.TrimPrefix(path, "/")
	}
	return strings.TrimSuffix(strings.TrimRight(url, "/"), ".git")
}

// fetchFirst says how to have what the destination has known here.
func (d destination) fetchFirst() string {
	name, before := d.remote, ""
	if d.remote == d.url {
		name, before = "NAME", "git remote add NAME "+d.url+" && "
	}
	return fmt.Sprintf("Nothing was ever fetched from there, so all commits count as new. If it has them\nalready, fetch it first: %sgit fetch %s", before, name)
}
