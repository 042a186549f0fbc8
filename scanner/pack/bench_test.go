package pack

import (
	"context"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// benchRepository is where the benchmarks find a repository: the folder that has its
// objects folder in it.
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

type countingVisitor struct{ objects, bytes int64 }

func (v *countingVisitor) Visit(o *Object) any {
	v.objects++
	v.bytes += o.Size
	return nil
}

// BenchmarkSweep makes the text of every object but trees, and does nothing with it.
func BenchmarkSweep(b *testing.B) {
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
}

var _ = crc32.ChecksumIEEE
var _ atomic.Int64
