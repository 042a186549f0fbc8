package git

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/neokeys/neokeys/rules/anchor"
	"github.com/neokeys/neokeys/scanner/pack"
)

// A treeIndex is what all trees of a repository say of where a few wanted blobs lie. Each tree
// is read once, in whatever order the store gives them; which of a tree's folders lead to a
// wanted blob is not known then, so all of its folders are noted, but only as the
// difference from the tree that git made it from.
type treeIndex struct {
	hashSize int
	wanted   *idTable // blobs
	filter   wantedFilter
	anchors  *anchor.Finder
	store    *pack.Store // is asked whether it has each blob
	vouched  bool        // it is not asked: a server has sent all that it refers to

	visited atomic.Int32 // trees so far: each is visited after the one that it was made from

	mu      sync.Mutex
	trees   *idTable // those that were read, and those that they name
	names   nameTable
	records []record // in the order of the visits
	edges   []edge
	absent  *idTable // blobs that the store has not got
}

// A record is a tree as the difference from its base. Its edges are
// edges[at:at+dropped], that the base has and the tree does not, and behind them
// edges[at+dropped:at+dropped+added].
type record struct {
	tree           int32
	base           int32 // its record; missing if there is none
	at             uint32
	dropped, added uint32
}

// An edge is one entry of a folder.
type edge struct {
	name uint32
	child
}

// A child is what an entry stands for: a number and, in the top bits, of what. A billion
// of each can be distinguished.
type child uint32

const (
	childTree child = iota << 30
	childBlob       // the number is that in wanted
	childName       // nothing but the name is of interest
	childKind = 3 << 30
	none      = ^child(0)
)

func (c child) kind() child  { return c & childKind }
func (c child) number() int  { return int(c &^ childKind) }
func (e edge) key() uint64   { return uint64(e.name)<<2 | uint64(e.kind()>>30) }
func (e edge) value() uint64 { return uint64(e.name)<<32 | uint64(e.child) }

// A wantedFilter rejects nearly all ids that are not wanted, by their first bits.
type wantedFilter [1 << (filterBits - 6)]uint64

const filterBits = 20 // 128 KB, which a core keeps at hand

func (f *wantedFilter) add(id []byte) {
	n := binary.BigEndian.Uint32(id) >> (32 - filterBits)
	f[n>>6] |= 1 << (n & 63)
}

func (f *wantedFilter) may(id []byte) bool {
	n := binary.BigEndian.Uint32(id) >> (32 - filterBits)
	return f[n>>6]&(1<<(n&63)) != 0
}

// readTreeIndex reads all trees of a store. wanted are blobs.
func readTreeIndex(ctx context.Context, s *search, wanted *idTable) (*treeIndex, error) {
	f := &treeIndex{
		hashSize: s.repo.hashSize, wanted: wanted, anchors: s.Rules.Anchors(),
		trees: newIDTable(s.repo.hashSize), names: nameTable{numbers: map[string]uint32{}},
		absent: newIDTable(s.repo.hashSize),
		store:  s.objects.Store, vouched: s.vouched(),
	}
	for i := range wanted.len() {
		f.filter.add(wanted.raw(i))
	}
	// The sweep has visited all the others.
	f.reserve(s.objects.Packed() - int(s.Progress.Objects.Load()))
	var visitors []*treeVisitor
	err := s.objects.Sweep(ctx, pack.Sweep{
		Kinds: []pack.Kind{pack.Tree},
		Jobs:  s.Jobs,
		NewVisitor: func() pack.Visitor {
			v := &treeVisitor{treeIndex: f, known: map[string]knownName{}}
			visitors = append(visitors, v)
			return v
		},
		Problem: s.sweepProblem,
	})
	for _, v := range visitors {
		v.ask()
		v.flush()
	}
	return f, err
}

// reserve makes room for n trees: what grows bit by bit is copied as often as it doubles.
func (f *treeIndex) reserve(n int) {
	n = max(0, n)
	f.trees.reserve(n)
	f.records = make([]record, 0, n)
	f.edges = make([]edge, 0, edgesOfTree*n)
}

// edgesOfTree is how many edges a tree's record has, with those that it drops, in most histories.
const edgesOfTree = 3

