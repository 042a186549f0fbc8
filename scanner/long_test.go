package scanner

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/hidden"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// Compressed data that is longer than rules see around an anchor is found wherever it stands in a
// large text, and as often as it stands there.
func TestLongDataInLargeText(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 8))
	release := func(key string, size int) string {
		return base64.StdEncoding.EncodeToString(hidden.Gzip(testkey.Secret(random, size) + "\nNEO_API_KEY=" + key + "\n"))
	}
	for _, c := range []struct{ before, size, after int }{
		{0, 12_000, 1 << 20}, {600_000, 200_000, 2 << 20}, {rules.MaxFile - 5_000, 40_000, 1 << 20}, {rules.MaxFile + 300, 12_000, 0},
		{2_500_000, 400_000, 300_000},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			keys := []string{testkey.New(random), testkey.New(random)}
			var b strings.Builder
			lines := func(n int) { b.WriteString(strings.Repeat("name: value of a line\n", n/22)) }
			lines(c.before)
			b.WriteString("release: " + release(keys[0], c.size) + "\n")
			lines(c.after)
			b.WriteString("release: " + release(keys[1], c.size) + "\n")
			lines(1000)
			dir := t.TempDir()
			check(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(b.String()), 0o644))
			check(t, os.WriteFile(filepath.Join(dir, "a.zip"), hidden.Zip(zip.Deflate, map[string]string{"b.yaml": b.String()}), 0o644))
			s := NewSearcher(rules.NewSet(rules.All()), rules.Places{})
			found, _, err := s.SearchReader(context.Background(), "a.yaml", bytes.NewReader([]byte(b.String())))
			check(t, err)
			if len(found) != len(keys) {
				t.Errorf("a searcher found %d, want %d", len(found), len(keys))
			}
			r := New(Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All()), MaxArchiveDepth: 2, NoIgnore: true}).Run(context.Background())
			got := map[string]int{}
			for i := range r.Findings {
				got[r.Findings[i].Key.Secret.Reveal()]++
			}
			if got[keys[0]] != 2 || got[keys[1]] != 2 || len(r.Findings) != 4 || len(r.Problems) > 0 {
				t.Errorf("found %d, and each key %d and %d times, want 2; problems %v", len(r.Findings), got[keys[0]], got[keys[1]], r.Problems)
			}
		})
	}
}
