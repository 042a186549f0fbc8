package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/rules"
)

// run returns what a command line writes, in the current folder, and its exit status.
func run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	out, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	ended := Main(args, strings.NewReader(""), out, os.Stderr)
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), ended
}

var quietLine = regexp.MustCompile(`(?m)^(\S+): \w+: .* \[([a-z-]+)\]$`)

// commitExample makes the current folder a repository with the files of the example project in
// it, committed long ago.
func commitExample(t *testing.T, which string) (git func(args ...string)) {
	t.Helper()
	example, err := filepath.Abs("../../testdata/example/" + which)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS(".", os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+name+"_NAME", "A")
		t.Setenv("GIT_"+name+"_EMAIL", "a@example.com")
		t.Setenv("GIT_"+name+"_DATE", "2024-01-01T00:00:00Z")
	}
	git = func(args ...string) {
		t.Helper()
		gittest.Run(t, ".", args...)
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-qm", "all of it")
	return git
}

// What is found in the bad example is what is expected, at each place, and every rule that
// needs no history finds something.
func TestBadExample(t *testing.T) {
	text, err := os.ReadFile("../../testdata/example/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(text)), "\n")
	git := commitExample(t, "bad")
	out, ended := run(t, "scan", "-q")
	var got []string
	found := map[string]bool{}
	for _, m := range quietLine.FindAllStringSubmatch(out, -1) {
		got = append(got, fmt.Sprintf("%s %s", m[1], m[2]))
		found[m[2]] = true
	}
	if ended != int(statusFindings) {
		t.Errorf("exit status %d", ended)
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("found, and not expected: %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("expected, and not found: %s", line)
		}
	}

	// The rest of the rules are about what was.
	git("rm", "-q", ".env.staging")
	git("commit", "-qm", "no staging with a production key")
	out, _ = run(t, "git", "-q")
	for _, m := range quietLine.FindAllStringSubmatch(out, -1) {
		found[m[2]] = true
	}
	for _, id := range rules.IDs() {
		if !found[id] {
			t.Errorf("%s finds nothing", id)
		}
	}
}

func TestGoodExample(t *testing.T) {
	commitExample(t, "good")
	for _, command := range []string{"scan", "git"} {
		if out, ended := run(t, command, "-q", "--fail-on", "note"); out != "" || ended != 0 {
			t.Errorf("%s: exit status %d\n%s", command, ended, out)
		}
	}
}
