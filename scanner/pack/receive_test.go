package pack

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/neokeys/neokeys/internal/gittest"
)

// received receives a pack into a new object directory.
func received(t testing.TB, text []byte) (dir string, got *Received, err error) {
	t.Helper()
	dir = t.TempDir()
	gittest.Check(t, os.Mkdir(filepath.Join(dir, "pack"), 0o700))
	got, err = Receive(context.Background(), bytes.NewReader(text), filepath.Join(dir, "pack"), 1<<30)
	return dir, got, err
}

// packOf returns the pack that w has written.
func packOf(w *packWriter) []byte {
	text, _ := w.bytes()
	return text
}

// ofsPack returns a pack whose deltas name their bases by offset.
func ofsPack(t testing.TB) *packWriter {
	w := &packWriter{t: t}
	base := w.blob(string(randomLines(rng(3), 20)))
	for i := range 5 {
		base = w.delta(base, step{at: 0, n: 100 + i}, step{insert: "inserted " + itoa(i)}, step{at: 90, n: 100})
	}
	w.whole(Commit, randomLines(rng(4), 3))
	w.blob("")
	return w
}

// packed returns the pack that git makes of all that is in the repository.
func packed(r *repo, args ...string) []byte {
	return []byte(r.Output("", append([]string{"pack-objects", "--all", "--stdout", "-q"}, args...)...))
}

// TestReceive compares a store without ids with git, by a sweep and by single reads in any order.
func TestReceive(t *testing.T) {
	r := newRepo(t)
	random := rng(7)
	r.fill(random, 25)
	r.Write("long", strings.Repeat(string(randomLines(random, 2000)), 20)) // longer than what is inflated at once
	r.commit("a long file")
	want := r.all()
	for name, args := range map[string][]string{"offsets": {"--delta-base-offset"}, "ids": nil, "no deltas": {"--depth=0"}} {
		t.Run(name, func(t *testing.T) {
			text := packed(r, args...)
			dir, got, err := received(t, text)
			gittest.Check(t, err)
			if got.Objects != len(want) || got.Bytes != int64(len(text)) {
				t.Errorf("received %+v, not %d objects in %d bytes", got, len(want), len(text))
			}
			s := openStore(t, 20, dir)
			if unnamed := s.Unnamed(); unnamed != (name != "ids") {
				t.Errorf("the store has no ids: %v", unnamed)
			}
			swept := sweep(t, s, 2)
			if len(swept.problems) > 0 {
				t.Error(swept.problems)
			}
			compareObjects(t, swept.objects, want)
			// Each id by itself, of a store that knows none yet, and then of one that knows some.
			s = openStore(t, 20, dir)
			for text, o := range want {
				id, err := ParseID(text)
				gittest.Check(t, err)
				kind, got, err := s.Object(id, MaxText)
				if err != nil || kind.String() != o.kind || string(got) != o.text {
					t.Fatalf("%s: %v of %d bytes, %v", text, kind, len(got), err)
				}
				want, _ := parseKind(o.kind)
				if kind, _, err := s.ObjectOf(want, id, MaxText); err != nil || kind != want {
					t.Errorf("%s as a %s: %v, %v", text, want, kind, err)
				}
			}
			if missing := NewID(bytes.Repeat([]byte{7}, 20)); s.Has(missing) {
				t.Error("the store has what nobody put there")
			}
			if ids := s.WithPrefix("0"); len(ids) != 0 {
				t.Errorf("%v for one digit", ids)
			}
		})
	}
}

// TestReceiveTogether puts a pack without ids beside loose objects and another such pack: then ids
// are found out, so that nothing is visited twice.
func TestReceiveTogether(t *testing.T) {
	r := newRepo(t)
	random := rng(8)
	r.fill(random, 8)
	dir, _, err := received(t, packed(r, "--delta-base-offset"))
	gittest.Check(t, err)
	r.fill(random, 4)
	_, err = Receive(context.Background(), bytes.NewReader(packed(r, "--delta-base-offset")), filepath.Join(dir, "pack"), 1<<30)
	gittest.Check(t, err)
	got := sweep(t, openStore(t, 20, dir), 2)
	if len(got.problems) > 0 {
		t.Error(got.problems)
	}
	compareObjects(t, got.objects, r.all())
}

