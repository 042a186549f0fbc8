package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// ran runs the command line and returns its JSON report without what differs from one run to the
// next, and the exit status.
func ran(t *testing.T, args ...string) (map[string]any, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.json")
	out, err := os.CreateTemp(t.TempDir(), "out")
	gittest.Check(t, err)
	defer out.Close() // the report is elsewhere
	status := Main(append(args, "-f", "json="+file), strings.NewReader(""), out, out)
	text, err := os.ReadFile(file)
	if err != nil {
		said, _ := os.ReadFile(out.Name())
		t.Fatalf("neokeys %v: %s", args, said)
	}
	var report map[string]any
	gittest.Check(t, json.Unmarshal(text, &report))
	delete(report["summary"].(map[string]any), "duration_ms")
	for _, list := range []string{"findings", "errors", "notices"} {
		entries, _ := report[list].([]any)
		for _, e := range entries {
			for _, name := range []string{"repository", "head", "scanned_at"} {
				delete(e.(map[string]any), name)
			}
		}
	}
	return report, status
}

// TestURLIsMirror compares what is found by a repository's URL with what is found in a mirror of it,
// summary and all, over each protocol that is installed.
func TestURLIsMirror(t *testing.T) {
	gittest.Isolate(t)
	root := t.TempDir()
	makers := map[string]func(*gittest.Repo){
		"plain":   func(r *gittest.Repo) { r.Commit("a.js", "const a = 1\n") },
		"empty":   func(*gittest.Repo) {},
		"removed": func(r *gittest.Repo) { r.Commit("a.js", "k = '"+newKey()+"'\n"); r.Commit("a.js", "k = 1\n") },
		"named":   func(r *gittest.Repo) { r.Commit("dir/"+newKey()+"/x", "y"); r.Git("mv", "dir", "other"); r.Commit() },
		"message": func(r *gittest.Repo) {
			r.Commit("a", "b")
			r.Git("commit", "-q", "--allow-empty", "-m", "use "+newKey())
			r.Git("tag", "-a", "v1", "-m", "and "+newKey())
			r.Git("notes", "add", "-m", "note "+newKey())
		},
		"configured": func(r *gittest.Repo) {
			k := newKey()
			r.Commit("a.js", "k = '"+k+"'\n", "vendor/b.js", "k = '"+k+"'\n", ".neokeys.toml", "ignore = [\"vendor/**\"]\n")
			r.Commit("sub/c.env", "NEO_API_KEY="+newKey()+"\n", "sub/.neokeys.toml", "[rules.neo-api-key]\nlevel = \"note\"\n")
		},
		"versions": func(r *gittest.Repo) {
			text := strings.Repeat("some line of a long file\n", 400)
			k := newKey()
			for i := range 30 {
				with := ""
				if i > 10 && i < 20 {
					with = "key = '" + k + "'\n"
				}
				r.Commit("long.py", text[:i*100]+"changed "+strings.Repeat("x", i)+"\n"+text[i*90:]+with)
			}
		},
		"branches": func(r *gittest.Repo) {
			r.Commit("a", "1")
			r.Git("checkout", "-q", "-b", "side")
			r.Commit("side.yaml", "neo_api_key: "+newKey()+"\n")
			r.Git("checkout", "-q", "main")
			r.Commit("b", "2")
			r.Git("merge", "-q", "--no-ff", "-m", "merge", "side")
			r.Git("update-ref", "refs/pull/3/head", r.Commit("pull.js", "k = '"+newKey()+"'"))
			r.Git("reset", "-q", "--hard", "HEAD~1")
			r.Git("checkout", "-q", "--detach", "HEAD~1")
		},
		"blob ref": func(r *gittest.Repo) {
			r.Commit("a", "1")
			r.Git("update-ref", "refs/keys/one", r.Output("k = '"+newKey()+"'\n", "hash-object", "-w", "--stdin")[:40])
		},
	}
	for name, fill := range makers {
		r := gittest.New(t)
		fill(r)
		r.Git("clone", "-q", "--mirror", r.Dir, filepath.Join(root, name+".git"))
	}
	for protocol, address := range map[string]string{"http": gittest.HTTP(t, root), "git": gittest.Daemon(t, root)} {
		for name := range makers {
			t.Run(protocol+" "+name, func(t *testing.T) {
				path := filepath.Join(root, name+".git")
				for _, args := range [][]string{{"git"}, {"audit"}, {"git", "--all-names"}} {
					want, status := ran(t, append(args, path)...)
					got, gotStatus := ran(t, append(args, address+"/"+strings.ReplaceAll(name, " ", "%20")+".git")...)
					a, _ := json.MarshalIndent(want, "", " ")
					b, _ := json.MarshalIndent(got, "", " ")
					if string(a) != string(b) || status != gotStatus {
						t.Errorf("%v: status %d by URL, %d by path\n%s\n%s", args, gotStatus, status, b, a)
					}
				}
			})
		}
	}
}
