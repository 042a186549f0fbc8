package scanner

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

func scan(paths ...string) *finding.Result {
	return New(Options{Paths: paths, Rules: rules.NewSet(rules.All())}).Run(context.Background())
}

// allocated returns the bytes that do allocates, freed or not.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

var manyX = bytes.Repeat([]byte{'x'}, bufferSize)

// A repeating reader gives a line without end, and then the rest.
type repeating struct {
	left int64
	rest io.Reader
}

func (r *repeating) Read(p []byte) (int, error) {
	if r.left == 0 {
		return r.rest.Read(p)
	}
	n := copy(p[:min(int64(len(p)), r.left)], manyX)
	r.left -= int64(n)
	return n, nil
}

func TestLineOfAGigabyte(t *testing.T) {
	size := 1 << 30
	if testing.Short() || raceDetector {
		size = 1 << 26
	}
	key := newKey(rng(20))
	var r *finding.Result
	memory := allocated(func() {
		r = searchReader(t, &repeating{int64(size), strings.NewReader(" " + key + " ")})
	})
	if len(r.Findings) != 1 || r.Findings[0].Line != 1 || r.Findings[0].Column != size+2 || r.Summary.Bytes != int64(size+len(key)+2) {
		t.Errorf("found %+v in %d bytes", r.Findings, r.Summary.Bytes)
	}
	if memory > 8<<20 {
		t.Errorf("allocated %d bytes", memory)
	}
}

// A file that is mostly holes is searched, and the place of what is in it is right. On
// systems that do not tell where the holes are it has to be small.
func TestSparseFile(t *testing.T) {
	size := int64(20) << 30
	if (&handle{}).skipHole() == 0 && runtime.GOOS != "linux" {
		size = 20 << 20
	}
	for name, encode := range map[string]func(string) []byte{
		"utf-8":    func(s string) []byte { return []byte(s) },
		"utf-16le": func(s string) []byte { return wide(s, binary.LittleEndian) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "disk.img")
			f, err := os.Create(path)
			check(t, err)
			defer f.Close()
			check(t, f.Truncate(size))
			keys := []string{newKey(rng(21)), newKey(rng(22)), newKey(rng(23))}
			start := strings.Repeat("the beginning of it\n", 20)
			var offsets []int64
			for i, at := range []int64{0, size/2 - 10, size - 2000} {
				_, err = f.WriteAt(encode(start+" "+keys[i]), at)
				check(t, err)
				offsets = append(offsets, at+int64(len(encode(start+" "))))
			}
			var r *finding.Result
			memory := allocated(func() { r = scan(path) })
			if got := secrets(r); !slices.Equal(got, keys) || r.Summary.Bytes != size {
				t.Fatalf("found %q in %d bytes; problems %v", got, r.Summary.Bytes, r.Problems)
			}
			for i, offset := range offsets {
				f := &r.Findings[i]
				if f.Offset != offset || f.Line != 20*(i+1)+1 {
					t.Errorf("key %d is at offset %d, line %d column %d; want offset %d, line %d", i, f.Offset, f.Line, f.Column, offset, 20*(i+1)+1)
				}
			}
			if memory > 8<<20 {
				t.Errorf("allocated %d bytes", memory)
			}
		})
	}
}

// Holes count as the zeros that they read as.
func TestHolesAgreeWithZeros(t *testing.T) {
	random := rng(24)
	for range 30 {
		path := filepath.Join(t.TempDir(), "file")
		f, err := os.Create(path)
		check(t, err)
		defer f.Close()
		text := make([]byte, bufferSize+random.IntN(8*bufferSize))
		check(t, f.Truncate(int64(len(text))))
		if random.IntN(2) == 0 {
			copy(text, bomLE)
			_, err = f.WriteAt([]byte(bomLE), 0)
			check(t, err)
		}
		for range random.IntN(4) {
			piece := []byte(newKey(random))
			if random.IntN(2) == 0 {
				piece = wide("\n"+newKey(random), binary.LittleEndian)
			}
			at := random.IntN(len(text) - len(piece))
			copy(text[at:], piece)
			_, err = f.WriteAt(piece, int64(at))
			check(t, err)
		}
		h, err := openFile(path)
		check(t, err)
		got, want := searchReader(t, &h), searchWhole(t, text)
		h.close()
		if a, b := describeFindings(got), describeFindings(want); a != b {
			t.Fatalf("with holes:\n%swith zeros:\n%s", a, b)
		}
	}
}

func TestManyEntries(t *testing.T) {
	n := 20_000
	dir := t.TempDir()
	// Where files can be had that are not on a disk, there may be more of them.
	if memory, err := os.MkdirTemp("/dev/shm", "neokeys"); err == nil && !testing.Short() && !raceDetector {
		defer os.RemoveAll(memory)
		n, dir = 200_000, memory
	}
	for i := range n {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("entry-%06d", i)))
		check(t, err)
		check(t, f.Close())
	}
	write(t, filepath.Join(dir, ownIgnoreFile), "entry-00*\n")
	write(t, filepath.Join(dir, "entry-020000"), aKey)
	write(t, filepath.Join(dir, "entry-001999"), aKey)
	r := scan(dir)
	if len(r.Findings) != 1 || r.Summary.Files+r.Summary.Skipped != int64(max(n, 20_001)+1) || len(r.Problems) > 0 {
		t.Errorf("%d findings in %d files, %d left out; problems %v", len(r.Findings), r.Summary.Files, r.Summary.Skipped, r.Problems)
	}
}

