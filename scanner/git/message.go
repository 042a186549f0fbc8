package git

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/pack"
)

// message looks for keys in what a commit says: in its message, where lines are counted
// from the subject, and in the names it bears.
func (a *addition) message(c *commit) {
	hits := a.textHits("commit", c.id, c.text)
	in := true // the range's newer end leads to it
	for i := range hits {
		f := &hits[i].Finding
		f.Commit, f.First, f.InHead = c.finding(), a.first(&hits[i], c.id), &in
		a.add(&hits[i])
	}
}

// textHits returns the matches in a commit or tag. Its message is behind the first empty
// line.
func (s *search) textHits(kind string, id pack.ID, text []byte) []hit {
	if _, any := s.Rules.Anchors().Next(text, 0); !any {
		return nil
	}
	path := kind + ":" + id.String()
	var hits []hit
	search := func(exposure finding.Exposure, from int, text []byte) {
		found, examples, err := s.searcher.SearchAs(rules.Place{Path: path, Exposure: exposure}, text)
		if err != nil {
			s.problem(path, err)
		}
		for _, h := range newHits(id, found, examples) {
			h.Offset += int64(from)
			if exposure == finding.Name {
				h.Line, h.Column, h.EndLine, h.EndColumn = 0, 0, 0, 0
				h.what = nameOf(h.what)
			}
			if find(hits, h.identity) == nil {
				hits = append(hits, h)
			}
		}
	}
	head, message, _ := bytes.Cut(text, []byte("\n\n"))
	message = bytes.TrimLeft(message, "\n")
	search(finding.Message, len(text)-len(message), message)
	search(finding.Name, 0, head)
	return hits
}
