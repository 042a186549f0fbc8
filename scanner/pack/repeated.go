package pack

import (
	"bytes"
	"container/heap"
	"sort"
)

// A bitset is a set of small numbers; nil is empty.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b != nil && b[i/64]&(1<<(i%64)) != 0 }
func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }

// findRepeated returns for each table which of its objects another table has too, for all
// but one of those that do. The largest table keeps all of its own.
func findRepeated(tables []table, hashSize int) []bitset {
	repeated := make([]bitset, len(tables))
	mark := func(t, i int) {
		if repeated[t] == nil {
			repeated[t] = newBitset(len(tables[t].ids) / hashSize)
		}
		repeated[t].add(i)
	}
	largest := 0
	for i, t := range tables {
		if len(t.ids) > len(tables[largest].ids) {
			largest = i
		}
	}
	// Look the others' ids up in the largest table, and find those that they have in
	// common by going through all of them in the order of ids.
	m := merge{hashSize: hashSize}
	for i, t := range tables {
		if i != largest && len(t.ids) > 0 {
			m.tables = append(m.tables, mergeTable{i, 0, t.ids})
		}
	}
	heap.Init(&m)
	var last []byte
	for len(m.tables) > 0 {
		t := &m.tables[0]
		id := t.ids[:hashSize]
		if bytes.Equal(id, last) || tables[largest].has(id, hashSize) {
			mark(t.table, t.i)
		}
		last = id
		t.i, t.ids = t.i+1, t.ids[hashSize:]
		if len(t.ids) == 0 {
			heap.Pop(&m)
		} else {
			heap.Fix(&m, 0)
		}
	}
	return repeated
}

func (t table) has(id []byte, hashSize int) bool {
	n := len(t.ids) / hashSize
	at := func(i int) []byte { return t.ids[i*hashSize : (i+1)*hashSize] }
	i := sort.Search(n, func(i int) bool { return bytes.Compare(at(i), id) >= 0 })
	return i < n && bytes.Equal(at(i), id)
}

// A merge is tables that are gone through together; the one with the least id is the
// first.
type merge struct {
	hashSize int
	tables   []mergeTable
}

type mergeTable struct {
	table, i int
	ids      []byte // from the i-th on
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (m *merge) Len() int { return len(m.tables) }

func (m *merge) Less(i, j int) bool {
	a, b := &m.tables[i], &m.tables[j]
	if c := bytes.Compare(a.ids[:m.hashSize], b.ids[:m.hashSize]); c != 0 {
		return c < 0
	}
	return a.table < b.table
}

func (m *merge) Swap(i, j int) { m.tables[i], m.tables[j] = m.tables[j], m.tables[i] }
func (m *merge) Push(t any)    { m.tables = append(m.tables, t.(mergeTable)) }

func (m *merge) Pop() any {
	n := len(m.tables) - 1
	t := m.tables[n]
	m.tables = m.tables[:n]
	return t
}