// The system takes no path of more than 4,096 bytes, but there are files with longer ones.
func TestDeepFolder(t *testing.T) {
	top := t.TempDir()
	root, err := os.OpenRoot(top)
	check(t, err)
	name := strings.Repeat("d", 200)
	for depth := 1; depth <= 45; depth++ {
		if err := root.Mkdir(name, 0o777); err != nil {
			t.Skip("the system does not allow for such a path: ", err)
		}
		inner, err := root.OpenRoot(name)
		check(t, err)
		check(t, root.Close())
		root = inner
		if depth == 19 || depth == 45 {
			check(t, root.WriteFile("key", []byte(aKey), 0o666))
			check(t, root.WriteFile(ownIgnoreFile, []byte("ignored"), 0o666))
			check(t, root.WriteFile("ignored", []byte(aKey), 0o666))
		}
	}
	check(t, root.Close())
	t.Cleanup(func() { check(t, removeDeep(top, name)) })
	r := scan(top)
	if len(r.Findings) != 2 || len(r.Problems) > 0 {
		t.Fatalf("%d findings, problems %v", len(r.Findings), r.Problems)
	}
	for i := range r.Findings {
		if !strings.HasSuffix(r.Findings[i].Path, name+"/key") {
			t.Errorf("found in %q", r.Findings[i].Path)
		}
	}
}

// removeDeep removes folders in each other, all of the same name: os.RemoveAll does not
// go that deep everywhere.
func removeDeep(top, name string) error {
	root, err := os.OpenRoot(top)
	if err != nil {
		return err
	}
	defer root.Close()
	return root.RemoveAll(name)
}

func TestOddNames(t *testing.T) {
	names := []string{"new\nline", "\x1b[31mred", "tab\t", "-", "--help", " ", "é", "#", "%41", "a:1:2", `back\slash`, "\xff\xfe", "\u202egnp.js", "*", "$(x)"}
	dir := t.TempDir()
	var made []string
	for _, name := range names {
		if os.WriteFile(filepath.Join(dir, name), []byte(aKey), 0o666) == nil {
			made = append(made, name)
		}
	}
	if len(made) < 5 {
		t.Fatalf("could make %q only", made)
	}
	slices.Sort(made)
	if got := found(t, dir, scan(dir)); !slices.Equal(got, made) {
		t.Errorf("found in %q, want %q", got, made)
	}
}

// What a folder held when it was listed may not be there any more, or be another thing.
func TestChangesAfterListing(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "there"), aKey)
	write(t, filepath.Join(dir, "elsewhere"), aKey)
	if err := os.Symlink("elsewhere", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	check(t, os.Mkdir(filepath.Join(dir, "folder"), 0o777))
	s := New(Options{Rules: rules.NewSet(rules.All())})
	w := newWalker(context.Background(), s)
	open := func() *openFolder {
		f, err := openFolderAt(dir, false)
		check(t, err)
		o := &openFolder{folder: f}
		o.users.Store(1)
		return o
	}
	w.searchFiles(s.newStream(), task{path: dir, open: open(), names: []string{"gone", "folder", "link", "there"}})
	w.add(task{path: dir + "/gone"}, task{path: dir + "/link"})
	w.run()
	r := s.out.finish()
	if got := found(t, dir, r); !slices.Equal(got, []string{"there"}) {
		t.Errorf("found in %q", got)
	}
	var said []string
	for _, p := range r.Problems {
		said = append(said, filepath.Base(p.Path))
	}
	if want := []string{"folder", "gone", "gone", "link", "link"}; !slices.Equal(said, want) {
		t.Errorf("problems with %q, want %q: %v", said, want, r.Problems)
	}
}

// A truncating reader cuts its file short when it has been read from.
type truncating struct {
	handle
	path string
}

func (r *truncating) Read(p []byte) (int, error) {
	n, err := r.handle.Read(p)
	if err == nil {
		err = os.Truncate(r.path, 100)
	}
	return n, err
}

func TestFileThatShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	key := newKey(rng(25))
	write(t, path, key+"\n"+strings.Repeat("x", 3*bufferSize)+newKey(rng(26)))
	h, err := openFile(path)
	check(t, err)
	defer h.close()
	r := searchReader(t, &truncating{h, path})
	if got := secrets(r); !slices.Equal(got, []string{key}) || r.Summary.Bytes != bufferSize {
		t.Errorf("found %q in %d bytes", got, r.Summary.Bytes)
	}
}

// What is told of a scan that was cancelled is all that was not scanned.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		write(t, filepath.Join(dir, fmt.Sprint(i), "file"), aKey)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := New(Options{Paths: []string{dir, Stdin}, Input: bytes.NewReader(nil), Rules: rules.NewSet(rules.All())})
	r := s.Run(ctx)
	if len(r.Problems) != 2 || !strings.Contains(r.Problems[0].Message, "interrupted") {
		t.Errorf("problems %v", r.Problems)
	}

	// In the middle of it: at the first read of standard input, with a folder to come.
	ctx, cancel = context.WithCancel(context.Background())
	s = New(Options{Paths: []string{Stdin, dir}, Input: readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	}), Rules: rules.NewSet(rules.All())})
	r = s.Run(ctx)
	if len(r.Problems) != 2 || !strings.Contains(r.Problems[0].Message, "interrupted") || !strings.Contains(r.Problems[1].Message, "interrupted") {
		t.Errorf("problems %v", r.Problems)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
