//go:build unix

package pack

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"

	"os"
	"testing"

	"github.com/neokeys/neokeys/scanner/pack/inflate"
)

// A benchStream is a zlib stream as a pack has it.
type benchStream struct {
	src  []byte
	size int
}

// benchStreams reads the streams of all objects in packs but trees and very long ones. If
// NEOKEYS_BENCH_STREAMS names a file, it writes them there: each as the lengths of the stream and
// of its text, of 32 bits with the lowest byte first, and the stream.
func benchStreams(b *testing.B) []benchStream {
	s := benchRepository(b)
	defer s.Close()
	var streams []benchStream
	for _, p := range s.packList() {
		f, err := p.loadFamilies(context.Background(), p.load(s), 1)
		if err != nil {
			b.Fatal(err)
		}
		g := newFamilyWalk(context.Background(), f, nil, 1)
		var k worker
		k.open(g)
		for _, o := range withoutTrees(f) {
			l, src, err := k.read(g, o)
			if err != nil {
				b.Fatal(err)
			}
			if src != nil {
				streams = append(streams, benchStream{bytes.Clone(src), int(l.e.size)})
			}
		}
	}
	writeStreams(b, streams)
	return streams
}

func writeStreams(b *testing.B, streams []benchStream) {
	name := os.Getenv("NEOKEYS_BENCH_STREAMS")
	if name == "" {
		return
	}
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, s := range streams {
		var head [8]byte
		binary.LittleEndian.PutUint32(head[:], uint32(len(s.src)))
		binary.LittleEndian.PutUint32(head[4:], uint32(s.size))
		_, _ = w.Write(append(head[:], s.src...))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkStreams inflates, on one core and from memory, the streams of every object in packs
// but trees: with package inflate and with klauspost/compress. The small streams are those of
// fewer than 300 bytes. bench/inflate.sh compares with libdeflate.
func BenchmarkStreams(b *testing.B) {
	all := benchStreams(b)
	var small []benchStream
	for _, s := range all {
		if len(s.src) < 300 {
			small = append(small, s)
		}
	}
	for _, set := range []struct {
		name    string
		streams []benchStream
	}{{"all", all}, {"small", small}} {
		var d inflate.Decoder
		b.Run(set.name+"/neokeys", func(b *testing.B) { benchInflate(b, set.streams, d.Zlib) })
		var z inflater
		// Not inflate, which leaves to klauspost/compress only what is big.
		b.Run(set.name+"/klauspost", func(b *testing.B) { benchInflate(b, set.streams, z.inflateBig) })
	}
}

func benchInflate(b *testing.B, streams []benchStream, inflate func(dst, src []byte, size int, verify bool) ([]byte, int, error)) {
	var text []byte
	n := 0
	start := cpu()
	for b.Loop() {
		n = 0
		for _, s := range streams {
			var err error
			if text, _, err = inflate(text[:0], s.src, s.size, false); err != nil {
				b.Fatal(err)
			}
			n += len(text)
		}
	}
	seconds := (cpu() - start).Seconds() / float64(b.N)
	b.ReportMetric(seconds, "cpu-s/op")
	b.ReportMetric(float64(n)/1e6/seconds, "MB/cpu-s")
	b.ReportMetric(float64(len(streams)), "streams")
}