// missing returns the trees that others name and the blobs that were found to be absent,
// as far as they have not appeared since.
func (f *treeIndex) missing(store *pack.Store) []pack.ID {
	if f.vouched {
		return nil
	}
	var ids []pack.ID
	add := func(id pack.ID) {
		// Looking for new packs once is enough.
		if len(ids) == 0 && store.Has(id) || store.Knows(id) {
			return
		}
		ids = append(ids, id)
	}
	read := newBitset(f.trees.len())
	for i := range f.records {
		read.set(f.records[i].tree)
	}
	for i := range f.trees.len() {
		if !read.has(int32(i)) {
			add(f.trees.id(i))
		}
	}
	for i := range f.absent.len() {
		add(f.absent.id(i))
	}
	return ids
}

// A nameTable numbers the names of files and folders.
type nameTable struct {
	numbers map[string]uint32
	list    []string
}

func (t *nameTable) number(name []byte) uint32 {
	if n, ok := t.numbers[string(name)]; ok {
		return n
	}
	n := uint32(len(t.list))
	s := string(name)
	t.numbers[s] = n
	t.list = append(t.list, s)
	return n
}

// A folderList is the edges of each tree that lead to something wanted, directly or by way
// of other trees.
type folderList struct {
	edges []edge
	from  []uint32 // by number of the tree; equal lists are often the same
	size  []uint32
}

func (l *folderList) of(tree int) []edge { return l.edges[l.from[tree]:][:l.size[tree]] }

// prune keeps of each tree what leads to something wanted.
func (f *treeIndex) prune(ctx context.Context) *folderList {
	leads, count := f.leading(ctx)
	wanted := func(e edge) bool { return e.kind() != childTree || leads.has(int32(e.number())) }
	l := &folderList{from: make([]uint32, f.trees.len()), size: make([]uint32, f.trees.len())}
	var dropped, added, made []edge
	for n := range f.records {
		if n%checkEvery == 0 && ctx.Err() != nil {
			break
		}
		if count[n] == 0 {
			continue // and so nothing is wanted of what is made from it but what that adds
		}
		r := &f.records[n]
		t := r.tree
		dropped, added = dropped[:0], added[:0]
		for i, e := range f.edges[r.at : r.at+r.dropped+r.added] {
			switch {
			case !wanted(e):
			case uint32(i) < r.dropped:
				dropped = append(dropped, e)
			default:
				added = append(added, e)
			}
		}
		var base []edge
		if r.base != missing {
			from := f.records[r.base].tree
			base = l.of(int(from))
			if len(dropped) == 0 && len(added) == 0 {
				l.from[t], l.size[t] = l.from[from], l.size[from]
				continue
			}
		}
		made = made[:0]
		for _, e := range base {
			if i := slices.Index(dropped, e); i >= 0 {
				dropped = slices.Delete(dropped, i, i+1)
				continue
			}
			made = append(made, e)
		}
		made = append(made, added...)
		slices.SortFunc(made, func(a, b edge) int { return cmp.Compare(a.value(), b.value()) })
		l.from[t], l.size[t] = uint32(len(l.edges)), uint32(len(made))
		l.edges = append(l.edges, made...)
	}
	return l
}

// leading returns the trees that have something wanted in them or in a folder of theirs.
// It goes over all of them as often as the deepest such folder needs. count is how many edges of each
// record's tree lead there.
func (f *treeIndex) leading(ctx context.Context) (leads bitset, count []uint32) {
	leads = newBitset(f.trees.len())
	count = make([]uint32, len(f.records))
	for range maxPathDepth {
		more := false
		for at := range f.records {
			if at%checkEvery == 0 && ctx.Err() != nil {
				return leads, count
			}
			r := &f.records[at]
			n := uint32(0)
			if r.base != missing {
				n = count[r.base]
			}
			for i, e := range f.edges[r.at : r.at+r.dropped+r.added] {
				if e.kind() == childTree && !leads.has(int32(e.number())) {
					continue
				}
				if uint32(i) < r.dropped {
					n--
				} else {
					n++
				}
			}
			count[at] = n
			if n > 0 && !leads.has(r.tree) {
				leads.set(r.tree)
				more = true
			}
		}
		if !more {
			break
		}
	}
	return leads, count
}
