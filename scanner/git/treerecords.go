package git

import "github.com/neokeys/neokeys/scanner/pack"

// pendingRecords are the trees that a worker has read and not yet added to the treeIndex. To
// add many at a time costs less, and workers seldom wait for each other.
type pendingRecords struct {
	records []pendingRecord
	names   []pack.Name // of the last of the trees, whose ids are not in ids yet
	ids     []byte      // of the trees
	edgeList
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

// record notes the tree and what is different in it from the tree of record base. It returns the
// number of its record.
func (v *treeVisitor) record(o *pack.Object, base int32) int32 {
	p := &v.pending
	r := pendingRecord{v.visited.Add(1) - 1, base, uint32(len(v.dropped.edges)), uint32(len(v.added.edges))}
	for _, l := range []*edgeList{&v.dropped, &v.added} {
		p.edges = append(p.edges, l.edges...)
		p.folders = append(p.folders, l.folders...)
	}
	p.records = append(p.records, r)
	if p.names = append(p.names, o.Name); len(p.names) == namesAtOnce {
		p.lookUp()
	}
	switch n := len(p.records); {
	case n >= 8*enoughPending:
		v.flush()
	case n >= enoughPending && v.mu.TryLock():
		v.add(p)
		v.mu.Unlock()
	}
	return r.number
}

// A knownName is a name and its number.
type knownName struct {
	name   string
	number uint32
}

// name returns the number of a name.
func (v *treeVisitor) name(name []byte) uint32 {
	if len(name) > 0 && v.last.name == string(name) {
		return v.last.number
	}
	n, ok := v.known[string(name)]
	if !ok {
		v.mu.Lock()
		n.number = v.names.number(name)
		n.name = v.names.list[n.number]
		v.mu.Unlock()
		v.known[n.name] = n
	}
	v.last = n
	return n.number
}

// lookUp looks up the ids of the last trees.
func (p *pendingRecords) lookUp() {
	p.ids = pack.AppendIDs(p.ids, p.names)
	p.names = p.names[:0]
}

// flush adds the worker's records to the index.
func (v *treeVisitor) flush() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.add(&v.pending)
}

// add adds records to the index, which the caller has locked, and empties p.
func (f *treeIndex) add(p *pendingRecords) {
	p.lookUp()
	p.numbers = f.trees.addAll(p.ids, p.numbers[:0])
	p.numbers = f.trees.addAll(p.folders, p.numbers)
	folders, edges := p.numbers[len(p.records):], p.edges
	for i, r := range p.records {
		for int(r.number) >= len(f.records) {
			f.records = append(f.records, record{})
		}
		f.records[r.number] = record{tree: p.numbers[i], base: r.base, at: uint32(len(f.edges)), dropped: r.dropped, added: r.added}
		n := r.dropped + r.added
		for _, e := range edges[:n] {
			if e.kind() == childTree {
				e.child = childTree | child(folders[0])
				folders = folders[1:]
			}
			f.edges = append(f.edges, e)
		}
		edges = edges[n:]
	}
	p.records, p.ids = p.records[:0], p.ids[:0]
	p.reset()
}
