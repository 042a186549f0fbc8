package git

import (
	"context"
	"encoding/binary"
)

// prunedTrees are trees without all that is not wanted. Most commits change nothing wanted, so
// that their pruned trees are those of their parents, and histories with very many trees have
// few pruned ones.
//
// The edges of a pruned tree are in the order of edge.key; those to folders have the number of
// the folder's pruned tree. Number 0 is the empty tree.
type prunedTrees struct {
	list  [][]edge
	known map[string]int32
}

// newPrunedTrees returns the pruned trees, and for each tree of the treeIndex its number. An
// interrupt cuts it short.
func newPrunedTrees(ctx context.Context, l *folderList) (*prunedTrees, []int32) {
	s := &prunedTrees{list: [][]edge{nil}, known: map[string]int32{"": 0}}
	of := make([]int32, len(l.from))
	const unknown, open = -1, -2
	for i := range of {
		if of[i] = unknown; l.size[i] == 0 {
			of[i] = 0
		}
	}
	// Folders first, then the folders around them. A tree that is, by way of damage, in
	// itself counts for an empty one there.
	var stack []int32
	for i := range of {
		if i%checkEvery == 0 && ctx.Err() != nil {
			break
		}
		if of[i] != unknown {
			continue
		}
		for stack = append(stack, int32(i)); len(stack) > 0; {
			t := stack[len(stack)-1]
			if of[t] == unknown {
				of[t] = open
				for _, e := range l.of(int(t)) {
					if e.kind() == childTree && of[e.number()] == unknown {
						stack = append(stack, int32(e.number()))
					}
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if of[t] == open {
				of[t] = s.intern(l.of(int(t)), of)
			}
		}
	}
	return s, of
}

// intern returns the number of the pruned tree that has the given edges.
func (s *prunedTrees) intern(edges []edge, of []int32) int32 {
	made := make([]edge, 0, len(edges))
	key := make([]byte, 0, 8*len(edges))
	for _, e := range edges {
		if e.kind() == childTree {
			pruned := of[e.number()]
			if pruned <= 0 {
				continue
			}
			e.child = childTree | child(pruned)
		}
		made = append(made, e)
		key = binary.LittleEndian.AppendUint64(key, e.value())
	}
	if n, ok := s.known[string(key)]; ok {
		return n
	}
	n := int32(len(s.list))
	s.known[string(key)] = n
	s.list = append(s.list, made)
	return n
}

// A pathTree numbers the paths that lead to wanted things. Number 0 is the top folder.
type pathTree struct {
	names  *nameTable
	known  map[uint64]int32 // by parent and name
	parent []int32
	name   []uint32
}

func newPathTree(names *nameTable) *pathTree {
	return &pathTree{names: names, known: map[uint64]int32{}, parent: []int32{-1}, name: []uint32{0}}
}

func (p *pathTree) below(folder int32, name uint32) int32 {
	key := uint64(folder)<<32 | uint64(name)
	n, ok := p.known[key]
	if !ok {
		n = int32(len(p.parent))
		p.known[key] = n
		p.parent = append(p.parent, folder)
		p.name = append(p.name, name)
	}
	return n
}

// split returns a path's folder, which is empty at the top, and its name there.
func (p *pathTree) split(n int32) (folder, name string) {
	name = p.names.list[p.name[n]]
	for n = p.parent[n]; n > 0; n = p.parent[n] {
		if folder == "" {
			folder = p.names.list[p.name[n]]
		} else {
			folder = p.names.list[p.name[n]] + "/" + folder
		}
	}
	return folder, name
}

func (p *pathTree) String(n int32) string {
	folder, name := p.split(n)
	return join(folder, []byte(name))
}
