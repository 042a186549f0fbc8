package scanner

import (
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/worktree"
)

// A Project holds the settings of one project: its rules and its places.
type Project struct {
	Rules  *rules.Set // nil for those of the whole search
	Places rules.Places
}

// projectAt returns the project that the files in folder are of; nil for the one that the
// options describe.
func (s *Scan) projectAt(folder string) *Project {
	if s.ProjectAt == nil {
		return nil
	}
	return s.ProjectAt(folder)
}

// projectIn returns the project that the files in the folder of t are of. If there is more
// in it than the entries, what begins a project may be among the rest.
func (s *Scan) projectIn(t *task, entries []fs.DirEntry, more bool) *Project {
	begins := t.named || more || slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == ".git" || slices.Contains(s.Marks, e.Name())
	})
	if !begins {
		return t.project
	}
	return s.projectAt(t.path)
}

// enter makes s search files of project p; nil is that of the options.
func (s *stream) enter(p *Project) {
	if p == nil {
		p = s.outside
	}
	if p == nil {
		return
	}
	s.places = &p.Places
	if p.Rules != nil && p.Rules != s.set {
		s.set = p.Rules
		s.nest.inner = nil // it has a set made of the other
	}
}

// A projectPaths knows where files are in their projects. What a place is follows from
// its path there: a checkout in /build is not what a build left behind, while
// the current folder may be.
type projectPaths struct {
	roots sync.Map // the worktree's root by folder, "" for none
}

// of returns the path of a file, slash-separated, from the root of its worktree or,
// outside of one, from the current folder; as it is where that does not lead to it.
func (p *projectPaths) of(path string) string {
	abs, err := filepath.Abs(path)
	if path == Stdin || err != nil {
		return path
	}
	root := p.root(filepath.Dir(abs))
	if root == "" {
		root, err = filepath.Abs(".")
	}
	if rel, relErr := filepath.Rel(root, abs); err == nil && relErr == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}

func (p *projectPaths) root(folder string) string {
	if root, ok := p.roots.Load(folder); ok {
		return root.(string)
	}
	root := ""
	if tree := worktree.At(folder); tree != nil {
		root = tree.Root
	} else if parent := filepath.Dir(folder); parent != folder {
		root = p.root(parent)
	}
	p.roots.Store(folder, root)
	return root
}
