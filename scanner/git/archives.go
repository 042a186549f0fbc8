package git

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/pack"
)

// blobPath stands before the id of a blob in place of a path.
const blobPath = "blob:"

// newSearcher returns a searcher that opens archives. What it has to say of them is told when
// the search is finished.
func (s *search) newSearcher(set *rules.Set) *scanner.Searcher {
	searcher := scanner.NewSearcher(set, s.Places)
	searcher.ProjectOf(s.projectOf(set))
	searcher.OpenArchives(s.MaxArchiveDepth)
	s.searchers = append(s.searchers, searcher)
	return searcher
}

// projectOf returns what ProjectOf is to be for a searcher that runs set: of projects with other
// rules, versions of files and habits only have the places.
func (s *search) projectOf(set *rules.Set) func(path string) *scanner.Project {
	if s.ProjectOf == nil || set == s.Rules {
		return s.ProjectOf
	}
	return func(path string) *scanner.Project {
		p := s.ProjectOf(path)
		if p == nil {
			return nil
		}
		return &scanner.Project{Places: p.Places}
	}
}

// searchText looks for matches in a file, and in what is packed in it.
func (s *search) searchText(searcher *scanner.Searcher, path string, text []byte) (found, examples []finding.Finding, err error) {
	if archive.Detect(text) != archive.None {
		return searcher.SearchReader(s.ctx, path, bytes.NewReader(text))
	}
	return searcher.Search(path, text)
}

// remarks tells what searchers had to say.
func (o *outcome) remarks(problems, notices []finding.Problem) {
	room := max(0, maxProblems-len(o.result.Problems))
	if len(problems) > room {
		o.unlisted += len(problems) - room
		problems = problems[:room]
	}
	o.result.Problems = append(o.result.Problems, problems...)
	o.result.Notices = append(o.result.Notices, notices...)
}

// packed reports whether something is found in what is packed in an object. Whether an
// anchor is in it cannot be told otherwise.
func (v *sweepVisitor) packed(o *pack.Object) bool {
	return v.isArchive(o.Kind, o.Text) && v.unpack(o.ID(), bytes.NewReader(o.Text))
}

func (v *sweepVisitor) isArchive(kind pack.Kind, text []byte) bool {
	return kind == pack.Blob && v.archives != nil && archive.Detect(text) != archive.None
}

func (v *sweepVisitor) unpack(id pack.ID, r io.Reader) bool {
	found, examples, err := v.archives.SearchReader(v.ctx, blobPath+id.String(), r)
	return len(found) > 0 || len(examples) > 0 || err != nil
}

// reportArchives reports what the sweep had to say of archives. Those in which something was found
// are searched again where they lie in the history: what there is to say of them is said
// then.
func (h *history) reportArchives() {
	problems, notices := scanner.Remarks(h.unpackers...)
	again := func(p finding.Problem) bool {
		id, ok := strings.CutPrefix(p.Path, blobPath)
		if !ok {
			return false
		}
		blob, ok := h.repo.parseID(id)
		return ok && h.wanted.find(blob.Bytes()) >= 0
	}
	h.remarks(slices.DeleteFunc(problems, again), slices.DeleteFunc(notices, again))
}
