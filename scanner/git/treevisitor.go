package git

import (
	"bytes"
	"hash/maphash"
	"slices"

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
	known   map[string]knownName // names that this worker has met
	last    knownName            // the last of them: what changes is dropped and added
	pending pendingRecords
	// Of the tree that is read:
	anyAnchor bool // there is an anchor in it, or in its base
	dropped   edgeList
	added     edgeList
	marks     []int32
}

// An edgeList is edges with the numbers of trees still to be found: their ids are those of folders, one
// after another.
type edgeList struct {
	edges   []edge
	folders []byte
}

// A treeNote is what a tree hands on to those that are made from it.
type treeNote struct {
	record   int32
	anchored bool // there is an anchor in its text
	// marks are where some of its entries begin, in order: from there the text can be read. A short
	// text has none.
	marks []int32
}

// markEvery is how many bytes of a text lie between two marks, at least.
const markEvery = 512

// Visit implements pack.Visitor.
func (v *treeVisitor) Visit(o *pack.Object) any {
	if o.Text == nil {
		return nil // a tree of hundreds of megabytes: the sweep has said so
	}
	base, _ := o.Note.(*treeNote)
	d := treeDiff{now: o.Text}
	record := int32(missing)
	v.anyAnchor = base != nil && base.anchored || v.anchored(o)
	if base != nil {
		record = base.record
		d.before, d.edits, d.marks = o.Base, o.Edits, base.marks
	}
	d.marking = o.IsBase && len(o.Text) > markEvery
	v.compare(&d)
	record = v.record(o, record)
	if !o.IsBase {
		return nil // nobody asks for the note
	}
	return &treeNote{record, v.anyAnchor, slices.Clone(v.marks)}
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

// A treeDiff is a comparison of a tree with its base, which has no entries if there is none.
type treeDiff struct {
	before, now []byte
	b, n        int // up to where the two are compared: each is where an entry begins, or ends the text
	edits       []pack.Edit
	marks       []int32 // of the base that are not passed yet
	marking     bool    // marks of the tree are asked for
}

// compare notes what the tree has that its base does not, and the reverse. Entries are in order,
// unless a tree is damaged: then more is dropped and added than need be. What cannot be read in the
// two is left out alike.
func (v *treeVisitor) compare(d *treeDiff) {
	v.dropped.reset()
	v.added.reset()
	v.marks = v.marks[:0]
	for {
		v.skip(d)
		before, now := d.before[d.b:], d.now[d.n:]
		name, end := v.entry(now)
		if end > 0 && bytes.HasPrefix(before, now[:end]) {
			d.b, d.n = d.b+end, d.n+end
			v.mark(d)
			continue
		}
		nameBefore, endBefore := v.entry(before)
		order := 0
		switch {
		case end == 0 && endBefore == 0:
			return
		case end == 0:
			order = -1
		case endBefore == 0:
			order = 1
		default:
			order = compareNames(nameBefore, isFolderEntry(before), name, isFolderEntry(now))
		}
		if order <= 0 {
			v.note(&v.dropped, before[:endBefore], nameBefore)
			d.b += endBefore
		}
		if order >= 0 {
			v.note(&v.added, now[:end], name)
			v.meet(now[:end])
			d.n += end
			v.mark(d)
		}
	}
}

// skip passes what is copied from the base, as far as is known where entries begin there: trees are
// mostly copies, and this is where the time goes.
func (v *treeVisitor) skip(d *treeDiff) {
	if len(d.marks) == 0 {
		return
	}
	for len(d.edits) > 0 && d.edits[0].At+d.edits[0].Len <= d.n {
		d.edits = d.edits[1:]
	}
	if len(d.edits) == 0 {
		return
	}
	e := &d.edits[0]
	shift := d.n - d.b
	if e.From == pack.Inserted || e.At > d.n || shift != e.At-e.From {
		return
	}
	// Both are cut alike up to the last mark in the copy.
	first, _ := slices.BinarySearch(d.marks, int32(d.b)+1)
	last, _ := slices.BinarySearch(d.marks, int32(e.From+e.Len)+1)
	if last <= first {
		return
	}
	d.b = int(d.marks[last-1])
	d.n = d.b + shift
	if d.marking {
		for _, m := range d.marks[first:last] {
			v.marks = append(v.marks, m+int32(shift))
		}
	}
	d.marks = d.marks[last:]
}

// mark marks where the comparison is in the tree, if that is far from the last mark.
func (v *treeVisitor) mark(d *treeDiff) {
	if !d.marking {
		return
	}
	last := 0
	if n := len(v.marks); n > 0 {
		last = int(v.marks[n-1])
	}
	if d.n-last >= markEvery {
		v.marks = append(v.marks, int32(d.n))
	}
}

// entry returns the name of the first entry of a text, and where the entry ends; 0 if there is none, or
// none that is whole.
func (v *treeVisitor) entry(text []byte) (name []byte, end int) {
	if len(text) == 0 {
		return nil, 0
	}
	space, end, ok := entrySpan(text, 0, v.hashSize)
	if !ok {
		return nil, 0
	}
	return text[space+1 : end-v.hashSize-1], end
}

// isFolderEntry reports whether an entry looks like a folder's.
func isFolderEntry(entry []byte) bool { return entry[0] == '4' || entry[0] == '0' }

// note adds an entry to a list if it is of interest: a folder, a wanted blob, or a name with an
// anchor in it.
func (v *treeVisitor) note(l *edgeList, entry, name []byte) {
	id := entry[len(entry)-v.hashSize:]
	folder, anchored := isFolderEntry(entry), v.anyAnchor && v.nameAnchored(name)
	if !folder && !anchored && !v.filter.may(id) {
		return
	}
	if len(name) == 0 || !bytes.HasPrefix(entry, usualFolder) {
		e, _, err := nextEntry(entry, v.hashSize)
		if err != nil {
			return
		}
		folder = e.isFolder()
	}
	switch {
	case folder:
		l.edges = append(l.edges, edge{v.name(name), childTree})
		l.folders = append(l.folders, id...)
	default:
		if n := v.wanted.find(id); n >= 0 {
			l.edges = append(l.edges, edge{v.name(name), childBlob | child(n)})
		}
	}
	if anchored {
		l.edges = append(l.edges, edge{v.name(name), childName})
	}
}

// usualFolder is how the entry of a folder begins, as git writes it.
var usualFolder = []byte("40000 ")

func (l *edgeList) reset() { l.edges, l.folders = l.edges[:0], l.folders[:0] }

// askAtOnce is how many blobs the store is asked for at a time.
const askAtOnce = 1 << 16

// metSeed keeps a hostile tree from choosing ids that look alike.
var metSeed = maphash.MakeSeed()

// meet notes that the store is to be asked for the blob of an entry, unless it was just met.
func (v *treeVisitor) meet(entry []byte) {
	if v.vouched || entry[0] != '1' || entry[1] == '6' {
		return // a folder or a submodule
	}
	id := entry[len(entry)-v.hashSize:]
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
