package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"sort"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/anchor"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/archive"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A sweep searches every commit, blob and tag of a store for anchors, reachable or not,
// and runs the rules around those it finds. Where an object is in the history it does
// not know: that is asked only for the few in which something was found.
//
// Of an object that git keeps as a delta, it searches what is not copied from its parent, and
// whatever could begin in a copy and end behind it. The rest was searched in the parent, and
// the anchors that were found there are carried over.
type sweep struct {
	store    *pack.Store
	rules    *rules.Set
	jobs     int // 0 is one a processor
	progress *scanner.Progress
	// header is given each commit and tag, which is its own only until it returns; of a very
	// long one it is given the beginning. It is called by several workers at once, which are
	// numbered. It may be nil.
	header  func(worker int, o *pack.Object)
	problem func(pack.Problem)
	// unpacker makes the searcher of a worker that looks into archives; it may be nil.
	unpacker func() *scanner.Searcher
	// openLFS opens what a Git LFS pointer names; it may be nil.
	openLFS func(gitdir.Pointer) (*os.File, error)
	// absent are, after run, the objects of Git LFS that are not here.
	absent map[[32]byte]bool
}

// An anchored object is one that has an anchor in it.
type anchored struct {
	id   pack.ID
	kind pack.Kind
	size int64
	verdict
}

// A verdict is what the rules say of a text, whatever its path may be.
type verdict struct {
	// keys are in order, each once. Versions of a file share them: they must not
	// be changed.
	keys []keyMatch
	// habits says whether there is a match without a key.
	habits bool
	// partial says that the text is too long, or the anchors too many, to look at all
	// of them.
	partial bool
}

// A keyMatch is a rule's match with a key.
type keyMatch struct{ rule, key string }

func (k keyMatch) compare(other keyMatch) int {
	return cmp.Or(cmp.Compare(k.key, other.key), cmp.Compare(k.rule, other.rule))
}

// maxAnchors is how many anchors of one object are looked at.
const maxAnchors = 100_000

// run returns the objects with an anchor, in the order of their ids. The error is ctx's.
func (s *sweep) run(ctx context.Context) ([]anchored, error) {
	var visitors []*sweepVisitor
	s.absent = map[[32]byte]bool{}
	err := s.store.Sweep(ctx, pack.Sweep{
		Kinds: []pack.Kind{pack.Commit, pack.Blob, pack.Tag},
		Jobs:  s.jobs,
		Spans: true,
		NewVisitor: func() pack.Visitor {
			v := &sweepVisitor{sweep: s, ctx: ctx, worker: len(visitors), finder: s.rules.Anchors(), matcher: scanner.NewMatcher(s.rules)}
			if s.unpacker != nil {
				v.archives = s.unpacker()
			}
			visitors = append(visitors, v)
			return v
		},
		Problem: s.problem,
		Again:   true, // for the trees
	})
	s.unpackLeft(visitors)
	var all []anchored
	for _, v := range visitors {
		v.count(0, 0)
		all = append(all, v.found...)
		maps.Copy(s.absent, v.absent)
	}
	sort.Slice(all, func(i, j int) bool { return bytes.Compare(all[i].id.Bytes(), all[j].id.Bytes()) < 0 })
	return joined(all), err
}

// joined makes one of the two that there are of an object with an anchor and something in its members.
func joined(all []anchored) []anchored {
	list := all[:0]
	for _, a := range all {
		n := len(list) - 1
		if n < 0 || list[n].id != a.id {
			list = append(list, a)
			continue
		}
		if len(a.keys) > 0 {
			list[n].keys = a.keys
		}
		list[n].habits = list[n].habits || a.habits
		list[n].partial = list[n].partial || a.partial
	}
	return list
}

// A sweepVisitor is one worker of a sweep.
type sweepVisitor struct {
	*sweep
	ctx     context.Context
	worker  int
	finder  *anchor.Finder
	matcher *scanner.Matcher
	asked   bool // whether the rules were run on the text at hand
	holds   bool // whether the blob at hand is, or ends with, an archive
	found   []anchored
	absent  map[[32]byte]bool // objects of Git LFS that are not here
	// archives searches what is packed in an object; nil if nobody is to.
	archives *scanner.Searcher
	left     []packedBlob   // archives for later
	heldLeft int            // bytes of their texts that are held
	lost     []pack.Problem // with those of them that could not be read

	objects, bytes int64 // not yet in progress

	// Room that is used again for each object.
	hits     []int
	carried  []carriedOpinion
	opinions []opinion
	keys     []keyMatch
	buf      []byte
	// beginning is that of a text in pieces.
	beginning []byte
}

// A sweepNote is what is known of a text when others made from it are searched. There is
// one only for a text with anchors, and the one for all bare texts.
type sweepNote struct {
	size int
	hits []int // where anchors begin, in order
	// opinions are what the rules say around each of hits; nil if there are too many.
	opinions []opinion
	verdict
}

// An opinion is what the rules say around one anchor.
type opinion struct {
	wide   bool
	keys   []keyMatch // shared, like a verdict's
	habits bool
}

