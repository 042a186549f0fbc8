package git

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"path"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/scanner/pack"
)

// news is what one commit, or the next one, adds: the matches in a file that no parent
// has in that file. When the commit renames a file, what the file had under its old
// name is not news either, unless more people can read the new place.
type news struct {
	s *search
	// each is called for every match that is news, and the path where it is.
	each func(path string, h *hit)
	// touched is called for every changed file, after its news unless it is a new
	// file; it may be nil.
	touched func(change)
	// moved is called for each match that is not news because a file was renamed; it may be
	// nil.
	moved func(from, to string, h *hit)

	// absentLFS is called for each Git LFS pointer that is new and whose object is not here;
	// it may be nil.
	absentLFS func(path string, id pack.ID)

	copies  map[pack.ID]int // paths at which each blob was searched
	skipped int             // paths that were left out because of that

	removed []change // files that are gone: one of them may have been renamed
	added   []change // files that are new and have matches in them
}

// of compares now with its parents' trees and reports what is news.
func (n *news) of(now side, parents []pack.ID) error {
	n.removed, n.added = nil, nil
	n.copies, n.skipped = map[pack.ID]int{}, 0
	c := comparison{
		ctx:     n.s.ctx,
		trees:   n.s.objects.tree,
		changed: n.change,
		named:   n.name,
		problem: n.s.unreadable,
	}
	c.limit = n.s.stepsLeft()
	err := c.run(now, parents)
	n.s.steps += c.steps
	if n.skipped > 0 {
		n.s.problem("", fmt.Errorf("the same files are at more than %d paths: they were searched at the first %d, and not at %d others",
			maxCopies, maxCopies, n.skipped))
	}
	for _, c := range n.arrivals() {
		for i := range c.hits {
			if c.from[i] == "" {
				n.each(c.path, &c.hits[i])
			} else if n.moved != nil {
				n.moved(c.from[i], c.path, &c.hits[i])
			}
		}
	}
	return err
}

func (n *news) change(c change) {
	if n.touched != nil {
		defer n.touched(c)
	}
	if c.now.mode == 0 {
		n.removed = append(n.removed, c)
		return
	}
	if n.leavesOut(c.path) {
		return
	}
	if n.s.isClean(c.now.id) {
		n.s.Progress.Files.Add(1)
		return
	}
	if n.copies[c.now.id]++; n.copies[c.now.id] > maxCopies {
		n.skipped++
		return
	}
	hits := n.s.hits(c.path, c.now.id)
	n.s.Progress.Files.Add(1)
	if n.s.absent[c.now.id] && n.absentLFS != nil {
		n.absentLFS(c.path, c.now.id)
	}
	if len(hits) == 0 {
		return
	}
	if c.added() {
		n.added = append(n.added, c)
		return
	}
	known := map[identity]finding.Exposure{}
	for i := range c.before {
		if !c.before[i].isFile() {
			continue
		}
		for _, was := range n.s.hits(c.path, c.before[i].id) {
			if e, ok := known[was.identity]; !ok || was.Exposure.WiderThan(e) {
				known[was.identity] = was.Exposure
			}
		}
	}
	for i := range hits {
		if was, ok := known[hits[i].identity]; !ok || hits[i].Exposure.WiderThan(was) {
			n.each(c.path, &hits[i])
		}
	}
}

// maxCopies is at how many paths of one commit the same file is searched, if anything in it needs
// to be looked at.
const maxCopies = 1000

// leavesOut reports whether path is not to be searched. It may still be where a file was
// renamed from.
func (n *news) leavesOut(path string) bool { return n.s.Only != nil && !n.s.Only(path) }

// name looks for keys in the name of a file or folder that is new.
func (n *news) name(folder, name string) {
	path := join(folder, []byte(name))
	if n.leavesOut(path) {
		return
	}
	hits := n.s.nameHits(n.s.searcher, folder, name)
	for i := range hits {
		n.each(path, &hits[i])
	}
}

// maxRenames is how many removed files are looked at for each new one, as in git.
const maxRenames = 1000

// An arrival is a new file with matches in it. from has, for each of them, the path of the removed
// file that it came from; empty for what came from none.
type arrival struct {
	change
	hits []hit
	from []string
}

// A likeness is a way in which a new file can be a removed one.
type likeness struct {
	same  bool // to the byte
	named bool // with the same name, in another folder
}

// likenesses are in the order in which git prefers them.
var likenesses = []likeness{{same: true, named: true}, {same: true}, {named: true}, {}}

// may reports whether two files can be alike in this way; [news.alike] compares their texts.
func (l *likeness) may(old, now string, before, after pack.ID) bool {
	return (!l.same || before == after) && (!l.named || path.Base(old) == path.Base(now))
}

// arrivals returns the new files with what each match in them was renamed from. A removed file
// was renamed to one file at most: a second one like it is a copy.
func (n *news) arrivals() []arrival {
	list := make([]arrival, len(n.added))
	for i, c := range n.added {
		hits := n.s.hits(c.path, c.now.id)
		list[i] = arrival{c, hits, make([]string, len(hits))}
	}
	became := map[string]string{} // the new path of each removed file
	for _, like := range likenesses {
		for i := range list {
			for j := range list[i].hits {
				if n.s.ctx.Err() != nil {
					return nil
				}
				if list[i].from[j] == "" {
					list[i].from[j] = n.renamed(&list[i].change, &list[i].hits[j], like, became)
				}
			}
		}
	}
	return list
}

// renamed returns the path from which a match in a new file came with the file; empty if there is
// none. became has the renames that are known, and gets this one.
func (n *news) renamed(c *change, h *hit, like likeness, became map[string]string) string {
	for i := range n.removed[:min(len(n.removed), maxRenames)] {
		old := &n.removed[i]
		if to, taken := became[old.path]; taken && to != c.path {
			continue
		}
		for j := range old.before {
			before := &old.before[j]
			if !before.isFile() || !like.may(old.path, c.path, before.id, c.now.id) {
				continue
			}
			was := find(n.s.hits(old.path, before.id), h.identity)
			if was != nil && !h.Exposure.WiderThan(was.Exposure) && n.alike(before.id, c.now.id) {
				became[old.path] = c.path
				return old.path
			}
		}
	}
	return ""
}

// alike reports whether git would take one blob for the renamed other: if at least half
// of the longer one's bytes are in lines that both have.
func (n *news) alike(a, b pack.ID) bool {
	if a == b {
		return true
	}
	textA, rA, errA := n.s.objects.blob(a)
	textB, rB, errB := n.s.objects.blob(b)
	if rA != nil {
		_ = rA.Close() // only read from
	}
	if rB != nil {
		_ = rB.Close() // only read from
	}
	if errA != nil || errB != nil || rA != nil || rB != nil {
		return false
	}
	seed := maphash.MakeSeed()
	lines := map[uint64]int{}
	for line := range bytes.Lines(textA) {
		lines[maphash.Bytes(seed, line)]++
	}
	common := 0
	for line := range bytes.Lines(textB) {
		if hash := maphash.Bytes(seed, line); lines[hash] > 0 {
			lines[hash]--
			common += len(line)
		}
	}
	return 2*common >= max(len(textA), len(textB))
}
