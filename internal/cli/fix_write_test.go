package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// A file that changes between the search and the edit stays as it is then, and so does what takes its
// place; its mode stays with an edit.
func TestWriteRaces(t *testing.T) {
	const old, changed = "key = 1\n", "key = 3\n"
	for _, test := range []struct {
		name    string
		disturb func(t *testing.T, full, outside string)
		want    string // in the file; what the error says if it begins with "!"
	}{
		{"nothing", func(*testing.T, string, string) {}, "key = 2\n"},
		{"changed", func(t *testing.T, full, _ string) { must(t, os.WriteFile(full, []byte(changed), 0o640)) }, "!has changed meanwhile"},
		{"removed", func(t *testing.T, full, _ string) { must(t, os.Remove(full)) }, "!no such file"},
		{"a link", func(t *testing.T, full, outside string) {
			must(t, os.Remove(full))
			must(t, os.Symlink(outside, full))
		}, "!is a link"},
		{"its folder is a link", func(t *testing.T, full, outside string) {
			must(t, os.Rename(filepath.Dir(full), filepath.Dir(full)+"2"))
			must(t, os.Symlink(filepath.Dir(outside), filepath.Dir(full)))
		}, "!is a link"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("links need a privilege")
			}
			root, other := t.TempDir(), t.TempDir()
			full, outside := filepath.Join(root, "sub", "a.py"), filepath.Join(other, "a.py")
			must(t, os.Mkdir(filepath.Dir(full), 0o755))
			for _, f := range []string{full, outside} {
				must(t, os.WriteFile(f, []byte(old), 0o640))
			}
			c := &fileChange{path: "sub/a.py", full: full, text: []byte(old),
				edits: []finding.Edit{{Location: finding.Location{Offset: 6}, EndOffset: 7, New: "2"}}}
			test.disturb(t, full, outside)
			err := c.write([]string{root})
			if text, _ := os.ReadFile(outside); string(text) != old {
				t.Errorf("the file outside is %q now", text)
			}
			if says, fails := strings.CutPrefix(test.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("the error is %v, not %q", err, says)
				}
				return
			}
			must(t, err)
			text, err := os.ReadFile(full)
			must(t, err)
			info, err := os.Stat(full)
			must(t, err)
			if string(text) != test.want || info.Mode().Perm() != 0o640 {
				t.Errorf("it is %q with mode %v", text, info.Mode())
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
