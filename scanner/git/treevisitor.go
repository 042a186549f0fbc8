package git

import (
	"bytes"
	"hash/maphash"
	"slices"
	"sort"

	"github.com/neokeys/neokeys/scanner/pack"
)

// A treeVisitor is one worker that reads trees.
type treeVisitor struct {
	*treeIndex
	// blobs are the ids of those that the store is still to be asked for. met are the hashes
	// of some ids that were met before: a folder's versions have most of their files in
	// common.
	blobs   []byte
	met     [1 << 14]uint64
	known   map[string]folderName // names that this worker has met
	pending pendingRecords
	// Of the tree that is read:
	copied  int // up to where the entries that follow are known to be entries of its base, too
	keeping keptEntries
	fresh   []byte // those of the kept entries that were not taken over from the base
	stale   []byte // the base's that were not taken over
	dropped []treeEntry
	added   []treeEntry
}

// keptEntries are those entries of a tree that may be of interest: folders, wanted blobs
// and names with an anchor in them.
type keptEntries struct {
	raw    []byte  // the entries as they are in the tree's text
	starts []int32 // of each in raw
	at     []int32 // of each in the text
	// marks are the places of some entries in the text, kept or not: from there the
	// text can be read.
	marks []int32
}

// markEvery is how many entries lie between two marks.
const markEvery = 16

func (k *keptEntries) reset() {
	k.raw, k.starts, k.at, k.marks = k.raw[:0], k.starts[:0], k.at[:0], k.marks[:0]
}

func (k *keptEntries) clone() keptEntries {
	numbers := slices.Concat(k.starts, k.at, k.marks)
	n := len(k.starts)
	return keptEntries{bytes.Clone(k.raw), numbers[:n:n], numbers[n : 2*n : 2*n], numbers[2*n:]}
}

// start returns where in raw the i-th entry begins, or raw ends.
func (k *keptEntries) start(i int) int32 {
	if i == len(k.starts) {
		return int32(len(k.raw))
	}
	return k.starts[i]
}

// A treeNote is what a tree hands on to those that are made from it.
type treeNote struct {
	record   int32
	kept     keptEntries
	anchored bool // there is an anchor in its text
}

// Visit implements pack.Visitor.
func (v *treeVisitor) Visit(o *pack.Object) any {
	if o.Text == nil {
		return nil // a tree of hundreds of megabytes: the sweep has said so
	}
	base, _ := o.Note.(*treeNote)
	note := &treeNote{anchored: base != nil && base.anchored || v.anchored(o)}
	v.keeping.reset()
	v.fresh, v.stale = v.fresh[:0], v.stale[:0]
	v.copied = 0
	record := int32(missing)
	switch {
	case base == nil:
		v.keep(o.Text, 0, len(o.Text), note.anchored)
	case note.anchored || o.Edits == nil:
		record, v.stale = base.record, append(v.stale, base.kept.raw...)
		v.keep(o.Text, 0, len(o.Text), note.anchored)
	default:
		record = base.record
		v.keepEdits(o, &base.kept)
	}
	v.compare(v.stale, v.fresh)
	note.record = v.record(o, record)
	if !o.IsBase {
		return nil // nobody asks for the note
	}
	note.kept = v.keeping.clone()
	return note
}

// anchored reports whether an anchor begins in what of the tree is not wholly copied
// from its base.
func (v *treeIndex) anchored(o *pack.Object) bool {
	if o.Edits == nil {
		_, ok := v.anchors.Next(o.Text, 0)
		return ok
	}
	found := false
	longest := v.anchors.Longest()
	seams(o.Edits, longest, func(from, to int) {
		if !found {
			_, found = v.anchors.Next(o.Text[from:min(len(o.Text), to+longest)], 0)
		}
	})
	return found
}

// keepEdits collects what is to be kept of a tree that was made from another. Where that
// one's text is copied, and is known to be cut into entries in the same way, it takes
// over what was kept there without looking at it: trees are mostly copies, and this is
// where the time goes.
func (v *treeVisitor) keepEdits(o *pack.Object, base *keptEntries) {
	pos, taken := 0, 0 // up to where the text, and the base's kept entries, are done
	for i := range o.Edits {
		e := &o.Edits[i]
		if e.From == pack.Inserted {
			continue
		}
		shift := e.At - e.From
		from := sort.Search(len(base.marks), func(i int) bool { return int(base.marks[i]) >= max(e.From, pos-shift) })
		to := sort.Search(len(base.marks), func(i int) bool { return int(base.marks[i]) > e.From+e.Len }) - 1
		for ; from <= to; from++ {
			mark := int(base.marks[from]) + shift
			var ok bool
			if pos, ok = v.keep(o.Text, pos, mark, false); !ok {
				v.stale = append(v.stale, base.raw[base.start(taken):]...)
				return
			}
			if pos == mark {
				v.copied = e.At + e.Len // both trees are cut alike from here on
				break
			}
		}
		first := sort.Search(len(base.at), func(i int) bool { return from < to && base.at[i] >= base.marks[from] })
		if from >= to || first < taken {
			continue // nothing of use, or text that was taken over before
		}
		last := sort.Search(len(base.at), func(i int) bool { return base.at[i] >= base.marks[to] })
		v.stale = append(v.stale, base.raw[base.start(taken):base.start(first)]...)
		v.keeping.takeOver(base, first, last, base.marks[from:to], int32(shift))
		taken, pos = last, int(base.marks[to])+shift
	}
	v.stale = append(v.stale, base.raw[base.start(taken):]...)
	v.keep(o.Text, pos, len(o.Text), false)
}

