package report

import (
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// withRepositories puts the name of its repository before each path of r, for formats that have no
// place of their own for it. Of a worktree that is named by its path, that is the file's own path.
func withRepositories(r *finding.Result) {
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			inRepository(&list[i])
		}
	}
	for _, list := range [][]finding.Problem{r.Problems, r.Notices, r.LeftOut} {
		for i := range list {
			if p := &list[i]; p.Repository != "" {
				p.Path = joined(p.Repository, p.Path)
			}
		}
	}
}

// inRepository makes the paths of f begin with its repository.
func inRepository(f *finding.Finding) {
	if f.Repository == nil {
		return
	}
	name := f.Repository.Name
	f.Path = joined(name, f.Path)
	if f.Container != "" {
		f.Container = joined(name, f.Container)
	}
	if o := f.Original; o != nil {
		copied := *o
		copied.Path = joined(name, o.Path)
		f.Original = &copied
	}
	if h := f.Head; h != nil {
		copied := *h
		copied.Path = joined(name, h.Path)
		f.Head = &copied
	}
	places := make([]finding.Location, len(f.Places))
	for i, p := range f.Places {
		p.Path = joined(name, p.Path)
		places[i] = p
	}
	f.Places = places
}

func joined(repository, path string) string {
	if repository = strings.TrimSuffix(repository, "/"); path == "" {
		return repository
	}
	return repository + "/" + path
}