// TestReceiveInPieces receives a pack byte by byte, and one that is cut off anywhere.
func TestReceiveInPieces(t *testing.T) {
	text := packOf(samplePack(t))
	folder := t.TempDir()
	for name, wrap := range map[string]func(io.Reader) io.Reader{"bytes": iotest.OneByteReader, "halves": iotest.HalfReader, "data and error": iotest.DataErrReader} {
		if _, err := Receive(context.Background(), wrap(bytes.NewReader(text)), folder, 1<<30); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty := t.TempDir()
	for n := range len(text) {
		_, err := Receive(context.Background(), bytes.NewReader(text[:n]), empty, 1<<30)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%d of %d bytes: %v", n, len(text), err)
		}
	}
	for n := range text {
		bad := bytes.Clone(text)
		bad[n] ^= 1 << (n % 8)
		if _, err := Receive(context.Background(), bytes.NewReader(bad), empty, 1<<30); err == nil {
			t.Fatalf("byte %d is changed, and nobody notices", n)
		}
	}
	_, err := Receive(context.Background(), bytes.NewReader(append(bytes.Clone(text), 0)), empty, 1<<30)
	if err == nil {
		t.Error("a byte behind the end goes unnoticed")
	}
	if _, err := Receive(context.Background(), bytes.NewReader(text), empty, int64(len(text))-1); !errors.Is(err, ErrPackLimit) {
		t.Errorf("over the limit: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Receive(ctx, bytes.NewReader(text), empty, 1<<30); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestChangedAfterwards changes bytes of a pack on disk: each object that is not read right is named.
func TestChangedAfterwards(t *testing.T) {
	w := ofsPack(t)
	text := packOf(w)
	want := w.want()
	for n := packHeader; n < len(text); n += 3 {
		dir, got, err := received(t, text)
		gittest.Check(t, err)
		bad := bytes.Clone(text)
		bad[n] ^= 0x10
		gittest.Check(t, os.WriteFile(got.Path, bad, 0o600))
		checkDamaged(t, itoa(n), dir, want)
	}
}

// TestOffsetsThatLie reads lists of offsets that are not those of their pack.
func TestOffsetsThatLie(t *testing.T) {
	w := ofsPack(t)
	dir, got, err := received(t, packOf(w))
	gittest.Check(t, err)
	path := offsetsPath(got.Path)
	list, err := os.ReadFile(path)
	gittest.Check(t, err)
	for n := range list {
		bad := bytes.Clone(list)
		bad[n] ^= 1 << (n % 8)
		gittest.Check(t, os.WriteFile(path, bad, 0o600))
		got := checkDamaged(t, itoa(n), dir, w.want())
		if len(got.objects) < len(w.want()) {
			t.Fatalf("byte %d: %d objects", n, len(got.objects))
		}
	}
}

func FuzzReceive(f *testing.F) {
	f.Add(packOf(samplePack(f)))
	f.Add(packOf(ofsPack(f)))
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01\x30"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir, got, err := received(t, text)
		if err != nil {
			return
		}
		out := sweep(t, openStore(t, 20, dir), 1)
		if len(out.objects) == 0 && len(out.problems) == 0 && got.Objects > 0 {
			t.Errorf("%d objects are neither given nor named", got.Objects)
		}
	})
}

func FuzzOffsets(f *testing.F) {
	_, got, err := received(f, packOf(ofsPack(f)))
	gittest.Check(f, err)
	list, err := os.ReadFile(offsetsPath(got.Path))
	gittest.Check(f, err)
	f.Add(list)
	f.Fuzz(func(t *testing.T, list []byte) {
		x, err := readOffsets(bytes.NewReader(list), 1<<20)
		if err == nil && (len(x.keys) != x.n || len(x.crcs) != 4*x.n) {
			t.Errorf("%d objects, %d offsets, %d checksums", x.n, len(x.keys), len(x.crcs))
		}
	})
}