// A carriedOpinion is one that holds in another text, too, at pos.
type carriedOpinion struct {
	pos int
	*opinion
}

// Visit implements pack.Visitor.
func (v *sweepVisitor) Visit(o *pack.Object) any {
	v.count(1, o.Size)
	if o.Reader != nil {
		v.stream(o)
		return nil
	}
	if o.Kind != pack.Blob && v.header != nil {
		v.header(v.worker, o)
	}
	parent, _ := o.Note.(*sweepNote)
	v.hits, v.carried = v.hits[:0], v.carried[:0]
	if o.Edits == nil {
		v.search(o, 0, int(o.Size))
	} else {
		v.searchEdits(o)
	}
	if o.Edits != nil && parent != nil {
		v.carryOver(o, parent)
	}
	packed := v.packed(o) || v.pointed(o)
	if len(v.hits) == 0 {
		if packed {
			v.found = append(v.found, anchored{o.ID(), o.Kind, o.Size, verdict{partial: true}})
		}
		return v.bare(o, parent)
	}
	n := &sweepNote{size: int(o.Size), hits: slices.Clone(v.hits), verdict: v.judge(o)}
	if len(v.opinions) == len(n.hits) {
		n.opinions = slices.Clone(v.opinions)
	}
	if parent != nil && slices.Equal(n.keys, parent.keys) {
		n.keys = parent.keys
	} else {
		n.keys = slices.Clone(n.keys)
	}
	v.found = append(v.found, anchored{o.ID(), o.Kind, o.Size, n.verdict})
	v.found[len(v.found)-1].partial = n.partial || packed
	return n
}

// count adds to the progress, but not at once: the workers share its counters.
func (v *sweepVisitor) count(objects, bytes int64) {
	v.objects += objects
	v.bytes += bytes
	if v.objects >= 256 || objects == 0 {
		v.progress.Objects.Add(v.objects)
		v.progress.Bytes.Add(v.bytes)
		v.objects, v.bytes = 0, 0
	}
}

// enough is how much text is searched at least: searching less takes longer, since it is
// too little for vector instructions.
const enough = 64

// searchPiece is how many bytes of a text are searched at a time, if they are not in one piece.
const searchPiece = 1 << 20

// search notes the anchors that begin in the text from one offset to another.
func (v *sweepVisitor) search(o *pack.Object, from, to int) {
	if o.Text != nil {
		v.searchText(o.Text, 0, from, to)
		return
	}
	for ; from < to; from += searchPiece {
		end := min(to, from+searchPiece)
		window := o.Window(from, min(int(o.Size), max(end+v.finder.Longest(), from+enough)))
		v.searchText(window, from, from, end)
	}
}

// searchText is search in a text from the offset base on.
func (v *sweepVisitor) searchText(text []byte, base, from, to int) {
	from, to = from-base, to-base
	text = text[:min(len(text), max(to+v.finder.Longest(), from+enough))]
	for {
		h, ok := v.finder.Next(text, from)
		if !ok || h.Pos >= to {
			return
		}
		v.hits = append(v.hits, base+h.Pos)
		from = h.Pos + 1
	}
}

// searchEdits notes the anchors that are not wholly inside of a copy.
func (v *sweepVisitor) searchEdits(o *pack.Object) {
	seams(o.Edits, v.finder.Longest(), func(from, to int) { v.search(o, from, to) })
}

// seams gives search each part of a text in which something of up to longest bytes may
// begin that is not wholly inside of a copy.
func seams(edits []pack.Edit, longest int, search func(from, to int)) {
	from, to := 0, 0 // what is still to be searched
	for i := range edits {
		e := &edits[i]
		if e.At == 0 && e.From != pack.Inserted {
			continue // there is no seam before the first byte
		}
		// What begins before the edit may end in it.
		first, end := max(0, e.At-longest+1), e.At
		if e.From == pack.Inserted {
			end += e.Len
		}
		if first > to {
			if from < to {
				search(from, to)
			}
			from = first
		}
		to = end
	}
	if from < to {
		search(from, to)
	}
}

// carryOver notes the anchors of the text that o was made from, where they are copied,
// and what the rules said around them, where all that the rules may look at is copied.
func (v *sweepVisitor) carryOver(o *pack.Object, parent *sweepNote) {
	for i := range o.Edits {
		e := &o.Edits[i]
		if e.From == pack.Inserted {
			continue
		}
		// Between these places a rule sees in the copy what it saw in the original.
		from, to := e.At+rules.Reach, e.At+e.Len-rules.Reach
		if e.At == 0 && e.From == 0 {
			from = 0
		}
		if e.At+e.Len == int(o.Size) && e.From+e.Len == parent.size {
			to = int(o.Size)
		}
		first, _ := slices.BinarySearch(parent.hits, e.From)
		for n, pos := range parent.hits[first:] {
			if pos >= e.From+e.Len {
				break
			}
			pos += e.At - e.From
			v.search(o, pos, pos+1) // it may be cut off
			if from <= pos && pos <= to && parent.opinions != nil && !parent.opinions[first+n].wide {
				v.carried = append(v.carried, carriedOpinion{pos, &parent.opinions[first+n]})
			}
		}
	}
	slices.Sort(v.hits)
	v.hits = slices.Compact(v.hits)
}

