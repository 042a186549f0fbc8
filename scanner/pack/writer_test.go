package pack

import (
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/klauspost/compress/zlib"
)

// A packWriter makes packs as git would not make them.
type packWriter struct {
	t       testing.TB
	body    []byte
	entries []*written
	offset0 int64 // added to all offsets behind the header: a hole
}

// A written object.
type written struct {
	id     ID
	kind   Kind
	text   []byte
	offset int64
	crc    uint32
}

// A step of a delta is text to insert, or a copy of n bytes of the base from at on.
type step struct {
	insert string
	at, n  int
}

func (w *packWriter) offset() int64 { return packHeader + w.offset0 + int64(len(w.body)) }

// raw appends an entry as it is.
func (w *packWriter) raw(kind Kind, text, entry []byte) *written {
	e := &written{hashOf(20, kind, text), kind, text, w.offset(), crc32.ChecksumIEEE(entry)}
	w.body = append(w.body, entry...)
	w.entries = append(w.entries, e)
	return e
}

func (w *packWriter) whole(kind Kind, text []byte) *written {
	return w.raw(kind, text, slices.Concat(entryHead(kind, uint64(len(text))), deflated(text)))
}

func (w *packWriter) blob(text string) *written { return w.whole(Blob, []byte(text)) }

// delta appends an object that is made from another by its offset.
func (w *packWriter) delta(base *written, steps ...step) *written {
	delta, text := makeDelta(base.text, steps...)
	return w.raw(base.kind, text, slices.Concat(entryHead(ofsDelta, uint64(len(delta))), distance(w.offset()-base.offset), deflated(delta)))
}

// refDelta appends an object that is made from another by its name.
func (w *packWriter) refDelta(base ID, kind Kind, baseText []byte, steps ...step) *written {
	delta, text := makeDelta(baseText, steps...)
	return w.raw(kind, text, slices.Concat(entryHead(refDelta, uint64(len(delta))), base.Bytes(), deflated(delta)))
}

func entryHead(kind Kind, size uint64) []byte {
	var b []byte
	c := byte(kind)<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		b = append(b, c|0x80)
		c = byte(size & 0x7f)
	}
	return append(b, c)
}

func distance(n int64) []byte {
	b := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		n--
		b = slices.Insert(b, 0, byte(n&0x7f)|0x80)
	}
	return b
}

func deflated(text []byte) []byte {
	var b bytes.Buffer
	z := zlibWriters.Get().(*zlib.Writer)
	defer zlibWriters.Put(z)
	z.Reset(&b)
	_, _ = z.Write(text)
	_ = z.Close()
	return b.Bytes()
}

var zlibWriters = sync.Pool{New: func() any { return zlib.NewWriter(io.Discard) }}

func appendVarint(b []byte, n uint64) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

// makeDelta returns a delta and what it makes of base.
func makeDelta(base []byte, steps ...step) (delta, text []byte) {
	var ops []byte
	for _, s := range steps {
		for len(s.insert) > 0 {
			n := min(len(s.insert), 127)
			ops = append(append(ops, byte(n)), s.insert[:n]...)
			text = append(text, s.insert[:n]...)
			s.insert = s.insert[n:]
		}
		for s.n > 0 {
			n := min(s.n, 0xffffff)
			ops = append(ops, 0xff, byte(s.at), byte(s.at>>8), byte(s.at>>16), byte(s.at>>24), byte(n), byte(n>>8), byte(n>>16))
			text = append(text, base[s.at:s.at+n]...)
			s.at, s.n = s.at+n, s.n-n
		}
	}
	delta = appendVarint(appendVarint(nil, uint64(len(base))), uint64(len(text)))
	return append(delta, ops...), text
}

// bytes returns the pack and its index.
func (w *packWriter) bytes() (pack, index []byte) {
	pack = be.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(w.entries)))
	pack = append(pack, w.body...)
	h := newHash(20)
	h.Write(pack)
	pack = h.Sum(pack)
	return pack, w.index(pack[len(pack)-20:])
}

func (w *packWriter) index(trailer []byte) []byte {
	entries := slices.Clone(w.entries)
	slices.SortStableFunc(entries, func(a, b *written) int { return bytes.Compare(a.id.Bytes(), b.id.Bytes()) })
	index := []byte(indexMagic + "\x00\x00\x00\x02")
	n := 0
	for b := range 256 {
		for n < len(entries) && int(entries[n].id.raw[0]) <= b {
			n++
		}
		index = be.AppendUint32(index, uint32(n))
	}
	var crcs, offsets, large []byte
	for _, e := range entries {
		index = append(index, e.id.Bytes()...)
		crcs = be.AppendUint32(crcs, e.crc)
		if e.offset < largeOffset {
			offsets = be.AppendUint32(offsets, uint32(e.offset))
		} else {
			offsets = be.AppendUint32(offsets, largeOffset|uint32(len(large)/8))
			large = be.AppendUint64(large, uint64(e.offset))
		}
	}
	index = slices.Concat(index, crcs, offsets, large, trailer)
	h := newHash(20)
	h.Write(index)
	return h.Sum(index)
}

// want returns the objects in the pack.
func (w *packWriter) want() map[string]stored {
	all := map[string]stored{}
	for _, e := range w.entries {
		all[e.id.String()] = stored{e.kind.String(), string(e.text)}
	}
	return all
}

// save writes the pack and its index into a new object directory, which it returns.
func (w *packWriter) save() string {
	w.t.Helper()
	dir := w.t.TempDir()
	w.saveIn(dir, "test")
	return dir
}

func (w *packWriter) saveIn(dir, name string) {
	w.t.Helper()
	pack, index := w.bytes()
	writePack(w.t, dir, name, pack, index)
}

func writePack(t testing.TB, dir, name string, pack, index []byte) {
	t.Helper()
	writeFile(t, filepath.Join(dir, "pack", "pack-"+name+".pack"), pack)
	if index != nil {
		writeFile(t, filepath.Join(dir, "pack", "pack-"+name+".idx"), index)
	}
}

func writeFile(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// writeLoose writes a loose object and returns its file.
func writeLoose(t testing.TB, dir string, kind Kind, text []byte) (ID, string) {
	t.Helper()
	id := hashOf(20, kind, text)
	path := loosePath(dir, &id)
	writeFile(t, path, deflated(slices.Concat([]byte(kind.String()), []byte(" "), []byte(itoa(len(text))), []byte{0}, text)))
	return id, path
}
