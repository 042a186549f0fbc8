package rules

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/rules/anchor"
)

// BenchmarkAnchors searches text in which hardly any occurs for the anchors of all rules at
// once, and beside it, as the ceiling, for one byte that does not occur. The text is what is
// scanned most: Go's own sources and tools, and JSON made from them.
func BenchmarkAnchors(b *testing.B) {
	finder := NewSet(All()).Anchors()
	for _, sample := range samples(b) {
		b.Run(sample.name, func(b *testing.B) {
			b.SetBytes(int64(len(sample.text)))
			for b.Loop() {
				for from, ok := 0, true; ok; from++ {
					var h anchor.Hit
					h, ok = finder.Next(sample.text, from)
					from = h.Pos
				}
			}
		})
		b.Run(sample.name+"/IndexByte", func(b *testing.B) {
			text := bytes.ReplaceAll(sample.text, []byte{0xff}, []byte{0xfe})
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if bytes.IndexByte(text, 0xff) >= 0 {
					b.Fatal("found")
				}
			}
		})
	}
}

type sample struct {
	name string
	text []byte
}

// sampleSize is how much of each kind of text is searched: what a core's cache holds,
// so that the search is measured and not the memory.
const sampleSize = 512 << 10

func samples(tb testing.TB) []sample {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		tb.Skipf("no Go tree to take text from: %v", err)
	}
	root := strings.TrimSpace(string(out))
	source := read(tb, filepath.Join(root, "src/net/http"), ".go")
	quoted, err := json.Marshal(map[string][]string{"lines": strings.Split(string(source), "\n")})
	if err != nil {
		tb.Fatal(err)
	}
	return []sample{
		{"source", source},
		{"json", quoted[:sampleSize]},
		{"minified", read(tb, filepath.Join(root, "src/internal/trace/traceviewer/static"), ".min.js")},
		{"prose", read(tb, filepath.Join(root, "doc"), ".md", ".html")},
		{"binary", read(tb, filepath.Join(root, "bin"), "go", "go.exe")},
	}
}

// read returns the files under folder whose names end in one of suffixes, one after
// another and over again until there is enough.
func read(tb testing.TB, folder string, suffixes ...string) []byte {
	var text []byte
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || len(text) >= sampleSize || !d.Type().IsRegular() {
			return err
		}
		for _, suffix := range suffixes {
			if strings.HasSuffix(path, suffix) {
				more, err := os.ReadFile(path)
				text = append(text, more...)
				return err
			}
		}
		return nil
	})
	if err != nil || len(text) == 0 {
		tb.Skipf("no text to search in %s: %v", folder, err)
	}
	for len(text) < sampleSize {
		text = append(text, text...)
	}
	return text[:sampleSize]
}

// BenchmarkNewSet is what the search costs before it begins.
func BenchmarkNewSet(b *testing.B) {
	for b.Loop() {
		NewSet(All())
	}
}

// Nothing about the rules' anchors has to be found out when a program starts.
func TestAnchorsArePlanned(t *testing.T) {
	literals := NewSet(All()).Anchors().Literals()
	for _, lit := range literals {
		if !slices.ContainsFunc(plan, func(p anchor.Planned) bool { return p.Literal == lit }) {
			t.Errorf("%q is not in the plan: run go generate .", lit)
		}
	}
	if len(literals) != len(plan) {
		t.Errorf("%d literals are in the plan, and %d in use: run go generate .", len(plan), len(literals))
	}
}
