package remote

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxHaves is how many of a folder's commits are offered to a server, which looks at each.
const maxHaves = 2000

// Update brings a folder that Fetch or Update made up to date: it fetches what the folder does not
// have, and replaces its refs. What no ref leads to any more stays in it. After an error the folder
// is as it was, or has objects besides that nothing leads to.
func (s *Session) Update(path string) (*Refs, error) {
	refs, err := s.Refs()
	if err != nil {
		return nil, err
	}
	f := &folder{path}
	have, err := f.ids()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	known := map[plumbing.Hash]bool{}
	for _, id := range have {
		known[id] = true
	}
	var wants []plumbing.Hash
	for _, id := range refs.wants() {
		if !known[id] {
			wants = append(wants, id)
		}
	}
	if len(wants) > 0 {
		if err := s.exchange(f, wants, have[:min(len(have), maxHaves)], 0); err != nil {
			return nil, s.failed(err)
		}
	}
	return refs, f.setRefs(refs)
}

// ids returns what the refs of the folder lead to, each once.
func (f *folder) ids() (ids []plumbing.Hash, err error) {
	text, err := os.ReadFile(filepath.Join(f.path, "packed-refs"))
	if err != nil {
		return nil, err
	}
	seen := map[plumbing.Hash]bool{}
	for line := range bytes.Lines(text) {
		hex, _, ok := bytes.Cut(line, []byte(" "))
		if !ok || !plumbing.IsHash(string(hex)) {
			continue // the comment
		}
		if id := plumbing.NewHash(string(hex)); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}
