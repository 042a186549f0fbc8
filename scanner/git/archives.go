package git

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/pack"
)

// blobPath stands before the id of a blob in place of a path.
const blobPath = "blob:"

// newSearcher returns a searcher that opens archives. Its remarks about them are reported when
// the search ends.
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

// searchText looks for matches in a file and, if it is an archive, in its members.
func (s *search) searchText(searcher *scanner.Searcher, path string, text []byte) (found, examples []finding.Finding, err error) {
	if archive.Holds(path, text) {
		return searcher.SearchReader(s.ctx, path, bytes.NewReader(text))
	}
	return searcher.Search(path, text)
}

// remarks adds the remarks of searchers.
func (o *outcome) remarks(problems, notices []finding.Problem) {
	room := max(0, maxProblems-len(o.result.Problems))
	if len(problems) > room {
		o.unlisted += len(problems) - room
		problems = problems[:room]
	}
	o.result.Problems = append(o.result.Problems, problems...)
	o.result.Notices = append(o.result.Notices, notices...)
}

// remarksOf adds the remarks of searchers about archives.
func (s *search) remarksOf(searchers []*scanner.Searcher) {
	problems, notices := scanner.Remarks(searchers...)
	if s.unopenedTold {
		problems = slices.DeleteFunc(problems, func(p finding.Problem) bool { return p.Unopened })
	}
	s.remarks(problems, notices)
}

// packed reports whether something is found in the members of an archive. Their anchors do not
// show in the archive's own bytes.
func (v *sweepVisitor) packed(o *pack.Object) bool {
	v.holds = false
	if o.Kind != pack.Blob || v.archives == nil {
		return false
	}
	if o.Text != nil {
		v.holds = archive.Holds("", o.Text)
		return v.holds && !v.later(o) && v.unpack(o.ID(), bytes.NewReader(o.Text))
	}
	head := v.head(o)
	tail := o.Window(max(0, int(o.Size)-archive.TailSize), int(o.Size))
	return archive.HoldsBetween("", head, tail, o.Size) && v.unpack(o.ID(), o.Pieces())
}

// A packedBlob is an archive that is to be unpacked when all objects have been visited.
type packedBlob struct {
	id   pack.ID
	size int64
	text []byte // nil if it is to be read once more
}

const (
	// longArchive is how many bytes an archive has at least that is left for later: one that is met near the
	// end would keep one worker busy when the others have nothing left to do.
	longArchive = 256 << 10
	// longestLater is how many it has at most, as several are read at a time.
	longestLater = 8 << 20
	// maxLater is how many are left by one worker, and maxHeldLater how many bytes of their texts it holds.
	maxLater     = 10_000
	maxHeldLater = 4 << 20
)

// later leaves an archive for later, unless it was made from another object: it may be read once more, and
// its bases would be, too.
func (v *sweepVisitor) later(o *pack.Object) bool {
	if len(o.Text) < longArchive || len(o.Text) > longestLater || o.Edits != nil || len(v.left) == maxLater {
		return false
	}
	b := packedBlob{id: o.ID(), size: o.Size}
	if v.heldLeft+len(o.Text) <= maxHeldLater {
		v.heldLeft += len(o.Text)
		b.text = bytes.Clone(o.Text)
	}
	v.left = append(v.left, b)
	return true
}

// unpackLeft unpacks what visitors left for later, the largest first.
func (s *sweep) unpackLeft(visitors []*sweepVisitor) {
	var left []packedBlob
	for _, v := range visitors {
		left = append(left, v.left...)
		v.left = nil // which would hold the texts
	}
	slices.SortFunc(left, func(a, b packedBlob) int { return cmp.Compare(b.size, a.size) })
	var next atomic.Int64
	var all sync.WaitGroup
	for _, v := range visitors {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(left)) && v.ctx.Err() == nil; i = next.Add(1) - 1 {
				v.unpackLater(left[i])
				left[i].text = nil
			}
		})
	}
	all.Wait()
	for _, v := range visitors {
		for _, p := range v.lost {
			s.problem(p)
		}
	}
}

// unpackLater unpacks an archive that was left for later.
func (v *sweepVisitor) unpackLater(b packedBlob) {
	if b.text == nil {
		var err error
		if _, b.text, err = v.store.ObjectOf(pack.Blob, b.id, pack.MaxText); err != nil {
			v.lost = append(v.lost, pack.Problem{ID: b.id, Err: err})
			return
		}
	}
	if v.unpack(b.id, bytes.NewReader(b.text)) {
		v.found = append(v.found, anchored{b.id, pack.Blob, b.size, verdict{partial: true}})
	}
}

func (v *sweepVisitor) unpack(id pack.ID, r io.Reader) bool {
	found, examples, err := v.archives.SearchReader(v.ctx, blobPath+id.String(), r)
	return len(found) > 0 || len(examples) > 0 || err != nil
}

// reportArchives reports what the sweep had to say of archives. Those in which something was found
// are searched again where they are in the history: what there is to say of them is said
// then.
func (h *history) reportArchives() {
	problems, notices := scanner.Remarks(h.unpackers...)
	problems = h.reportUnopened(problems)
	again := func(p finding.Problem) bool {
		id, ok := h.idIn(p.Path)
		return ok && h.wanted.find(id.Bytes()) >= 0
	}
	h.remarks(slices.DeleteFunc(problems, again), slices.DeleteFunc(notices, again))
}

// idIn returns the id in what stands for the path of a blob.
func (h *history) idIn(path string) (pack.ID, bool) {
	id, ok := strings.CutPrefix(path, blobPath)
	if !ok {
		return pack.ID{}, false
	}
	return h.repo.parseID(id)
}

// reportUnopened says what could not be opened: of what HEAD has, with its path; of what only
// older versions have, how many there are, as nobody can mend those. It returns the other
// problems.
func (h *history) reportUnopened(problems []finding.Problem) (others []finding.Problem) {
	h.unopenedTold = true // in all versions: those that are searched again are among them
	old := map[pack.ID][]finding.Problem{}
	for _, p := range problems {
		if id, ok := h.idIn(p.Path); ok && p.Unopened {
			old[id] = append(old[id], p)
		} else {
			others = append(others, p)
		}
	}
	if len(old) == 0 {
		return others
	}
	inHead := map[pack.ID]bool{}
	var now []finding.Problem
	c := comparison{
		ctx:     h.ctx,
		trees:   h.objects.tree,
		named:   func(string, string) {},
		problem: func(string, error) {}, // others read the same trees and say so
		changed: func(c change) {
			for _, u := range old[c.now.id] {
				u.Path = rules.Mask(c.path)
				now = append(now, u)
				inHead[c.now.id] = true
			}
		},
	}
	if h.head != missing {
		_ = c.run(side{id: pack.NewID(h.graph.tree(h.head))}, nil)
	}
	h.remarks(now, nil)
	var names []string
	for id := range old {
		if !inHead[id] {
			names = append(names, blobPath+id.String())
		}
	}
	if len(names) == 0 {
		return others
	}
	slices.Sort(names)
	what := "1 file that HEAD does not have was not opened"
	if len(names) > 1 {
		what = fmt.Sprintf("%d files that HEAD does not have were not opened", len(names))
	}
	named := names[:min(len(names), maxUnopenedNamed)]
	h.notice(fmt.Sprintf("%s, as neokeys cannot read them: %s", what, strings.Join(named, ", ")))
	return others
}

// maxUnopenedNamed is how many old versions of files a notice names.
const maxUnopenedNamed = 3
