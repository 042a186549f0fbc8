package gitdir

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// A link is what a split index says of the shared index that it is a change to. Its bitmaps
// are not read until it is known how many entries that one has.
type link struct {
	id      []byte // names the shared index
	bitmaps []byte // which entries of it are gone, and which are replaced; may be empty
}

// parseLink reads the link extension. One of zeros is that of an index that stands alone.
func parseLink(b []byte, hashSize int) (*link, error) {
	if len(b) < hashSize {
		return nil, errCut
	}
	if len(bytes.Trim(b[:hashSize], "\x00")) == 0 {
		return nil, nil
	}
	return &link{b[:hashSize], b[hashSize:]}, nil
}

// join makes x, which is the change, the index that comes of it. The shared index is used
// up.
func (x *Index) join(shared *Index, l *link) error {
	old, newer := shared.Entries.all(), x.Entries.all()
	var gone, replaced []int
	if len(l.bitmaps) > 0 {
		var rest []byte
		var err error
		if gone, rest, err = parseBitmap(l.bitmaps, len(old)); err == nil {
			replaced, _, err = parseBitmap(rest, len(old))
		}
		if err != nil {
			return err
		}
	}
	// The first entries have no path: they are to stand in for those that are replaced.
	nameless := slices.IndexFunc(newer, func(e Entry) bool { return len(e.Path) > 0 })
	if nameless < 0 {
		nameless = len(newer)
	}
	if nameless != len(replaced) {
		return damaged("it replaces other entries than it has")
	}
	for i, n := range replaced {
		newer[i].Path = old[n].Path
		old[n] = newer[i]
	}
	for _, n := range gone {
		old[n].Path = nil
	}
	kept := slices.DeleteFunc(old, func(e Entry) bool { return e.Path == nil })
	x.Entries = Entries{list: merged(kept, newer[nameless:])}
	x.sparse = x.sparse || shared.sparse
	return nil
}

// merged returns the entries of both lists; of two that are the same file's, the newer.
func merged(old, newer []Entry) []Entry {
	if len(newer) == 0 {
		return old
	}
	all := make([]Entry, 0, len(old)+len(newer))
	for len(old) > 0 && len(newer) > 0 {
		c := cmp.Or(bytes.Compare(old[0].Path, newer[0].Path), cmp.Compare(old[0].Stage, newer[0].Stage))
		if c < 0 {
			all, old = append(all, old[0]), old[1:]
			continue
		}
		if c == 0 {
			old = old[1:]
		}
		all, newer = append(all, newer[0]), newer[1:]
	}
	return append(append(all, old...), newer...)
}

// parseBitmap reads an EWAH bitmap, as an appendix of gitformat-bitmap(5) has it, and
// returns which bits are set, all of which must be below limit, and what follows it.
func parseBitmap(b []byte, limit int) (set []int, rest []byte, err error) {
	const header, trailer, word = 8, 4, 8
	if len(b) < header {
		return nil, nil, errCut
	}
	size := uint64(binary.BigEndian.Uint32(b[4:])) * word
	if size+trailer > uint64(len(b)-header) {
		return nil, nil, errCut
	}
	words, rest := b[header:header+size], b[header+size+trailer:]
	take := func() uint64 {
		w := binary.BigEndian.Uint64(words)
		words = words[word:]
		return w
	}
	errRange := damaged("it changes entries that are not there")
	for at := uint64(0); len(words) > 0; {
		// A run of words that are all zeros or all ones, and the number of words as
		// they are that follow.
		marker := take()
		run, literals := marker>>1&(1<<32-1)*64, marker>>33
		if literals > uint64(len(words)/word) {
			return nil, nil, errCut
		}
		if marker&1 != 0 {
			if at+run > uint64(limit) {
				return nil, nil, errRange
			}
			for i := range run {
				set = append(set, int(at+i))
			}
		}
		at = min(at+run, 1<<40)
		for range literals {
			for w := take(); w != 0; w &= w - 1 {
				n := at + uint64(bits.TrailingZeros64(w))
				if n >= uint64(limit) {
					return nil, nil, errRange
				}
				set = append(set, int(n))
			}
			at += 64
		}
	}
	return set, rest, nil
}
