//go:build unix

package pack

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The benchmarks read the repository that NEOKEYS_BENCH_REPO names: the folder that has
// its objects folder in it.
func benchRepository(b *testing.B) *Store {
	repo := os.Getenv("NEOKEYS_BENCH_REPO")
	if repo == "" {
		b.Skip("NEOKEYS_BENCH_REPO names no repository")
	}
	s, err := Open([]string{filepath.Join(repo, "objects")}, 20)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// cpu returns the processor time that the program has taken. It is less disturbed by what
// else runs on the machine.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

type countingVisitor struct{ objects, bytes int64 }

func (v *countingVisitor) Visit(o *Object) any {
	v.objects++
	v.bytes += o.Size
	return nil
}

// BenchmarkSweep makes the text of every object but trees, and does nothing with it.
func BenchmarkSweep(b *testing.B) {
	start := cpu()
	for b.Loop() {
		s := benchRepository(b)
		var visitors []*countingVisitor
		err := s.Sweep(context.Background(), Sweep{
			Kinds: []Kind{Commit, Blob, Tag},
			NewVisitor: func() Visitor {
				visitors = append(visitors, new(countingVisitor))
				return visitors[len(visitors)-1]
			},
			Problem: func(p Problem) { b.Fatal(p) },
		})
		if err != nil {
			b.Fatal(err)
		}
		var sum countingVisitor
		for _, v := range visitors {
			sum.objects += v.objects
			sum.bytes += v.bytes
		}
		b.ReportMetric(float64(sum.objects), "objects")
		b.ReportMetric(float64(sum.bytes)/1e9, "GB-text")
		s.Close()
	}
	b.ReportMetric((cpu()-start).Seconds()/float64(b.N), "cpu-s/op")
}

// BenchmarkInflate inflates the stream of every object in packs but trees, once and in the
// order of the packs, and does nothing else: a sweep cannot be faster.
func BenchmarkInflate(b *testing.B) {
	s := benchRepository(b)
	defer s.Close()
	jobs := runtime.GOMAXPROCS(0)
	var all []*families
	var streams [][]uint32
	for _, p := range s.packList() {
		f, err := p.loadFamilies(context.Background(), p.load(s), jobs)
		if err != nil {
			b.Fatal(err)
		}
		all, streams = append(all, f), append(streams, withoutTrees(f))
	}
	start := cpu()
	for b.Loop() {
		var bytes, objects atomic.Int64
		for i, f := range all {
			g := newFamilyWalk(context.Background(), f, nil, jobs)
			var next atomic.Int64
			var all sync.WaitGroup
			for range jobs {
				all.Go(func() {
					var k worker
					k.open(g)
					for {
						from := int(next.Add(rootBatch)) - rootBatch
						if from >= len(streams[i]) {
							return
						}
						for _, o := range streams[i][from:min(from+rootBatch, len(streams[i]))] {
							l, src, err := k.read(g, o)
							if err == nil && src == nil {
								k.delta, err = l.appendText(k.delta[:0])
							} else if err == nil {
								k.delta, err = k.inflate(k.delta[:0], src, int(l.e.size))
							}
							if err != nil {
								b.Error(err)
								return
							}
							bytes.Add(int64(len(k.delta)))
							objects.Add(1)
						}
					}
				})
			}
			all.Wait()
		}
		b.ReportMetric(float64(bytes.Load())/1e9, "GB-inflated")
		b.ReportMetric(float64(objects.Load()), "objects")
	}
	b.ReportMetric((cpu()-start).Seconds()/float64(b.N), "cpu-s/op")
}

// withoutTrees returns the objects of families that are no trees.
func withoutTrees(f *families) []uint32 {
	tree := newBitset(f.len())
	for i, kind := range f.kind {
		if kind != Tree {
			continue
		}
		for todo := []uint32{uint32(i)}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			tree.add(int(at))
			for c := f.first[at]; c != 0; c = f.next[c-1] {
				todo = append(todo, c-1)
			}
		}
	}
	var others []uint32
	for i := range f.kind {
		if !tree.has(i) {
			others = append(others, uint32(i))
		}
	}
	return others
}
