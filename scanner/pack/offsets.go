package pack

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
	"os"
	"strings"

	"github.com/neokeys/neokeys/scanner/gitdir"
)

// A list of offsets stands in for the index of a pack that has just come from a server: it has
// where each object is and the checksum of its bytes, and no ids, which take most of the time that an
// index takes. It is the file beside the pack with the suffix .offsets:
//
//	8 bytes   offsetsMagic
//	4 bytes   number of objects, big-endian
//	for each object, in the order of the pack:
//	          its distance from the one before, or from the pack's beginning, as a uvarint
//	4 bytes   CRC-32 of its bytes, big-endian
//	20 bytes  the pack's checksum
//	4 bytes   CRC-32 of all that
//
// A pack with a delta whose base is named by its id has no such list.
const offsetsMagic = "neokeyso"

func offsetsPath(pack string) string { return strings.TrimSuffix(pack, ".pack") + ".offsets" }

// writeOffsets writes the list of a pack's objects.
func writeOffsets(path string, offsets []int64, crcs []uint32, trailer []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	sum := crc32.NewIEEE()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), window)
	b := be.AppendUint32([]byte(offsetsMagic), uint32(len(offsets)))
	last := int64(0)
	for i, offset := range offsets {
		b = binary.AppendUvarint(b, uint64(offset-last))
		b = be.AppendUint32(b, crcs[i])
		_, _ = w.Write(b) // Flush says what is wrong
		b, last = b[:0], offset
	}
	_, _ = w.Write(append(b, trailer...))
	err = w.Flush()
	if err == nil {
		_, err = f.Write(be.AppendUint32(nil, sum.Sum32()))
	}
	return errors.Join(err, f.Close())
}

// readOffsets returns an index without ids of a list of offsets.
func readOffsets(r io.Reader, end int64) (*index, error) {
	sum := crc32.NewIEEE()
	in := bufio.NewReaderSize(r, window)
	read := func(n int) ([]byte, error) {
		b := make([]byte, n)
		_, err := io.ReadFull(in, b)
		_, _ = sum.Write(b) // never fails
		return b, err
	}
	head, err := read(len(offsetsMagic) + 4)
	if err != nil || string(head[:len(offsetsMagic)]) != offsetsMagic {
		return nil, damage("no list of offsets")
	}
	x := &index{version: 2, n: int(be32(head[len(offsetsMagic):])), hashSize: sha1Size}
	x.bits = placeBits(x.n)
	at := uint64(0)
	var entry [binary.MaxVarintLen64 + 4]byte
	for i := range x.n {
		gap, err := binary.ReadUvarint(in)
		if err != nil || gap == 0 || gap > uint64(end) || at+gap >= uint64(end) {
			return nil, damage("the list of offsets leads out of the pack")
		}
		n := binary.PutUvarint(entry[:], gap)
		if _, err := io.ReadFull(in, entry[n:n+4]); err != nil {
			return nil, damage("the list of offsets is cut off")
		}
		_, _ = sum.Write(entry[:n+4]) // never fails
		at += gap
		x.keys = append(x.keys, at<<x.bits|uint64(i))
		x.crcs = append(x.crcs, entry[n:n+4]...)
	}
	if x.trailer, err = read(sha1Size); err != nil {
		return nil, damage("the list of offsets is cut off")
	}
	want := sum.Sum32()
	own, err := read(4)
	if err != nil || be32(own) != want {
		return nil, damage("the checksum of the list of offsets is wrong")
	}
	if uint64(bits.Len64(at))+uint64(x.bits) > 63 {
		return nil, damage("the list of offsets leads out of the pack")
	}
	return x, nil
}

// loadOffsets returns an index without ids if there is a list of offsets that fits the pack, and nil
// if there is none.
func (p *packFile) loadOffsets(s *Store) *index {
	if p.hashSize != sha1Size {
		return nil
	}
	f, err := gitdir.Open(offsetsPath(p.path))
	if err != nil {
		return nil
	}
	defer f.Close() // only read from
	x, err := readOffsets(f, p.end)
	if err != nil || x.n != p.count || x.n > 0 && x.offset(0) != packHeader || !p.endsWith(x.trailer) {
		return nil // the pack is gone through for one
	}
	x.names = &names{p: p, s: s}
	x.names.x = x
	return x
}

// endsWith reports whether the checksum at the pack's end is sum.
func (p *packFile) endsWith(sum []byte) bool {
	trailer := make([]byte, p.hashSize)
	_, err := p.file.ReadAt(trailer, p.end)
	return err == nil && bytes.Equal(trailer, sum)
}
