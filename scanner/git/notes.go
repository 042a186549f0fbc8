package git

import (
	"slices"
	"strings"

	"github.com/neokeys/neokeys/scanner/pack"
)

// notesRefs begins the names of refs whose commits hold notes (git-notes(1)): each file is the note of
// the object whose id is its path, which may have slashes in it.
const notesRefs = "refs/notes/"

// notePath returns what a report calls the note at a path.
func notePath(path string) string { return "note:" + strings.ReplaceAll(path, "/", "") }

// ofNotes returns the commits of the range that only refs of notes lead to.
func (a *addition) ofNotes() map[pack.ID]bool {
	if len(a.noteTips) == 0 {
		return nil
	}
	notes, others := map[pack.ID]bool{}, map[pack.ID]bool{}
	for _, c := range a.tips {
		if slices.Contains(a.noteTips, c) {
			notes[c.id] = true
		} else {
			others[c.id] = true
		}
	}
	for _, v := range slices.Backward(a.visits) { // children come first
		for _, p := range v.parents {
			notes[p] = notes[p] || notes[v.id]
			others[p] = others[p] || others[v.id]
		}
	}
	for id := range others {
		if others[id] {
			delete(notes, id)
		}
	}
	return notes
}
