package finding

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestMerge(t *testing.T) {
	key, other := NewAPIKey("prod", "Zm9vYmFyYmF6cXV4MTIzNDU2"), NewAPIKey("test", "QmFyYmF6cXV4Zm9vMTIzNDU2")
	yes, no := true, false
	commit := &Commit{OID: "c1", Date: time.Unix(1e9, 0)}
	in := func(path string, k *Key) Finding {
		return Finding{Rule: "neo-api-key", Key: k, Location: Location{Path: path, Line: 3}}
	}
	old := func(path string, k *Key, inHead *bool) Finding {
		f := in(path, k)
		f.Line = 4 // it has moved since
		f.Commit, f.InHead, f.Refs = commit, inHead, []string{"refs/heads/main"}
		return f
	}
	files := &Result{Findings: []Finding{in("a.js", key), in("new.js", key)}, Summary: Summary{Files: 2, Bytes: 10}}
	history := &Result{
		Findings: []Finding{old("a.js", key, &yes), old("a.js", other, &yes), old("gone.js", key, &no)},
		Problems: []Problem{{Message: "shallow"}},
		Summary:  Summary{Objects: 5, Bytes: 7},
	}
	r := Merge(files, history)
	if len(r.Findings) != 4 {
		t.Fatalf("%d findings, want 4: %+v", len(r.Findings), r.Findings)
	}
	for i, want := range []struct {
		path    string
		key     *Key
		history bool
	}{{"a.js", key, true}, {"a.js", other, true}, {"gone.js", key, true}, {"new.js", key, false}} {
		f := &r.Findings[i]
		if f.Path != want.path || f.Key != want.key || (f.Commit != nil) != want.history || f.Fingerprint == "" {
			t.Errorf("finding %d is %+v", i, f)
		}
	}
	if r.Summary.Files != 2 || r.Summary.Objects != 5 || r.Summary.Bytes != 17 || len(r.Problems) != 1 {
		t.Errorf("%+v, problems %v", r.Summary, r.Problems)
	}
}

// Whatever the names and the order, a merge has all that either scan found, and each finding
// in a file has the commit that its history names.
func TestMergeIsTheUnion(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		files, history := randomScans(rng)
		commits := map[common]*Commit{} // the oldest that HEAD still holds
		want := map[string]bool{}
		for _, f := range files.Findings {
			want[fmt.Sprint(commonOf(&f), f.Line)] = true
		}
		inFiles := func(h *Finding) bool {
			return slices.ContainsFunc(files.Findings, func(f Finding) bool { return commonOf(&f) == commonOf(h) })
		}
		for _, h := range history.Findings {
			if !*h.InHead || !inFiles(&h) {
				want[fmt.Sprint(commonOf(&h), h.Line, h.Commit.OID)] = true
				continue
			}
			if c := commits[commonOf(&h)]; c == nil || h.Commit.before(c) {
				commits[commonOf(&h)] = h.Commit
			}
		}
		r := Merge(files, history)
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.Fingerprint == "" {
				t.Fatalf("no fingerprint: %+v", f)
			}
			if id := fmt.Sprint(commonOf(f), f.Line); f.Line < 100 { // in a file
				delete(want, id)
				if f.Commit != nil && (f.Head == nil || *f.Head != f.Location) {
					t.Fatalf("%s has the place %v in the files, want %v", id, f.Head, f.Location)
				}
				if f.Commit != commits[commonOf(f)] {
					t.Fatalf("%s has the commit %v, want %v", id, f.Commit, commits[commonOf(f)])
				}
			} else {
				delete(want, fmt.Sprint(commonOf(f), f.Line, f.Commit.OID))
			}
		}
		if len(want) > 0 {
			t.Fatalf("lost: %v", want)
		}
	}
}

// randomScans returns a scan of files, with lines below 100, and one of their history.
func randomScans(rng *rand.Rand) (files, history *Result) {
	paths, keys := []string{"a", "b", "c/d", "z"}, []*Key{keyA, keyB}
	files, history = &Result{}, &Result{}
	for _, n := range rng.Perm(20)[:rng.IntN(12)] {
		f := at(paths[n%4], 0, keys[n/4%2], "%s")
		f.Line = 1 + n
		files.Findings = append(files.Findings, f)
	}
	for _, n := range rng.Perm(30)[:rng.IntN(20)] {
		h, in := at(paths[n%4], 0, keys[n/4%2], "%s"), rng.IntN(3) > 0
		h.Line, h.InHead, h.Refs = 100+n, &in, []string{"refs/heads/main"}
		h.Commit = &Commit{OID: fmt.Sprint(n), Date: time.Unix(int64(rng.IntN(4)), 0)}
		history.Findings = append(history.Findings, h)
	}
	return files, history
}
