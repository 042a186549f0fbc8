package scanner

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/hidden"
	"github.com/neokeys/neokeys/rules"
)

// A key in any form is found exactly once, where it is and as what it is.
func TestHiddenTemplates(t *testing.T) {
	for _, set := range hidden.Sets {
		files, err := hidden.Templates("../testdata/hidden", set, rand.New(rand.NewPCG(70, 1)))
		check(t, err)
		t.Run(set, func(t *testing.T) { checkHidden(t, files) })
	}
}

// What is not Neo's is no key, no token and no habit.
func TestHiddenOthers(t *testing.T) {
	files, err := hidden.Templates("../testdata/hidden", "others", rand.New(rand.NewPCG(70, 4)))
	check(t, err)
	dir := t.TempDir()
	_, err = hidden.Write(dir, files)
	check(t, err)
	r := New(Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All()), NoIgnore: true}).Run(context.Background())
	for i := range r.Findings {
		f := &r.Findings[i]
		t.Errorf("%s:%d: %s, %s", f.Path, f.Line, f.Rule, f.Message)
	}
}

func TestHiddenBinaries(t *testing.T) {
	checkHidden(t, hidden.Binaries(rand.New(rand.NewPCG(70, 2))))
}

func TestHiddenInContainers(t *testing.T) {
	checkHidden(t, hidden.Containers(rand.New(rand.NewPCG(70, 3))))
}

// The letter behind a variable of make is the key's, and that behind one of Python's formats is not.
func TestLetterBehindVariable(t *testing.T) {
	key := newKey(rng(71))
	prefix, secret := key[:len(key)-24], "s"+key[len(key)-23:]
	for text, want := range map[string]string{
		"PREFIX := " + prefix + "\nKEY := $(PREFIX)" + secret + "\n":                prefix + secret,
		"PREFIX = '" + prefix + "'\nKEY = '%(PREFIX)s" + secret + "' % globals()\n": prefix + secret,
	} {
		if got := secrets(scanArchives(t, 5, file{"a.mk", text})); !slices.Equal(got, []string{want}) {
			t.Errorf("%q: found %q", text, got)
		}
	}
}

// checkHidden scans files, and compares what is found of keys with what is in them.
func checkHidden(t *testing.T, files []hidden.File) {
	dir := t.TempDir()
	paths, err := hidden.Write(dir, files)
	check(t, err)
	found := map[string][]*finding.Finding{}
	r := New(Options{Paths: []string{dir}, Rules: rules.NewSet(rules.All()), MaxArchiveDepth: 5, NoIgnore: true}).Run(context.Background())
	for i := range r.Findings {
		f := &r.Findings[i]
		if path, _, _ := strings.Cut(f.Path, "!/"); f.Key != nil && (f.Rule == rules.NeoAPIKey.ID || f.Rule == rules.NeoLegacyToken.ID) {
			found[path] = append(found[path], f)
		}
	}
	for i, f := range files {
		t.Run(f.Name, func(t *testing.T) {
			var got []string
			line, column := f.Line, f.Column
			for _, g := range found[filepath.ToSlash(paths[i])] {
				_, member, _ := strings.Cut(g.Path, "!/")
				got = append(got, fmt.Sprintf("%s %s:%d:%d %v", g.Key.Secret.Reveal(), member, g.Line, g.Column, g.DecodedFrom))
				if f.Line == 0 {
					line, column = g.Line, g.Column
				}
			}
			if want := []string{fmt.Sprintf("%s %s:%d:%d %v", f.Key, f.Member, line, column, f.Decoded)}; !slices.Equal(got, want) {
				t.Errorf("found %q, want %q, in\n%.400q", got, want, f.Data)
			}
		})
	}
}
