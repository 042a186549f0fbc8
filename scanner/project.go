package scanner

import (
	"path/filepath"
	"sync"

	"github.com/neokeys/neokeys/scanner/worktree"
)

// A projectPaths knows where files lie in their projects. What a place is follows from
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
