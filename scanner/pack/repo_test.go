package pack

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// A repo is a repository that real git makes.
type repo struct{ *gittest.Repo }

func newRepo(t testing.TB, initArgs ...string) *repo {
	t.Helper()
	return &repo{gittest.New(t, initArgs...)}
}

// objects is the repository's object directory.
func (r *repo) objects() string { return r.Path(".git", "objects") }

func (r *repo) commit(message string) {
	r.T.Helper()
	r.Git("add", "-A")
	r.Git("commit", "-q", "--allow-empty", "-m", message)
}

// fill makes n commits which change a few files here and there.
func (r *repo) fill(random *rand.Rand, n int) {
	r.T.Helper()
	files := make([][]byte, 6)
	for i := range files {
		files[i] = randomLines(random, 50+random.IntN(300))
	}
	for i := range n {
		for range 1 + random.IntN(3) {
			f := random.IntN(len(files))
			files[f] = edited(random, files[f])
			r.Write(fmt.Sprintf("dir%d/file%d", f%2, f), string(files[f]))
		}
		r.commit(fmt.Sprintf("commit %d\n\n%s", i, randomLines(random, random.IntN(5))))
	}
	r.Write("empty", "")
	r.commit("an empty file")
	r.Git("tag", "-f", "-a", "-m", "a tag", "v1")
}

func randomLines(random *rand.Rand, n int) []byte {
	var b []byte
	for range n {
		b = fmt.Appendf(b, "%x %x\n", random.Uint64(), random.Uint64()>>random.IntN(64))
	}
	return b
}

// edited returns text with a few pieces added, taken away and moved.
func edited(random *rand.Rand, text []byte) []byte {
	text = bytes.Clone(text)
	for range 1 + random.IntN(4) {
		from := random.IntN(len(text) + 1)
		to := min(len(text), from+random.IntN(200))
		piece := bytes.Clone(text[from:to])
		switch random.IntN(3) {
		case 0:
			text = slices.Delete(text, from, to)
		case 1:
			text = slices.Insert(text, from, randomLines(random, 1+random.IntN(5))...)
		case 2:
			text = slices.Insert(text, random.IntN(len(text)+1), piece...)
		}
	}
	return text
}

// stored is an object as git or a sweep gives it.
type stored struct {
	kind string
	text string
}

// all returns all objects that git knows of.
func (r *repo) all() map[string]stored {
	r.T.Helper()
	out := bufio.NewReader(strings.NewReader(r.Output("", "cat-file", "--batch-all-objects", "--batch")))
	all := map[string]stored{}
	for {
		head, err := out.ReadString('\n')
		if err == io.EOF {
			return all
		}
		var id, kind string
		var size int
		if _, err := fmt.Sscan(head, &id, &kind, &size); err != nil {
			r.T.Fatalf("%q: %v", head, err)
		}
		text := make([]byte, size+1)
		if _, err := io.ReadFull(out, text); err != nil {
			r.T.Fatal(err)
		}
		all[id] = stored{kind, string(text[:size])}
	}
}

// A swept is what a sweep gave.
type swept struct {
	mu       sync.Mutex
	objects  map[string]stored
	problems []Problem
	failures []string // what must never be
	deltas   int      // objects with edits
}

// A recorder keeps what it visits, and checks each object's edits against the text that
// its note holds.
type recorder struct{ *swept }

func (r recorder) Visit(o *Object) any {
	text := o.Text
	if o.Reader != nil {
		var err error
		if text, err = io.ReadAll(o.Reader); err != nil {
			return nil // the sweep names it
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	id := o.ID().String()
	if _, ok := r.objects[id]; ok {
		r.failures = append(r.failures, id+" was visited twice")
	}
	r.objects[id] = stored{o.Kind.String(), string(text)}
	if int64(len(text)) != o.Size {
		r.failures = append(r.failures, fmt.Sprintf("%s has %d bytes, not %d", id, len(text), o.Size))
	}
	if o.Edits != nil {
		r.deltas++
		r.checkEdits(id, o, o.Note.(string))
	}
	return string(text)
}

func (r recorder) checkEdits(id string, o *Object, base string) {
	at := 0
	for _, e := range o.Edits {
		if e.At != at || e.Len <= 0 {
			r.failures = append(r.failures, fmt.Sprintf("%s: edit %+v at %d", id, e, at))
			return
		}
		at += e.Len
		if e.From != Inserted && base[e.From:e.From+e.Len] != string(o.Text[e.At:at]) {
			r.failures = append(r.failures, fmt.Sprintf("%s: edit %+v is not what it copies", id, e))
		}
	}
	if at != len(o.Text) {
		r.failures = append(r.failures, id+": the edits end early")
	}
}

func openStore(t testing.TB, hashSize int, dirs ...string) *Store {
	t.Helper()
	s, err := Open(dirs, hashSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// sweep sweeps a store and returns what it gave.
func sweep(t testing.TB, s *Store, jobs int) *swept {
	t.Helper()
	out := &swept{objects: map[string]stored{}}
	err := s.Sweep(context.Background(), Sweep{
		Jobs:       jobs,
		NewVisitor: func() Visitor { return recorder{out} },
		Problem:    func(p Problem) { out.problems = append(out.problems, p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	out.problems = append(out.problems, s.Problems()...)
	for _, f := range out.failures {
		t.Error(f)
	}
	return out
}

// compare compares a sweep of the repository with git, and single reads with git.
func compare(t testing.TB, r *repo, hashSize int) *swept {
	t.Helper()
	want := r.all()
	var got *swept
	for jobs := 1; jobs <= 3; jobs++ {
		got = sweep(t, openStore(t, hashSize, r.objects()), jobs)
		if len(got.problems) > 0 {
			t.Errorf("problems: %v", got.problems)
		}
		compareObjects(t, got.objects, want)
	}
	s := openStore(t, hashSize, r.objects())
	for name, o := range want {
		id, err := ParseID(name)
		if err != nil {
			t.Fatal(err)
		}
		kind, text, err := s.Object(id, MaxText)
		if err != nil || kind.String() != o.kind || string(text) != o.text {
			t.Fatalf("%s: Object gives %v, %d bytes, error %v, want %s, %d bytes", name, kind, len(text), err, o.kind, len(o.text))
		}
		kind, size, reader, err := s.Reader(id)
		if err != nil || kind.String() != o.kind || size != int64(len(o.text)) {
			t.Fatalf("%s: Reader gives %v, %d bytes, error %v", name, kind, size, err)
		}
		text, err = io.ReadAll(reader)
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || string(text) != o.text {
			t.Fatalf("%s: Reader reads %d bytes, error %v", name, len(text), err)
		}
		if !s.Has(id) {
			t.Errorf("Has does not know %s", name)
		}
	}
	return got
}

func compareObjects(t testing.TB, got, want map[string]stored) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	for id, w := range want {
		if g, ok := got[id]; !ok {
			t.Errorf("%s %s was not visited", w.kind, id)
		} else if g != w {
			t.Errorf("%s %s: %s of %d bytes instead of %d", w.kind, id, g.kind, len(g.text), len(w.text))
		}
	}
	for id, g := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("%s %s was visited, but git does not know it", g.kind, id)
		}
	}
}

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
