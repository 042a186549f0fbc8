package git

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// wideText writes text in UTF-16.
func wideText(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }

// sweepDir sweeps an object directory, and compares what it finds with a search of each
// object's whole text.
func sweepDir(t *testing.T, objects string) []anchored {
	t.Helper()
	store, err := pack.Open([]string{objects}, 20)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	set := rules.NewSet(rules.All())
	s := sweep{
		store: store, rules: set, jobs: 2, progress: new(scanner.Progress),
		problem: func(p pack.Problem) { t.Errorf("problem: %v %v", p.ID, p.Err) },
	}
	got, err := s.run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	whole := &wholeVisitor{sweepVisitor: sweepVisitor{sweep: &s, finder: set.Anchors(), matcher: scanner.NewMatcher(set)}}
	err = store.Sweep(context.Background(), pack.Sweep{
		Kinds: []pack.Kind{pack.Commit, pack.Blob, pack.Tag}, Jobs: 1,
		NewVisitor: func() pack.Visitor { return whole },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := whole.found
	slices.SortFunc(want, func(a, b anchored) int { return bytes.Compare(a.id.Bytes(), b.id.Bytes()) })
	if a, b := describeAnchored(got), describeAnchored(want); a != b {
		t.Fatalf("the sweep finds\n%s\nsearches of whole texts find\n%s", a, b)
	}
	return got
}

// A wholeVisitor searches each text from its beginning to its end.
type wholeVisitor struct{ sweepVisitor }

func (v *wholeVisitor) Visit(o *pack.Object) any {
	v.hits = v.hits[:0]
	v.search(o, 0, int(o.Size))
	if len(v.hits) > 0 {
		verdict := v.judge(o)
		verdict.keys = slices.Clone(verdict.keys)
		v.found = append(v.found, anchored{o.ID(), o.Kind, o.Size, verdict})
	}
	return nil
}

func describeAnchored(list []anchored) string {
	var b strings.Builder
	for _, a := range list {
		fmt.Fprintf(&b, "%v %v %d %v\n", a.id, a.kind, a.size, a.verdict)
	}
	return b.String()
}

// TestSweepOfRepackedHistory plants keys in the history of a few files and sweeps it
// however git stores it.
func TestSweepOfRepackedHistory(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	repo := gittest.New(t)
	dir, git := repo.Dir, repo.Git
	texts := make([][]byte, 4)
	for i := range texts {
		for range 200 + 3000*(i%2) { // longer than what a rule may look at, and shorter
			texts[i] = fmt.Appendf(texts[i], "%x\n", random.Uint64())
		}
	}
	for range 60 {
		text := &texts[random.IntN(len(texts))]
		for range 1 + random.IntN(3) {
			at := random.IntN(len(*text))
			var piece string
			switch random.IntN(7) {
			case 0:
				piece = testkey.New(random)
			case 1:
				piece = wideText(testkey.New(random))
			case 2:
				piece = "\n" + testkey.New(random) + "\n"
			case 3: // part of an anchor
				piece = "neo_sk_"[random.IntN(3) : 3+random.IntN(5)]
			case 4: // what is there already, once more
				piece = string((*text)[at:min(len(*text), at+random.IntN(300))])
			case 5:
				*text = slices.Delete(*text, at, min(len(*text), at+random.IntN(100)))
				at = min(at, len(*text))
			case 6: // taking a byte away may put an anchor together
				if i := bytes.Index((*text)[at:], []byte("neo")); i >= 0 {
					*text = slices.Delete(*text, at+i, at+i+1)
					at = min(at, len(*text))
				}
			}
			*text = slices.Insert(*text, at, []byte(piece)...)
		}
		for i, text := range texts {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprint("file", i)), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		git("add", "-A")
		message := "change"
		if random.IntN(6) == 0 {
			message += " " + testkey.New(random)
		}
		git("commit", "-q", "--allow-empty", "-m", message)
	}
	objects := filepath.Join(dir, ".git", "objects")
	want := describeAnchored(sweepDir(t, objects))
	if strings.Count(want, "\n") < 50 {
		t.Fatalf("too few objects with keys:\n%s", want)
	}
	for _, how := range [][]string{{"--depth=1", "--window=5"}, {"--depth=5"}, {"--depth=50", "--window=50"}, {"--depth=250", "--window=250"}, {"--window=0"}} {
		git(append([]string{"repack", "-adfq"}, how...)...)
		if got := describeAnchored(sweepDir(t, objects)); got != want {
			t.Fatalf("after git repack %v the sweep finds\n%s\nnot\n%s", how, got, want)
		}
	}
}

// TestSweepOfBigVersions sweeps versions of a file that are too big for several workers to hold
// them, and of which the sweep does not make all bytes.
func TestSweepOfBigVersions(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 0))
	repo := gittest.New(t)
	var text []byte
	for len(text) < 9<<20 {
		text = append(text, fmt.Appendf(nil, "%x\n", random.Uint64()&0xfffff)...)
	}
	insert := func(at int, piece string) { text = slices.Insert(text, at, []byte(piece)...) }
	insert(3<<20, "\n"+testkey.New(random)+"\nneo_s")
	token := strings.TrimPrefix(testkey.New(random)+testkey.New(random)+testkey.New(random), "neo_sk_")
	insert(2<<20, "\nneo_api_key = \""+strings.ReplaceAll(token, "neo_sk_", "")+"\"\n")
	for i := range 4 {
		insert(random.IntN(len(text)), "changed "+fmt.Sprint(i))
		switch i {
		case 1: // a key, and what makes an anchor of what was there
			insert(5<<20, " "+testkey.New(random)+" ")
			insert(bytes.Index(text, []byte("neo_s\n"))+5, "k_prod_"+strings.Repeat("a1B2c3D4", 3))
		case 2: // near the older token, but not at it
			insert(2<<20-1000, "changed")
			insert(6<<20, wideText(testkey.New(random)))
		}
		if err := os.WriteFile(filepath.Join(repo.Dir, "big"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		repo.Git("add", "-A")
		repo.Git("commit", "-q", "-m", "change")
	}
	repo.Git("repack", "-adfq", "--depth=1", "--window=5")
	if got := sweepDir(t, filepath.Join(repo.Dir, ".git", "objects")); len(got) != 4 {
		t.Errorf("found in %d versions of 4", len(got))
	}
}

// A packWriter makes packs with deltas that git would not make. It has no index.
type packWriter struct {
	b     bytes.Buffer
	count uint32
}

func (w *packWriter) entry(kind byte, base int, text []byte) (offset int) {
	offset = 12 + w.b.Len()
	w.count++
	size := len(text)
	c := kind<<4 | byte(size&15)
	for size >>= 4; size > 0; size >>= 7 {
		w.b.WriteByte(c | 0x80)
		c = byte(size & 0x7f)
	}
	w.b.WriteByte(c)
	if kind == 6 {
		back := offset - base
		bytes := []byte{byte(back & 0x7f)}
		for back >>= 7; back > 0; back >>= 7 {
			back--
			bytes = append([]byte{byte(back&0x7f) | 0x80}, bytes...)
		}
		w.b.Write(bytes)
	}
	z := zlib.NewWriter(&w.b)
	_, _ = z.Write(text)
	_ = z.Close()
	return offset
}

func (w *packWriter) blob(text string) int { return w.entry(3, 0, []byte(text)) }

// A step of a delta is text to insert, or a copy of n bytes of the base from at on.
type step struct {
	insert string
	at, n  int
}

func (w *packWriter) delta(base, baseSize int, steps ...step) int {
	varint := func(n int) []byte {
		var b []byte
		for ; n >= 0x80; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		return append(b, byte(n))
	}
	size := 0
	var ops []byte
	for _, s := range steps {
		if s.insert != "" {
			ops = append(append(ops, byte(len(s.insert))), s.insert...)
			size += len(s.insert)
			continue
		}
		ops = append(ops, 0xbf, byte(s.at), byte(s.at>>8), byte(s.at>>16), byte(s.at>>24), byte(s.n), byte(s.n>>8))
		size += s.n
	}
	return w.entry(6, base, slices.Concat(varint(baseSize), varint(size), ops))
}

// objects writes the pack into an object directory.
func (w *packWriter) objects(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "objects")
	if err := os.MkdirAll(filepath.Join(dir, "pack"), 0o755); err != nil {
		t.Fatal(err)
	}
	content := append([]byte("PACK\x00\x00\x00\x02"), byte(w.count>>24), byte(w.count>>16), byte(w.count>>8), byte(w.count))
	content = append(content, w.b.Bytes()...)
	sum := sha1.Sum(content)
	path := filepath.Join(dir, "pack", "pack-test.pack")
	if err := os.WriteFile(path, append(content, sum[:]...), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("git", "index-pack", path).CombinedOutput(); err != nil {
		t.Fatalf("git index-pack: %v\n%s", err, out)
	}
	return dir
}

// TestKeysAcrossSeams makes deltas that put a key together in every way: of a copy and an
// insertion, of two copies, of bytes between two copies, and cut it off.
func TestKeysAcrossSeams(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 0))
	for _, spell := range []func(string) string{
		func(s string) string { return s },
		wideText,
	} {
		key := spell(testkey.New(random))
		n := len(key)
		// Copies of less are short, and count as insertions.
		pad := strings.Repeat("some text around it, more than an anchor is long; ", 12)
		var w packWriter
		keys := 0 // objects with a key
		// unique makes objects differ that would else be the same.
		unique := func() step {
			return step{insert: fmt.Sprintf(" %x ", random.Uint64())}
		}
		for cut := 0; cut <= n; cut++ {
			before, after := key[:cut], key[cut:]
			text := func(s string) (int, int) {
				s = fmt.Sprintf("%x %s", random.Uint64(), s)
				return w.blob(s), len(s)
			}
			// A copy that ends in the key's beginning, then the rest, inserted.
			base, size := text(pad + before)
			steps := []step{{at: 0, n: size}}
			if after != "" {
				steps = append(steps, step{insert: after})
			}
			w.delta(base, size, append(steps, step{insert: " "}, unique(), step{at: 0, n: size - cut})...)
			keys++
			// The beginning inserted, then a copy that begins with the rest.
			base, size = text(after + pad)
			steps = []step{unique()}
			if before != "" {
				steps = append(steps, step{insert: before})
			}
			w.delta(base, size, append(steps, step{at: 17, n: size - 17})...)
			if strings.Contains(after+pad, key) {
				keys++ // the base has it
			}
			// Put together from two copies; the base has them the other way round.
			base, size = text(after + pad + before)
			head := size - n - len(pad)
			w.delta(base, size, unique(), step{at: size - cut, n: cut}.orNothing(), step{at: head, n: n - cut}.orNothing(), unique())
			keys++
			// The same with longer copies.
			base, size = text(after + pad + pad + before)
			head = size - n - 2*len(pad)
			w.delta(base, size, unique(), step{at: size - cut - len(pad), n: len(pad) + cut}, step{at: head, n: n - cut + len(pad)})
			keys++
			// The base has the key, and the delta takes it apart.
			base, size = text(pad + key + pad)
			at := size - n - len(pad) + cut
			w.delta(base, size, step{at: 0, n: at}, unique(), step{at: at, n: size - at})
			keys++
			// The base has the key, and the delta puts a letter before it, or behind it.
			base, size = text(pad + " " + key + " " + pad)
			keys++
			at = size - n - len(pad) - 1
			w.delta(base, size, step{at: 0, n: at}, step{insert: spell("z")}, step{at: at, n: size - at})
			w.delta(base, size, step{at: 0, n: at + n}, step{insert: spell("zzzzz")}, step{at: at + n, n: size - at - n})
			// The base has the key, and each of three deltas in a row copies it to another
			// place.
			base, size = text(pad + key + pad)
			keys++
			for range 3 {
				shift := unique()
				base = w.delta(base, size, shift, step{at: 0, n: size})
				size += len(shift.insert)
				keys++
			}
		}
		found := sweepDir(t, w.objects(t))
		with := 0
		for _, a := range found {
			if len(a.keys) > 0 {
				with++
			}
		}
		if with < keys {
			t.Errorf("%d objects with a key, want at least %d", with, keys)
		}
	}
}

// orNothing returns an insertion of a space for a copy of no bytes, which cannot be written
// down.
func (s step) orNothing() step {
	if s.n == 0 {
		return step{insert: " "}
	}
	return s
}

// TestLongObject finds a key in an object that is not held in memory, wherever it lies
// with respect to the buffer.
func TestLongObject(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	var w packWriter
	ends := 0
	const size = 9 << 20
	for _, edge := range []int{streamBuffer, 2*streamBuffer - 13, size - 40} {
		for offset := -16; offset <= 4; offset += 4 {
			text := bytes.Repeat([]byte("."), size)
			copy(text[edge+offset:], testkey.New(random))
			w.blob(string(text))
			ends++
		}
	}
	store, err := pack.Open([]string{w.objects(t)}, 20)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := sweep{store: store, rules: rules.NewSet(rules.All()), progress: new(scanner.Progress), problem: func(p pack.Problem) { t.Error(p) }}
	found, err := s.run(context.Background())
	if err != nil || len(found) != ends {
		t.Errorf("%d objects, error %v, want %d", len(found), err, ends)
	}
	for _, a := range found {
		if !a.partial || a.size != size {
			t.Errorf("%+v", a)
		}
	}
}
