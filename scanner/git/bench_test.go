package git

import (
	"context"
	"os"
	"testing"
)

// BenchmarkStaged searches what is staged in the repository at NEOKEYS_BENCH_REPO, by
// which a hook's time can be told apart from that of starting a program.
func BenchmarkStaged(b *testing.B) {
	dir := os.Getenv("NEOKEYS_BENCH_REPO")
	if dir == "" {
		b.Skip("NEOKEYS_BENCH_REPO is not set")
	}
	for b.Loop() {
		r, err := Open(dir, noEnv)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Staged(context.Background(), testOptions()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHistory searches all of the repository at NEOKEYS_BENCH_REPO.
func BenchmarkHistory(b *testing.B) {
	dir := os.Getenv("NEOKEYS_BENCH_REPO")
	if dir == "" {
		b.Skip("NEOKEYS_BENCH_REPO is not set")
	}
	for b.Loop() {
		r, err := Open(dir, noEnv)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.History(context.Background(), testOptions()); err != nil {
			b.Fatal(err)
		}
	}
}
