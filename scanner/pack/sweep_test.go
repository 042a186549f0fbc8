package pack

import (
	"strings"
	"testing"
)

// TestAgreesWithGit compares all objects and their texts with git's, in whatever way they
// are stored.
func TestAgreesWithGit(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			hashSize := map[string]int{"sha1": 20, "sha256": 32}[format]
			r := newRepo(t, "--object-format="+format)
			compare(t, r, hashSize)
			r.fill(rng(1), 30)
			t.Run("loose", func(t *testing.T) { compare(t, r, hashSize) })
			for _, how := range []string{
				"-adq", "-adfq --depth=1 --window=10", "-adfq --depth=250 --window=250", "-adFq --depth=50 --window=50",
				"-adfq --depth=2 --window=3", "-adfq --window=0",
				"-adq --write-midx --write-bitmap-index", "-adq --max-pack-size=1",
			} {
				t.Run(how, func(t *testing.T) {
					r.git(append([]string{"repack"}, strings.Fields(how)...)...)
					got := compare(t, r, hashSize)
					t.Logf("%d objects, %d with edits", len(got.objects), got.deltas)
				})
			}
			for _, config := range []string{"pack.indexVersion=1", "repack.useDeltaBaseOffset=false", "core.compression=0"} {
				t.Run(config, func(t *testing.T) {
					r.git("-c", config, "repack", "-adfq", "--depth=20")
					if got := compare(t, r, hashSize); got.deltas == 0 {
						t.Error("no object with edits")
					}
				})
			}
		})
	}
}

func TestManyPacks(t *testing.T) {
	random := rng(2)
	r := newRepo(t)
	for i := range 6 {
		r.fill(random, 5)
		r.git("tag", "-d", "v1")
		switch i % 3 {
		case 0:
			r.git("repack", "-dq")
		case 1:
			r.git("repack", "-q") // and keep the loose ones
		case 2:
			r.git("repack", "-aq") // and keep the other packs
		}
	}
	r.git("multi-pack-index", "write")
	compare(t, r, 20)
	for _, name := range strings.Fields(r.git("count-objects", "-v")) {
		t.Log(name)
	}
}
