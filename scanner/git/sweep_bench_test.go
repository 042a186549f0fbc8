package git

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// BenchmarkSweep searches the repository that NEOKEYS_BENCH_REPO names: the folder that
// has its objects folder in it. The time to compare it with is that of the package pack's
// BenchmarkInflate.
func BenchmarkSweep(b *testing.B) {
	repo := os.Getenv("NEOKEYS_BENCH_REPO")
	if repo == "" {
		b.Skip("NEOKEYS_BENCH_REPO names no repository")
	}
	for b.Loop() {
		store, err := pack.Open([]string{filepath.Join(repo, "objects")}, 20)
		if err != nil {
			b.Fatal(err)
		}
		s := sweep{
			store: store, rules: rules.NewSet(rules.All()), progress: new(scanner.Progress),
			problem: func(p pack.Problem) { b.Fatal(p) },
		}
		found, err := s.run(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		keys := 0
		for _, a := range found {
			if len(a.keys) > 0 {
				keys++
			}
		}
		b.ReportMetric(float64(s.progress.Objects.Load()), "objects")
		b.ReportMetric(float64(s.progress.Bytes.Load())/1e9, "GB-text")
		b.ReportMetric(float64(len(found)), "anchored")
		b.ReportMetric(float64(keys), "with-keys")
		store.Close()
	}
}
