package scanner

import (
	"bytes"
	"context"
	"io"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/archive"
)

// A Searcher runs rules over one text at a time, for packages that have texts of their
// own, such as the objects of a repository. It is not for several goroutines at once.
type Searcher struct {
	stream    *stream
	out       collector
	projectOf func(path string) *Project // nil where there is only one
}

// NewSearcher returns a Searcher that runs the rules in set and takes files for what
// places says of them.
func NewSearcher(set *rules.Set, places rules.Places) *Searcher {
	s := &Searcher{}
	s.stream = &stream{set: set, out: &s.out, places: &places, past: true, outside: &Project{Rules: set, Places: places}}
	return s
}

// OpenArchives has [Searcher.SearchReader] open archives and compressed files that lie in up
// to depth-1 others.
func (s *Searcher) OpenArchives(depth int) { s.stream.nest.left = depth }

// ProjectOf has s search a file as one of the project that of returns for its path. Without
// rules of its own, that has those of s. Nil is one project everywhere.
func (s *Searcher) ProjectOf(of func(path string) *Project) { s.projectOf = of }

// enter readies s for the file at path.
func (s *Searcher) enter(path string) {
	if s.projectOf != nil {
		s.stream.enter(s.projectOf(path))
	}
}

// Search looks for matches in a text that is in memory, as if it were the file at path.
// With an error it returns what was found before that.
func (s *Searcher) Search(path string, text []byte) (found, examples []finding.Finding, err error) {
	s.enter(path)
	err = s.stream.searchBytes(path, text)
	found, examples = s.take()
	return found, examples, err
}

// SearchAs is Search in a place whose exposure does not follow from a path.
func (s *Searcher) SearchAs(place rules.Place, text []byte) (found, examples []finding.Finding, err error) {
	err = s.stream.searchPlace(place, text)
	found, examples = s.take()
	return found, examples, err
}

// SearchReader is Search in a text that is too long to be held in memory, or that may be an
// archive.
func (s *Searcher) SearchReader(ctx context.Context, path string, r io.Reader) (found, examples []finding.Finding, err error) {
	if s.stream.buf == nil {
		s.stream.buf = make([]byte, bufferSize)
	}
	s.enter(path)
	_, err = s.stream.search(ctx, path, r)
	found, examples = s.take()
	return found, examples, err
}

// SearchMemory is SearchReader in a text that is in memory as a whole. It is copied only if it
// may be an archive.
func (s *Searcher) SearchMemory(ctx context.Context, path string, text []byte) (found, examples []finding.Finding, err error) {
	if archive.Holds(path, text) || archive.EndsAsZip(text, false) {
		return s.SearchReader(ctx, path, bytes.NewReader(text))
	}
	return s.Search(path, text)
}

// SearchName looks for keys in the name of something in a folder.
func (s *Searcher) SearchName(folder, name string) (found, examples []finding.Finding) {
	s.stream.searchName(folder, name)
	return s.take()
}

func (s *Searcher) take() (found, examples []finding.Finding) {
	r := &s.out.result
	found, examples = r.Findings, r.Examples
	r.Findings, r.Examples = nil, nil
	return found, examples
}

// Remarks returns what else there is to say of what searchers have searched: what of
// archives could not be unpacked, and what of them nobody has tried to.
func Remarks(searchers ...*Searcher) (problems, notices []finding.Problem) {
	var all collector
	for _, s := range searchers {
		all.result.Problems = append(all.result.Problems, s.out.result.Problems...)
		all.result.Notices = append(all.result.Notices, s.out.result.Notices...)
		all.archives += s.out.archives
		all.archiveNames = append(all.archiveNames, s.out.archiveNames...)
		s.out.result, s.out.archives, s.out.archiveNames = finding.Result{}, 0, nil
	}
	all.tellArchives()
	return all.result.Problems, all.result.Notices
}
