package finding

import (
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
