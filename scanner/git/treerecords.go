package git

import "github.com/neokeys/neokeys/scanner/pack"

// pendingRecords are the trees that a worker has read and not yet added to the treeIndex. To
// add many at a time costs less, and workers seldom wait for each other.
type pendingRecords struct {
	records []pendingRecord
	edges   []edge // with the numbers of trees still to be found
	ids     []byte // those of each tree and of the folders in its edges
	numbers []int32
}

// A pendingRecord is a record whose number is known, but not that of its tree.
type pendingRecord struct {
	number, base   int32
	dropped, added uint32
}

// enoughPending is how many records are added at a time, or up to eight times as many while another
// worker adds some. It is a variable for tests, whose histories are short.
var enoughPending = 512

// A folderName is the number of a name, and whether it has an anchor in it.
type folderName struct {
	number   uint32
	anchored bool
}

// record notes the tree and what is different in it from the tree of record base. It returns the
// number of its record.
func (v *treeVisitor) record(o *pack.Object, base int32) int32 {
	p := &v.pending
	r := pendingRecord{number: v.visited.Add(1) - 1, base: base}
	p.ids = o.AppendID(p.ids)
	r.dropped = v.addEdges(v.dropped)
	r.added = v.addEdges(v.added)
	p.records = append(p.records, r)
	switch n := len(p.records); {
	case n >= 8*enoughPending:
		v.flush()
	case n >= enoughPending && v.mu.TryLock():
		v.add(p)
		v.mu.Unlock()
	}
	return r.number
}

// addEdges adds the edges that entries are, and returns how many.
func (v *treeVisitor) addEdges(entries []treeEntry) uint32 {
	p := &v.pending
	before := len(p.edges)
	for i := range entries {
		e := &entries[i]
		name := v.name(e.name)
		if e.isFolder() {
			p.edges = append(p.edges, edge{name.number, childTree})
			p.ids = append(p.ids, e.id.Bytes()...)
		} else if n := v.wanted.find(e.id.Bytes()); n >= 0 {
			p.edges = append(p.edges, edge{name.number, childBlob | child(n)})
		}
		if name.anchored {
			p.edges = append(p.edges, edge{name.number, childName})
		}
	}
	return uint32(len(p.edges) - before)
}

// name returns the number of a name.
func (v *treeVisitor) name(name []byte) folderName {
	n, ok := v.known[string(name)]
	if !ok {
		v.mu.Lock()
		n.number = v.names.number(name)
		key := v.names.list[n.number]
		v.mu.Unlock()
		n.anchored = v.nameAnchored(name)
		v.known[key] = n
	}
	return n
}

// flush adds the worker's records to the index.
func (v *treeVisitor) flush() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.add(&v.pending)
}

// add adds records to the index, which the caller has locked, and empties p.
func (f *treeIndex) add(p *pendingRecords) {
	p.numbers = f.trees.addAll(p.ids, p.numbers[:0])
	numbers, edges := p.numbers, p.edges
	for _, r := range p.records {
		for int(r.number) >= len(f.records) {
			f.records = append(f.records, record{})
		}
		f.records[r.number] = record{tree: numbers[0], base: r.base, at: uint32(len(f.edges)), dropped: r.dropped, added: r.added}
		numbers = numbers[1:]
		n := r.dropped + r.added
		for _, e := range edges[:n] {
			if e.kind() == childTree {
				e.child = childTree | child(numbers[0])
				numbers = numbers[1:]
			}
			f.edges = append(f.edges, e)
		}
		edges = edges[n:]
	}
	p.records, p.edges, p.ids = p.records[:0], p.edges[:0], p.ids[:0]
}