// takeOver adds the base's entries from first to last, and marks, which lie shift bytes
// further on than there.
func (k *keptEntries) takeOver(base *keptEntries, first, last int, marks []int32, shift int32) {
	from := int32(len(k.raw)) - base.start(first)
	k.raw = append(k.raw, base.raw[base.start(first):base.start(last)]...)
	for i := first; i < last; i++ {
		k.starts = append(k.starts, base.starts[i]+from)
		k.at = append(k.at, base.at[i]+shift)
	}
	for _, m := range marks {
		k.marks = append(k.marks, m+shift)
	}
}

// keep collects what is to be kept of text[at:to]. It returns where it came to, which is
// the beginning of an entry at or behind to. Behind damage nothing can be known from
// anything: then ok is false.
func (v *treeVisitor) keep(text []byte, at, to int, anchored bool) (end int, ok bool) {
	k := &v.keeping
	for n := 0; at < to; n++ {
		if n%markEvery == 0 {
			k.marks = append(k.marks, int32(at))
		}
		space, end, ok := entrySpan(text, at, v.hashSize)
		if !ok {
			return at, false
		}
		id := text[end-v.hashSize : end]
		if !v.vouched && text[at] == '1' && text[at+1] != '6' && end > v.copied { // no folder, no submodule
			v.meet(text[at:end], id)
		}
		switch {
		case text[at] == '4' || text[at] == '0',
			v.filter.may(id) && v.wanted.find(id) >= 0,
			anchored && v.nameAnchored(text[space+1:end-v.hashSize-1]):
			if _, _, err := nextEntry(text[at:end], v.hashSize); err != nil {
				return at, false
			}
			k.starts = append(k.starts, int32(len(k.raw)))
			k.at = append(k.at, int32(at))
			k.raw = append(k.raw, text[at:end]...)
			v.fresh = append(v.fresh, text[at:end]...)
		}
		at = end
	}
	return at, true
}

// askAtOnce is how many blobs the store is asked for at a time.
const askAtOnce = 1 << 16

// metSeed keeps a hostile tree from choosing ids that look alike.
var metSeed = maphash.MakeSeed()

// meet notes that the store is to be asked for the blob of an entry, unless it was just met.
func (v *treeVisitor) meet(entry, id []byte) {
	hash := maphash.Bytes(metSeed, id)
	met := &v.met[hash%uint64(len(v.met))]
	if *met == hash {
		return
	}
	if e, _, err := nextEntry(entry, v.hashSize); err == nil && e.isFile() {
		*met = hash
		v.blobs = append(v.blobs, id...)
		if len(v.blobs) >= askAtOnce*v.hashSize {
			v.ask()
		}
	}
}

// ask asks the store for the blobs that were met.
func (v *treeVisitor) ask() {
	absent := v.store.Unknown(v.blobs)
	v.blobs = v.blobs[:0]
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range absent {
		v.absent.add(id.Bytes())
	}
}

func (v *treeVisitor) nameAnchored(name []byte) bool {
	_, ok := v.anchors.Next(name, 0)
	return ok
}

// compare finds what the tree keeps that its base does not, and the reverse. Both are in
// order, unless a tree is damaged: then more is dropped and added than need be.
func (v *treeVisitor) compare(base, kept []byte) {
	v.dropped, v.added = v.dropped[:0], v.added[:0]
	var a, b treeEntry
	for len(base) > 0 || len(kept) > 0 {
		if n := bytes.IndexByte(base, 0) + 1 + v.hashSize; n <= len(base) && bytes.HasPrefix(kept, base[:n]) {
			base, kept = base[n:], kept[n:]
			continue
		}
		var restA, restB []byte
		var errA, errB error
		if len(base) > 0 {
			a, restA, errA = nextEntry(base, v.hashSize)
		}
		if len(kept) > 0 {
			b, restB, errB = nextEntry(kept, v.hashSize)
		}
		if errA != nil || errB != nil {
			return // never: only entries that can be read are kept
		}
		order := 0
		switch {
		case len(base) == 0:
			order = 1
		case len(kept) == 0:
			order = -1
		default:
			order = compareEntries(&a, &b)
		}
		if order == 0 && (a.id != b.id || a.mode != b.mode) {
			v.dropped = append(v.dropped, a)
			v.added = append(v.added, b)
		}
		if order < 0 {
			v.dropped = append(v.dropped, a)
		}
		if order > 0 {
			v.added = append(v.added, b)
		}
		if order <= 0 {
			base = restA
		}
		if order >= 0 {
			kept = restB
		}
	}
}
