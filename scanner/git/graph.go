package git

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/scanner/pack"
)

// A graph is all commits of a repository, whether a ref leads to them or not, with
// their parents as the commits themselves name them: what `git replace`, grafts
// and a shallow clone's boundary say otherwise changes nothing.
type graph struct {
	table *idTable
	trees []byte  // ids, one a commit
	when  []int64 // committer dates, in seconds since 1970
	// The parents of commit i are links[ends[i-1]:ends[i]]: numbers of commits, or
	// missing.
	links []int32
	ends  []uint32
	order []int32 // what inOrder returns, once it was asked
	rank  []int32 // what ranks returns, likewise
	// tagged are what tags are for, by the tags' ids.
	tagged map[pack.ID]tag
}

// missing stands for a parent that is not in the store.
const missing = -1

func (g *graph) len() int { return len(g.when) }

func (g *graph) parents(c int32) []int32 {
	from := uint32(0)
	if c > 0 {
		from = g.ends[c-1]
	}
	return g.links[from:g.ends[c]]
}

func (g *graph) tree(c int32) []byte {
	return g.trees[int(c)*g.table.size : (int(c)+1)*g.table.size]
}

// cut reports whether a parent of c is missing.
func (g *graph) cut(c int32) bool { return slices.Contains(g.parents(c), missing) }

// find returns the number of a commit, or missing.
func (g *graph) find(id pack.ID) int32 {
	if len(id.Bytes()) != g.table.size {
		return missing
	}
	return int32(g.table.find(id.Bytes()))
}

// A graphPart is the commits and tags that one worker has come by.
type graphPart struct {
	size    int
	names   []pack.Name // those of the last commits, whose ids are not in ids yet
	room    []byte      // of lookUp
	ids     pile[byte]
	trees   pile[byte]
	when    pile[int64]
	parents pile[byte]
	ends    pile[uint32] // of each commit's in parents
	// tagged are what tags are for, by the tags' ids.
	tagged map[pack.ID]tag
	commit commit // room for the one that is added
}

func newGraphPart(hashSize int) *graphPart {
	return &graphPart{size: hashSize, tagged: map[pack.ID]tag{}}
}

// add notes a commit or a tag. A commit that is damaged is left out, and a damaged tag is
// for nothing.
func (p *graphPart) add(o *pack.Object) {
	switch o.Kind {
	case pack.Commit:
		p.addCommit(&o.Name, o.Text)
	case pack.Tag:
		t, _ := parseTag(o.Text) // the sweep has its text all the same
		p.tagged[o.ID()] = t
	}
}

func (p *graphPart) addCommit(name *pack.Name, text []byte) {
	c := &p.commit
	_ = c.parse(text, p.size) // a commit with one damaged parent still has a tree
	if c.tree.IsZero() {
		return
	}
	p.trees.add(c.tree.Bytes()...)
	for i := range c.parents {
		p.parents.add(c.parents[i].Bytes()...)
	}
	p.when.add(c.when)
	p.ends.add(uint32(p.parents.n))
	p.names = append(p.names, *name)
	c.text = nil // it is the sweep's
	if len(p.names) == namesAtOnce {
		p.lookUp()
	}
}

// namesAtOnce is how many commits' ids are looked up at a time.
const namesAtOnce = 256

// lookUp looks up the ids of the last commits.
func (p *graphPart) lookUp() {
	p.room = pack.AppendIDs(p.room[:0], p.names)
	p.ids.add(p.room...)
	p.names = p.names[:0]
}

// newGraph puts the workers' parts together, which it empties.
func newGraph(hashSize int, parts []*graphPart) *graph {
	g := &graph{table: newIDTable(hashSize), tagged: map[pack.ID]tag{}}
	commits, links := 0, 0
	for _, p := range parts {
		p.lookUp()
		commits += p.when.n
		links += p.parents.n / hashSize
	}
	g.table.reserve(commits)
	var numbers []int32
	for _, p := range parts {
		for list := range p.ids.take() {
			numbers = g.table.addAll(list, numbers[:0])
		}
		maps.Copy(g.tagged, p.tagged)
	}
	g.trees, g.when = make([]byte, 0, commits*hashSize), make([]int64, 0, commits)
	g.links, g.ends = make([]int32, links), make([]uint32, 0, commits)
	var all sync.WaitGroup
	before := 0
	for _, p := range parts {
		for list := range p.trees.take() {
			g.trees = append(g.trees, list...)
		}
		for list := range p.when.take() {
			g.when = append(g.when, list...)
		}
		for list := range p.ends.take() {
			for _, end := range list {
				g.ends = append(g.ends, uint32(before)+end/uint32(hashSize))
			}
		}
		next := before + p.parents.n/hashSize
		part := g.links[before:before:next]
		all.Go(func() {
			for list := range p.parents.take() {
				for id := range slices.Chunk(list, hashSize) {
					part = append(part, int32(g.table.find(id)))
				}
			}
		})
		before = next
	}
	all.Wait()
	return g
}

// inOrder returns the commits with parents before their children and otherwise by date, the
// oldest first. Only what is found in the history takes it.
func (g *graph) inOrder() []int32 {
	if g.order == nil {
		g.sort()
	}
	return g.order
}

// ranks returns the place of each commit in the order.
func (g *graph) ranks() []int32 {
	if g.rank == nil {
		g.rank = make([]int32, g.len())
		for i, c := range g.inOrder() {
			g.rank[c] = int32(i)
		}
	}
	return g.rank
}

// sort finds the order: that of the dates, but for commits that are older than their
// parents.
func (g *graph) sort() {
	byDate := make([]int32, g.len())
	for i := range byDate {
		byDate[i] = int32(i)
	}
	slices.SortFunc(byDate, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.when[a], g.when[b]), bytes.Compare(g.table.raw(int(a)), g.table.raw(int(b))))
	})
	g.order = make([]int32, 0, g.len())
	begun := newBitset(g.len())
	type step struct {
		commit int32
		next   int // of its parents
	}
	var stack []step
	for _, c := range byDate {
		if begun.has(c) {
			continue
		}
		begun.set(c)
		stack = append(stack, step{commit: c})
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			parents := g.parents(top.commit)
			if top.next == len(parents) {
				g.order = append(g.order, top.commit)
				stack = stack[:len(stack)-1]
				continue
			}
			p := parents[top.next]
			top.next++
			if p != missing && !begun.has(p) {
				begun.set(p)
				stack = append(stack, step{commit: p})
			}
		}
	}
}

// reach returns the commits that can be reached from tips.
func (g *graph) reach(tips []int32) bitset {
	seen := newBitset(g.len())
	var todo []int32
	visit := func(c int32) {
		if c != missing && !seen.has(c) {
			seen.set(c)
			todo = append(todo, c)
		}
	}
	for _, c := range tips {
		visit(c)
	}
	for len(todo) > 0 {
		c := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, p := range g.parents(c) {
			visit(p)
		}
	}
	return seen
}

// A reachable is the commits that can be reached from tips. Which they are is found out
// when that is first asked.
type reachable struct {
	graph *graph
	tips  []int32
	seen  bitset
}

func (r *reachable) has(c int32) bool {
	if r.seen == nil {
		r.seen = r.graph.reach(r.tips)
	}
	return r.seen.has(c)
}

// A bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int32) bool { return b[i>>6]&(1<<(i&63)) != 0 }
func (b bitset) set(i int32)      { b[i>>6] |= 1 << (i & 63) }
