package pack

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// WithPrefix returns the ids of the objects whose ids begin, in hexadecimal, with prefix,
// in order. The prefix must have two digits at least. What cannot be read is left out.
func (s *Store) WithPrefix(prefix string) []ID {
	if len(prefix) < 2 || len(prefix) > 2*s.hashSize {
		return nil
	}
	least, err := hex.DecodeString(prefix + strings.Repeat("0", 2*s.hashSize-len(prefix)))
	if err != nil {
		return nil
	}
	var ids []ID
	add := func(id ID) bool {
		if !strings.HasPrefix(id.String(), prefix) {
			return false
		}
		ids = append(ids, id)
		return true
	}
	for _, p := range s.packList() {
		x := p.index.Load()
		if x == nil || x.names != nil {
			x = p.name(s)
		}
		from, to := int(x.fanout[least[0]]), int(x.fanout[int(least[0])+1])
		i := from + sort.Search(to-from, func(i int) bool {
			id, err := x.idAt(from + i)
			return err != nil || bytes.Compare(id.Bytes(), least) >= 0
		})
		for ; i < to; i++ {
			if id, err := x.idAt(i); err != nil || !add(id) {
				break
			}
		}
	}
	for _, dir := range s.dirs {
		entries, _ := os.ReadDir(filepath.Join(dir, prefix[:2])) // nothing there is nothing found
		for _, e := range entries {
			if id, err := ParseID(prefix[:2] + e.Name()); err == nil && int(id.size) == s.hashSize {
				add(id)
			}
		}
	}
	sort.Slice(ids, func(i, j int) bool { return bytes.Compare(ids[i].Bytes(), ids[j].Bytes()) < 0 })
	return slices.Compact(ids)
}

// idAt returns the i-th id of an index, loaded or not.
func (x *index) idAt(i int) (ID, error) {
	if x.ids != nil {
		return NewID(x.id(i)), nil
	}
	first, stride := int64(8+4*256), int64(x.hashSize)
	if x.version == 1 {
		first, stride = 4*256+4, stride+4
	}
	var at [maxHash]byte
	if _, err := x.r.ReadAt(at[:x.hashSize], first+int64(i)*stride); err != nil {
		return ID{}, indexError(err)
	}
	return NewID(at[:x.hashSize]), nil
}
