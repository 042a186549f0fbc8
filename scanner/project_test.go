package scanner

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// A folder's name above the project says nothing of what lies in it, and the current
// folder's name says something although no path names it.
func TestPlacesBeginAtTheProject(t *testing.T) {
	base := t.TempDir()
	project := filepath.ToSlash(filepath.Join(base, "build", "app"))
	for _, dir := range []string{".git/objects", ".git/refs", "src", "dist/assets"} {
		if err := os.MkdirAll(filepath.Join(project, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	text := "const key = 'neo_sk_" + "dev_" + testkey.Fresh(24) + "'"
	for name, content := range map[string]string{".git/HEAD": "ref: refs/heads/main\n", "src/a.js": text, "dist/assets/b.js": text} {
		if err := os.WriteFile(filepath.Join(project, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		from, scan string
		want       map[string]finding.Exposure
	}{
		{".", project, map[string]finding.Exposure{project + "/src/a.js": finding.Source, project + "/dist/assets/b.js": finding.Browser}},
		{project, ".", map[string]finding.Exposure{"src/a.js": finding.Source, "dist/assets/b.js": finding.Browser}},
		{project + "/src", ".", map[string]finding.Exposure{"a.js": finding.Source}},
		{project + "/dist/assets", ".", map[string]finding.Exposure{"b.js": finding.Browser}},
		{project + "/dist", "assets/b.js", map[string]finding.Exposure{"assets/b.js": finding.Browser}},
		{project + "/src", "../dist", map[string]finding.Exposure{"../dist/assets/b.js": finding.Browser}},
	} {
		t.Run(c.from+" "+c.scan, func(t *testing.T) {
			t.Chdir(c.from)
			r := New(Options{Paths: []string{c.scan}, Rules: rules.NewSet(rules.All())}).Run(t.Context())
			if len(r.Findings) != len(c.want) || len(r.Problems) != 0 {
				t.Fatalf("%d findings, problems %v", len(r.Findings), r.Problems)
			}
			for _, f := range r.Findings {
				if f.Exposure != c.want[f.Path] {
					t.Errorf("%s is %s, want %s", f.Path, f.Exposure, c.want[f.Path])
				}
			}
		})
	}
}
