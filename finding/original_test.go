package finding

import (
	"fmt"
	"strings"
	"testing"
)

// made returns a finding of key in a bundle, or in its map, that was made from a place.
func made(path string, offset int64, key *Key, from string, line int, inMap bool) Finding {
	f := at(path, offset, key, "x=%s")
	f.Exposure = Browser
	f.Original = &Original{Location: Location{Path: from, Line: line}, Map: "dist/a.js.map", InMap: inMap}
	return f
}

func source(path string, line int, key *Key) Finding {
	f := at(path, int64(line-1)*10, key, "const k = '%s'")
	f.Line = line
	return f
}

// folded lists the findings of r with their places.
func folded(findings ...Finding) string {
	r := Result{Findings: findings}
	r.Finish()
	r.Fold()
	var lines []string
	for i := range r.Findings {
		f := &r.Findings[i]
		line := f.Path
		for _, p := range f.Places {
			line += fmt.Sprintf(" %s:%d", p.Path, p.Line)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

func TestFold(t *testing.T) {
	inBundle := made("dist/a.js", 0, keyA, "src/a.js", 3, false)
	again := made("dist/a.js", 90, keyA, "src/b.js", 5, false)
	inMap := made("dist/a.js.map", 0, keyA, "src/a.js", 3, true)
	onlyInMap := made("dist/a.js.map", 50, keyB, "src/a.js", 9, true)
	inSource := source("src/a.js", 3, keyA)
	other := made("dist/b.js", 0, keyA, "src/a.js", 3, false)
	other.Original.Map = "dist/b.js.map"
	excused := inSource
	excused.Suppressed = &Suppression{By: "inline"}
	committed := inSource
	committed.Commit = &Commit{OID: "1"}

	habit := func(f Finding) Finding { f.Key = nil; return f }

	for _, test := range []struct {
		name     string
		findings []Finding
		want     string
	}{
		{"bundle, map and source", []Finding{inBundle, inMap, inSource}, "dist/a.js dist/a.js.map:1 src/a.js:3"},
		{"twice in a bundle", []Finding{inBundle, again, inSource, source("src/b.js", 5, keyA)}, "dist/a.js dist/a.js:10 src/a.js:3 src/b.js:5"},
		{"in the map alone", []Finding{inBundle, onlyInMap, source("src/a.js", 9, keyB)}, "dist/a.js; dist/a.js.map src/a.js:9"},
		{"in two bundles", []Finding{inBundle, other, inSource}, "dist/a.js src/a.js:3; dist/b.js src/a.js:3"},
		{"elsewhere in the source", []Finding{inBundle, source("src/a.js", 7, keyA), source("src/c.js", 3, keyA)}, "dist/a.js; src/a.js; src/c.js"},
		{"another key in the source", []Finding{inBundle, source("src/a.js", 3, keyB)}, "dist/a.js; src/a.js"},
		{"an excuse in the source", []Finding{inBundle, excused}, "dist/a.js; src/a.js"},
		{"a commit of the source", []Finding{inBundle, committed}, "dist/a.js; src/a.js"},
		{"a habit", []Finding{habit(inBundle), habit(inMap), habit(inSource)}, "dist/a.js; src/a.js dist/a.js.map:1"},
		{"a habit in the map alone", []Finding{habit(inMap)}, "dist/a.js.map"},
		{"no bundle", []Finding{inSource}, "src/a.js"},
	} {
		if got := folded(test.findings...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestOriginalIsMasked(t *testing.T) {
	f := made("dist/a.js", 0, keyA, "src/"+keyA.Secret.Reveal()+".js", 1, false)
	f.Original.Map = "dist/" + keyA.Secret.Reveal() + ".js.map"
	f.Places = []Location{{Path: keyA.Secret.Reveal()}}
	g := finish(f)[0]
	if all := g.Original.Path + g.Original.Map + g.Places[0].Path; strings.Contains(all, keyA.Secret.Reveal()) {
		t.Errorf("a key is left in %s", all)
	}
}
