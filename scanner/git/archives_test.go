package git

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/hidden"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// zipped returns a zip of files, given as name and text in turn.
func zipped(t testing.TB, files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t testing.TB, text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A key that is compressed is found in the archive, wherever that lies in the history.
func TestArchives(t *testing.T) {
	k0, k1, k2, k3 := testKey(0), testKey(1), testKey(2), testKey(3)
	options := testOptions()
	options.MaxArchiveDepth = 3
	checked := func(r *finding.Result, err error) *finding.Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	b := newSandbox(t)
	in0 := b.Commit("lib/a.zip", zipped(t, "x", "key\n"+k0))
	in1 := b.Commit("lib/a.zip", zipped(t, "x", "no key", "y/z.gz", gzipped(t, k1)))
	random := rand.New(rand.NewChaCha8([32]byte{}))
	noise := make([]byte, 10<<20)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	// It is read as a stream: it is too long to be held.
	in2 := b.Commit("big.zip", zipped(t, "noise", string(noise), "k", k2))
	b.Write("app.apk", zipped(t, "assets/a.js", k3))
	b.Git("add", ".")
	ctx := context.Background()

	staged := checked(b.open().Staged(ctx, options))
	expect(t, staged, spot("app.apk!/assets/a.js", 1, k3))
	if f := staged.Findings[0]; f.Container != "app.apk" || f.Exposure != finding.Mobile {
		t.Errorf("%+v", f)
	}
	want := []string{
		wantHistory("lib/a.zip!/x", 2, k0, in0, in1, false),
		wantHistory("lib/a.zip!/y/z.gz", 1, k1, in1, "", true),
		wantHistory("big.zip!/k", 1, k2, in2, "", true),
	}
	expectHistories(t, checked(b.open().Range(ctx, "HEAD", options)), want...)
	for _, limit := range []string{"1g", "1"} {
		b.Git("-c", "core.bigFileThreshold="+limit, "repack", "-q", "-a", "-d", "-f")
		r := checked(b.open().History(ctx, options))
		if f := findingOf(t, r, k3); f.Path != "app.apk!/assets/a.js" || f.InHead != nil {
			t.Errorf("%+v", f)
		}
		found := *r
		found.Findings = nil
		for _, f := range r.Findings {
			if f.Container != "app.apk" {
				found.Findings = append(found.Findings, f)
			}
		}
		expectHistories(t, &found, want...)
	}
}

// Archives that are left until all objects were visited are searched like others, and once: with a key that
// shows in their own bytes, with one that does not, and with none.
func TestLongArchives(t *testing.T) {
	plain, packed, both := testKey(0), testKey(1), testKey(2)
	noise := make([]byte, longArchive)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise) // never fails
	archive := func(stored, deflated string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, m := range []struct {
			name   string
			method uint16
			text   string
		}{{"stored", zip.Store, stored}, {"deflated", zip.Deflate, deflated}, {"noise", zip.Deflate, string(noise)}} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
			if err == nil {
				_, err = w.Write([]byte(m.text))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	options := testOptions()
	options.MaxArchiveDepth, options.Jobs = 3, 2
	b := newSandbox(t)
	in0 := b.Commit("a.zip", archive(plain, "a text"))
	in1 := b.Commit("b.zip", archive("a text", packed))
	in2 := b.Commit("c.zip", archive(both, "a text\n"+both), "d.zip", archive("a text", "another"))
	for range 2 {
		r, err := b.open().History(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		expectHistories(t, r, wantHistory("a.zip!/stored", 1, plain, in0, "", true), wantHistory("b.zip!/deflated", 1, packed, in1, "", true),
			wantHistory("c.zip!/stored", 1, both, in2, "", true))
		b.Git("gc", "-q")
	}
	objects, err := b.open().objects(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer objects.Close()
	var lost []pack.Problem
	s := &sweep{store: objects.Store, problem: func(p pack.Problem) { lost = append(lost, p) }}
	there, err := pack.ParseID(b.Git("rev-parse", "HEAD:b.zip"))
	if err != nil {
		t.Fatal(err)
	}
	gone := packedBlob{id: pack.NewID(make([]byte, 20))}
	v := &sweepVisitor{sweep: s, ctx: t.Context(), archives: scanner.NewSearcher(options.Rules, options.Places), left: []packedBlob{gone, {id: there}}}
	v.archives.OpenArchives(options.MaxArchiveDepth)
	s.unpackLeft([]*sweepVisitor{v})
	if len(v.found) != 1 || v.found[0].id != there {
		t.Errorf("found in an archive that is read once more: %v", v.found)
	}
	if len(lost) != 1 || lost[0].ID != gone.id || !errors.Is(lost[0].Err, pack.ErrNotFound) {
		t.Errorf("an archive that is gone: %v", lost)
	}
}

// A file that Brotli compressed is opened in a history, too, when it is no more in HEAD.
func TestBrotliInHistory(t *testing.T) {
	key := testKey(0)
	options := testOptions()
	options.MaxArchiveDepth = 3
	b := newSandbox(t)
	in := b.Commit("dist/app.js.br", string(hidden.Brotli("const key = '"+key+"';\n")))
	out := b.Commit("dist/app.js.br", string(hidden.Brotli("const key = read();\n")))
	for range 2 {
		r, err := b.open().History(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		expectHistories(t, r, wantHistory("dist/app.js.br", 1, key, in, out, false))
		b.Git("gc", "-q")
	}
}

// What of an archive was not opened is told: of what HEAD has with its path, of older
// versions how many there are.
func TestArchivesThatAreNotOpened(t *testing.T) {
	b := newSandbox(t)
	b.Commit("old.7z", "7z\xbc\xaf\x27\x1c and less")
	old := b.Git("rev-parse", "HEAD:old.7z")
	b.Git("rm", "-q", "old.7z")
	b.Commit("bomb.gz", gzipped(t, strings.Repeat("\x00", 80<<20)), "a.7z", "7z\xbc\xaf\x27\x1c and more", "a.zip", zipped(t, "x", "y"))
	bomb, closed := b.Git("rev-parse", "HEAD:bomb.gz"), b.Git("rev-parse", "HEAD:a.zip")
	for depth := range 2 {
		options := testOptions()
		options.MaxArchiveDepth = depth
		r, err := b.open().History(context.Background(), options)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Notices) != 1 {
			t.Fatalf("depth %d: %v", depth, r.Notices)
		}
		said := r.Notices[0].Message
		if depth == 0 && (!strings.Contains(said, "4 archives") || strings.Count(said, "blob:") != 3) {
			t.Errorf("depth 0: %s, want %s and %s", said, bomb, closed)
		}
		if depth > 0 && (!strings.Contains(said, "1 file that HEAD does not have") || !strings.Contains(said, "blob:"+old)) {
			t.Errorf("depth %d: %s", depth, said)
		}
		if told := strings.Contains(messages(r), "blob:"+bomb); told != (depth > 0) {
			t.Errorf("depth %d: %v", depth, r.Problems)
		}
		unopened := func() (paths []string) {
			for _, p := range r.Problems {
				if p.Unopened {
					paths = append(paths, p.Path)
				}
			}
			return paths
		}
		if got := unopened(); depth > 0 && !slices.Equal(got, []string{"a.7z"}) || depth == 0 && len(got) > 0 {
			t.Errorf("depth %d: not opened %q", depth, got)
		}
		// Where paths are known, they are told.
		if r, err = b.open().Range(context.Background(), "HEAD", options); err != nil {
			t.Fatal(err)
		}
		if got := unopened(); depth > 0 && !slices.Equal(got, []string{"a.7z", "old.7z"}) || strings.Contains(messages(r), "bomb.gz") != (depth > 0) {
			t.Errorf("depth %d: not opened %q, %v", depth, got, r.Problems)
		}
	}
}
