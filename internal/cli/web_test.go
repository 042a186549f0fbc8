package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/neokeys/neokeys/report"
)

func TestWebOf(t *testing.T) {
	top := t.TempDir()
	if err := os.MkdirAll(filepath.Join(top, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(top, "a", "b")
	if err := os.MkdirAll(sub, 0o777); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_WORKSPACE": top}
	get := func(name string) string { return env[name] }
	if got, want := webOf(top, get), (report.Web{URL: "https://github.com/o/r"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := webOf(sub, get), (report.Web{URL: "https://github.com/o/r", Folder: "a/b"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for name, value := range map[string]string{
		"GITHUB_SERVER_URL": "https://x/](http://y", "GITHUB_REPOSITORY": "o/r/../..)", "GITHUB_WORKSPACE": sub,
	} {
		before := env[name]
		env[name] = value
		if got := webOf(top, get); got != (report.Web{}) {
			t.Errorf("%s=%s: %+v", name, value, got)
		}
		env[name] = before
	}
}
