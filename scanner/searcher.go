package scanner

import (
	"context"
	"io"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// A Searcher runs rules over one text at a time, for packages that have texts of their
// own, such as the objects of a repository. It is not for several goroutines at once.
type Searcher struct {
	stream *stream
	out    collector
}

// NewSearcher returns a Searcher that runs the rules in set and takes files for what
// places says of them.
func NewSearcher(set *rules.Set, places rules.Places) *Searcher {
	s := &Searcher{}
	s.stream = &stream{set: set, out: &s.out, places: &places}
	return s
}

// Search looks for matches in a text that is in memory, as if it were the file at path.
// With an error it returns what was found before that.
func (s *Searcher) Search(path string, text []byte) (found, examples []finding.Finding, err error) {
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

// SearchReader is Search in a text too long to be held in memory.
func (s *Searcher) SearchReader(ctx context.Context, path string, r io.Reader) (found, examples []finding.Finding, err error) {
	if s.stream.buf == nil {
		s.stream.buf = make([]byte, bufferSize)
	}
	_, err = s.stream.search(ctx, path, r)
	found, examples = s.take()
	return found, examples, err
}

// SearchName looks for keys in the name of something in a folder.
func (s *Searcher) SearchName(folder, name string) (found, examples []finding.Finding) {
	s.stream.searchName(folder, name)
	return s.take()
}

func (s *Searcher) take() (found, examples []finding.Finding) {
	found, examples = s.out.result.Findings, s.out.result.Examples
	s.out.result = finding.Result{}
	return found, examples
}
