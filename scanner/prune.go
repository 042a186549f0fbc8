package scanner

import "io/fs"

// A pruning says what to leave out of a folder.
type pruning struct{}

// newPruning returns what to leave out of root, a folder that the user named.
func newPruning(string, bool) (pruning, error) { return pruning{}, nil }

// enter returns what to leave out of the folder at path, given what lies in it.
func (p pruning) enter(string, *folder, []fs.DirEntry) pruning { return p }

// folder returns what to leave out of the folder called name, and whether to go into
// it at all.
func (p pruning) folder(string) (pruning, bool) { return p, true }

// file reports whether to search the file called name.
func (p pruning) file(string) bool { return true }