// judge gathers what the rules say of o's text around the anchors noted, running them where
// that was not carried over. The keys it returns are only lent.
func (v *sweepVisitor) judge(o *pack.Object) verdict {
	var result verdict
	long := false // something in it is longer than what is seen around an anchor
	v.keys, v.opinions = v.keys[:0], v.opinions[:0]
	carried := v.carried
	for i, pos := range v.hits {
		if i == maxAnchors {
			result.partial = true
			break
		}
		for len(carried) > 0 && carried[0].pos < pos {
			carried = carried[1:]
		}
		var op opinion
		if len(carried) > 0 && carried[0].pos == pos {
			op = *carried[0].opinion
		} else {
			op = v.ask(o, pos)
		}
		if !long && len(o.Text) > rules.Reach { // in pieces are only those of which Whole sees nothing
			long = rules.BeginsLong(o.Text, pos)
		}
		v.opinions = append(v.opinions, op)
		result.habits = result.habits || op.habits
		v.keys = append(v.keys, op.keys...)
	}
	if long && !v.matcher.Whole(o.Text, func(r *rules.Rule, m rules.Match) { v.keys = append(v.keys, keyMatch{r.ID, m.Key.ID}) }) {
		result.partial = true
	}
	result.partial = result.partial || v.asked && v.matcher.GaveUp()
	v.asked = false
	slices.SortFunc(v.keys, keyMatch.compare)
	result.keys = slices.Compact(v.keys)
	return result
}

// ask runs the rules around the anchor at pos. It does not know the paths of the text: all
// that a match depends on, besides the text, is whether that is code, so it asks for both.
func (v *sweepVisitor) ask(o *pack.Object, pos int) opinion {
	text, base := o.Text, 0
	if text == nil {
		base = max(0, pos-wideReach) &^ 3 // so that characters of four bytes begin where they did
		text = o.Window(base, min(int(o.Size), pos+wideReach))
	}
	at := pos - base
	h, ok := v.finder.Next(text[:min(len(text), at+v.finder.Longest())], at)
	if !ok || h.Pos != at {
		return opinion{}
	}
	if !v.asked {
		v.asked = true
		v.matcher.Begin(v.head(o), int(o.Size))
	}
	op := opinion{wide: h.Width > 1}
	for _, code := range []bool{true, false} {
		v.matcher.Match(text, base, h, code, func(r *rules.Rule, m rules.Match) {
			if m.Key == nil {
				op.habits = true
			} else if k := (keyMatch{r.ID, m.Key.ID}); !slices.Contains(op.keys, k) {
				op.keys = append(op.keys, k)
			}
		})
	}
	return op
}

// wideReach is how many bytes on either side of an anchor rules look at, if a character has as many
// bytes as it can have.
const wideReach = 4 * rules.Reach

// head returns the beginning of a text, as much as tells its encoding and whether it is one.
func (v *sweepVisitor) head(o *pack.Object) []byte {
	if o.Text != nil {
		return o.Text
	}
	v.beginning = append(v.beginning[:0], o.Window(0, min(int(o.Size), headSize))...)
	return v.beginning
}

const headSize = 64 << 10

// streamBuffer is how many bytes of a long object are searched at a time.
const streamBuffer = 256 << 10

// stream looks for an anchor in an object that is too long to be held in memory. It reads
// it to its end, so that damage anywhere in it is named.
func (v *sweepVisitor) stream(o *pack.Object) {
	if v.buf == nil {
		v.buf = make([]byte, streamBuffer)
	}
	// What a commit or a tag has to say is at its beginning, and most scripts end there that have an archive behind them.
	n, _ := io.ReadFull(o.Reader, v.buf) // an error comes up again
	var header []byte
	if o.Kind != pack.Blob && v.header != nil {
		header = bytes.Clone(v.buf[:n])
	}
	found := o.Kind == pack.Blob && v.archives != nil && archive.HoldsBetween("", v.buf[:n], nil, o.Size)
	if found {
		found = v.unpack(o.ID(), io.MultiReader(bytes.NewReader(v.buf[:n]), o.Reader))
	}
	for v.ctx.Err() == nil {
		m, err := o.Reader.Read(v.buf[n:])
		n += m
		if n == len(v.buf) || err != nil {
			if !found {
				_, found = v.finder.Next(v.buf[:n], 0)
			}
			n = copy(v.buf, v.buf[max(0, n-v.finder.Longest()+1):n])
		}
		if err != nil {
			if errors.Is(err, io.EOF) && header != nil {
				v.header(v.worker, &pack.Object{Name: o.Name, Kind: o.Kind, Size: o.Size, Text: header})
			}
			break // the sweep names what is not the end
		}
	}
	if found {
		v.found = append(v.found, anchored{o.ID(), o.Kind, o.Size, verdict{partial: true}})
	}
}
