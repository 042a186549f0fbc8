package git

import (
	"slices"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// maxPathsOfBlob is how many copies of one file are searched for habits: a few trees that
// hold each other several times make more than can ever be gone through, and one copy says
// what the others do.
const maxPathsOfBlob = 100

// habits searches the files in HEAD with the rules that look at whole files. What such a
// rule is about is not a key that stays in the history but a habit, which only matters
// where it is still there; so nothing is said of which commit brought it in. found are
// the objects with an anchor.
func (h *history) habits(found []anchored) {
	set := h.Rules.FileRules()
	if h.head == missing || set == nil {
		return
	}
	left := map[pack.ID]int{}        // paths at which each blob is still to be searched
	keys := map[pack.ID][]keyMatch{} // which are known already, with their commits
	for _, a := range found {
		if a.kind == pack.Blob {
			left[a.id], keys[a.id] = maxPathsOfBlob, a.keys
		}
	}
	if len(left) == 0 {
		return
	}
	searcher := scanner.NewSearcher(set, h.Places)
	searcher.ProjectOf(h.projectOf(set))
	c := comparison{
		ctx:     h.ctx,
		trees:   h.objects.tree,
		named:   func(string, string) {},
		problem: h.unreadable,
		changed: func(c change) {
			if c.now.mode&modeType == modeFile && left[c.now.id] > 0 {
				left[c.now.id]--
				h.habitsIn(searcher, c.path, c.now.id, keys[c.now.id])
			}
		},
	}
	if err := c.run(side{id: pack.NewID(h.graph.tree(h.head))}, nil); err != nil && h.ctx.Err() == nil {
		h.problem("HEAD", err)
	}
}

// habitsIn searches one file in HEAD, in which these keys are known.
func (h *history) habitsIn(searcher *scanner.Searcher, path string, id pack.ID, keys []keyMatch) {
	text, long, err := h.objects.blob(id)
	if long != nil {
		_ = long.Close() // only read from; it is larger than what such rules are given
		return
	}
	if err != nil {
		h.unreadable(path, err)
		return
	}
	found, examples, err := searcher.Search(path, text)
	if err != nil {
		h.problem(path, err)
	}
	inHead := true
	for i, list := range [][]finding.Finding{found, examples} {
		for _, f := range list {
			if f.Key != nil && slices.Contains(keys, keyMatch{f.Rule, f.Key.ID}) {
				continue
			}
			f.Object, f.InHead = id.String(), &inHead
			h.add(&hit{Finding: f, example: i == 1})
		}
	}
}
