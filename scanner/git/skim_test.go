package git

import (
	"context"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/pack"
)

// TestSkim finds keys, and what cannot be opened, in what is made of a plain text by deltas from which nothing is made:
// excerpts of them hold no anchor.
func TestSkim(t *testing.T) {
	script := "#!/bin/sh\n" + strings.Repeat("echo a line of the script that is there, always\n", 100)
	padded := strings.Repeat("all work and no play\n", 40)
	document := "<w:document><w:p><w:t>n</w:t><w:t>e</w:t><w:t>o</w:t><w:t>_s</w:t><w:t>k</w:t><w:t>_" + testKey(3)[7:] + "</w:t></w:p></w:document>"
	for name, c := range map[string]struct {
		base, end string
		found     bool
	}{
		"gzip behind a script":              {script, gzipped(t, padded+testKey(0)), true},
		"zip behind a script":               {script, zipped(t, "a.txt", padded+testKey(1)), true},
		"encrypted, behind a script":        {script, "\nSalted__" + strings.Repeat("\xc7\x9f\xe0\x8b", 20), true},
		"UTF-16":                            {script, wideText(" " + testKey(2) + " "), true},
		"no key":                            {script, "exit\n", false},
		"a document":                        {"<!--" + strings.Repeat("a comment\n", 200), "-->\n" + document, true},
		"a document with another beginning": {script, "", true},
	} {
		var w packWriter
		var steps []step
		insert := func(text string) {
			for text != "" {
				n := min(len(text), 100)
				steps, text = append(steps, step{insert: text[:n]}), text[n:]
			}
		}
		if c.end == "" {
			insert(document)
		}
		steps = append(steps, step{at: 0, n: len(c.base)})
		insert(c.end)
		w.delta(w.blob(c.base), len(c.base), steps...)
		store, err := pack.Open([]string{w.objects(t)}, 20)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		set := rules.NewSet(rules.All())
		var unpackers []*scanner.Searcher
		s := sweep{
			store: store, rules: set, jobs: 1, progress: new(scanner.Progress),
			problem: func(p pack.Problem) { t.Errorf("problem: %v %v", p.ID, p.Err) },
			unpacker: func() *scanner.Searcher {
				u := scanner.NewSearcher(set, rules.Places{})
				u.OpenArchives(3)
				unpackers = append(unpackers, u)
				return u
			},
		}
		got, err := s.run(context.Background())
		unopened, _ := scanner.Remarks(unpackers...)
		if err != nil || (len(got)+len(unopened) > 0) != c.found {
			t.Errorf("%s: found %v, unopened %v, error %v", name, got, unopened, err)
		}
		if n := s.progress.Objects.Load(); n != 2 {
			t.Errorf("%s: %d objects", name, n)
		}
	}
}
