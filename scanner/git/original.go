package git

import (
	"bytes"
	"context"
	"io/fs"
	"path/filepath"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
	"github.com/neokeys/neokeys/scanner/sourcemap"
)

// maxBundleBytes is how much of bundles, maps and sources is read to find the places in the
// sources of all that a search finds.
const maxBundleBytes = 1 << 30

// originals gives what was found in bundles its places in the sources, as far as the same commit,
// or the index, has the map.
func (s *search) originals() {
	if s.ctx.Err() != nil {
		s.problem("", errInterrupted)
		return
	}
	byCommit := map[string][]int{}
	var commits []string
	for i := range s.result.Findings {
		f := &s.result.Findings[i]
		oid := ""
		if f.Commit != nil {
			oid = f.Commit.OID
		}
		if byCommit[oid] == nil {
			commits = append(commits, oid)
		}
		byCommit[oid] = append(byCommit[oid], i)
	}
	left := int64(maxBundleBytes)
	for _, oid := range commits {
		s.originalsIn(oid, byCommit[oid], &left)
		if s.ctx.Err() != nil {
			s.problem("", errInterrupted)
			return
		}
	}
	if left < 0 {
		s.notice("the bundles are too big to find all places in their sources: `neokeys scan` finds those of the worktree")
	}
}

// originalsIn is originals for the findings, by number, of one commit, empty for the index.
func (s *search) originalsIn(oid string, numbers []int, left *int64) {
	files := &commitBundles{ctx: s.ctx, snapshot: Snapshot{objects: s.objects, index: s.index}, left: left}
	if oid != "" {
		id, err := pack.ParseID(oid)
		if err != nil {
			return
		}
		c, err := s.objects.commit(id)
		if err != nil {
			return
		}
		files.snapshot = Snapshot{objects: s.objects, tree: c.tree}
	} else if s.index == nil {
		return
	}
	files.BundleTree = scanner.BundleTree{Exists: files.snapshot.Exists, Places: &s.Places}
	some := make([]finding.Finding, len(numbers))
	for i, n := range numbers {
		some[i] = s.result.Findings[n]
	}
	s.result.Notices = append(s.result.Notices, scanner.Originals(s.ctx, files, some)...)
	for i, n := range numbers {
		s.result.Findings[n].Original = some[i].Original
	}
}

// commitBundles are the files of a commit, as [scanner.Bundles].
type commitBundles struct {
	scanner.BundleTree
	ctx      context.Context
	snapshot Snapshot
	left     *int64 // bytes that may be read
}

// Open implements [scanner.Bundles].
func (b *commitBundles) Open(path string) (scanner.Bundle, error) {
	if b.ctx.Err() != nil || *b.left < 0 {
		return nil, fs.ErrNotExist
	}
	text, err := b.snapshot.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if *b.left -= int64(len(text)); *b.left < 0 {
		return nil, fs.ErrNotExist
	}
	return blobBundle{bytes.NewReader(text)}, nil
}

// Source implements [scanner.Bundles].
func (b *commitBundles) Source(mapPath string, name sourcemap.Name) (string, bool) {
	p, here := b.BundleTree.Source(mapPath, name)
	if !here && !filepath.IsLocal(p) {
		return name.Inside(), false
	}
	return p, here
}

// A blobBundle is the text of a blob.
type blobBundle struct{ *bytes.Reader }

// Close implements [scanner.Bundle].
func (blobBundle) Close() error { return nil }
