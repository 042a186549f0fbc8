package fleet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/report"
)

func TestAdd(t *testing.T) {
	s := newSample(t, 3, 2)
	database := filepath.Join(t.TempDir(), "fleet.db")
	list := filepath.Join(t.TempDir(), "list.txt")
	gittest.Write(t, list, "# ours\n\nhttps://user:hunter2@git.example.com/a.git\n  "+filepath.Join(s.dir, "r00000.git")+"\ngit@git.example.com:b\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"add", list}, "3 repositories added.\n"},
		{[]string{"add", s.dir}, "2 repositories added, 1 known before.\n"},
		{[]string{"add", "https://GIT.example.com:443/a.git"}, "0 repositories added, 1 known before.\n"},
	} {
		if got := run(t, database, statusClean, c.args...); got != c.want {
			t.Errorf("%q says %q, want %q", c.args, got, c.want)
		}
	}
	all := run(t, database, statusFailed, "status", "--all")
	for _, want := range []string{"5: 0 searched", "https://git.example.com/a.git  not searched yet", "git@git.example.com:b  "} {
		if !strings.Contains(all, want) {
			t.Errorf("the status has no %q:\n%s", want, all)
		}
	}
	data, err := os.ReadFile(database)
	gittest.Check(t, err)
	if strings.Contains(all, "hunter2") || bytes.Contains(data, []byte("hunter2")) {
		t.Error("a password was kept")
	}
}

// What cannot be added adds nothing, and the error says what to do.
func TestAddRefuses(t *testing.T) {
	database := filepath.Join(t.TempDir(), "fleet.db")
	empty := t.TempDir()
	list := filepath.Join(t.TempDir(), "list.txt")
	gittest.Write(t, list, "https://git.example.com/a\nno/such/path\n")
	for _, c := range []struct{ arg, want string }{
		{empty, "there is no repository in it"},
		{list, "list.txt:2: no/such/path: "},
		{"svn://git.example.com/a", "not supported"},
		{"missing", "name a URL, a repository"},
	} {
		cmd := fleetCommand(t, database, "add", c.arg)
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != int(statusFailed) || !strings.Contains(string(out), c.want) {
			t.Errorf("add %s says %q, %v; want %q", c.arg, out, err, c.want)
		}
	}
	if _, err := os.Stat(database); err == nil {
		t.Error("the database was made")
	}
}

// A repository that fails costs only itself, and what was found in it stays.
func TestFailure(t *testing.T) {
	s := newSample(t, 4, 2)
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusClean, "add", s.dir)
	run(t, database, statusClean, "run")
	gone := filepath.Join(s.dir, "r00002.git")
	gittest.Check(t, os.RemoveAll(gone))
	// So does one whose only commit cannot be read.
	damaged := newBare(t, filepath.Join(s.dir, "damaged.git"))
	id := damaged.commit(1_700_000_000, "", "a", "b")
	gittest.Write(t, filepath.Join(damaged.dir, "objects", id[:2], id[2:]), "no zlib")
	run(t, database, statusClean, "add", s.dir)
	run(t, database, statusFailed, "run")
	same(t, rows(t, database), s.want)
	text := run(t, database, statusFindings, "report")
	for _, want := range []string{gone + ": it was last searched at ", "there is nothing at " + gone, damaged.dir} {
		if !strings.Contains(text, want) {
			t.Errorf("the report has no %q:\n%s", want, text)
		}
	}
	run(t, database, statusClean, "remove", gone, damaged.dir)
	run(t, database, statusClean, "run")
}

// A fleet in which nothing is found is clean only if all of it was searched.
func TestStatusOfReport(t *testing.T) {
	dir := t.TempDir()
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusFailed, "report") // there is no database
	run(t, database, statusClean, "init")
	run(t, database, statusFailed, "report")
	newBare(t, filepath.Join(dir, "clean.git")).commit(1_700_000_000, "", "a", "b")
	run(t, database, statusClean, "add", dir)
	run(t, database, statusFailed, "report")
	run(t, database, statusClean, "run")
	if out := run(t, database, statusClean, "report"); !strings.Contains(out, "No key was found in 1 repository.") {
		t.Errorf("the report is %q", out)
	}
}

// servedRepositories serves the repositories in a folder with git's own program, and counts requests.
func servedRepositories(t *testing.T, dir string) (url string, asked, fetched *atomic.Int64) {
	t.Helper()
	gittest.Need(t)
	path, err := exec.Command("git", "--exec-path").Output()
	gittest.Check(t, err)
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
	}
	asked, fetched = new(atomic.Int64), new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/info/refs") {
			asked.Add(1)
		} else {
			fetched.Add(1)
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked, fetched
}

// Repositories by URL give what those on disk do, and one that has not changed costs one question.
func TestURLs(t *testing.T) {
	const n = 6
	s := newSample(t, n, 3)
	url, asked, fetched := servedRepositories(t, s.dir)
	var want []string
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "%s/r%05d.git\n", url, i)
	}
	for _, row := range s.want {
		want = append(want, url+strings.TrimPrefix(row, s.dir))
	}
	database, temp := filepath.Join(t.TempDir(), "fleet.db"), t.TempDir()
	file := filepath.Join(t.TempDir(), "list")
	gittest.Write(t, file, list.String())
	run(t, database, statusClean, "add", file)
	run(t, database, statusClean, "run", "--temp", temp)
	same(t, rows(t, database), want)
	if asked.Load() != n || fetched.Load() != n {
		t.Errorf("the servers were asked %d times for refs and %d times for packs, want %d", asked.Load(), fetched.Load(), n)
	}
	run(t, database, statusClean, "run", "--temp", temp)
	if asked.Load() != 2*n || fetched.Load() != n {
		t.Errorf("a second run asks %d times for refs and %d times for packs, want %d and none", asked.Load()-n, fetched.Load()-n, n)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	key, id := keyIn(rng)
	r := &bare{t, filepath.Join(s.dir, "r00000.git")}
	r.commit(1_700_000_100, "", "new.py", key+"\n")
	run(t, database, statusClean, "run", "--temp", temp)
	if fetched.Load() != n+1 {
		t.Errorf("a change makes %d fetches, want 1", fetched.Load()-n)
	}
	if got := rows(t, database); !strings.Contains(strings.Join(got, "\n"), url+"/r00000.git new.py "+id) {
		t.Errorf("the new key is not there: %q", got)
	}
	r.commit(1_700_000_200, "", "more.py", "x = 1\n")
	run(t, database, statusFailed, "run", "--temp", temp, "--disk", "20B", "-j", "1")
	if said := run(t, database, statusFailed, "status"); !strings.Contains(said, "20 B, its share of --disk") {
		t.Errorf("a disk that is too small gives %q", said)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("files are left behind: %q", left)
	}
}

// With mirrors that are kept, a change fetches only what is new, and finds the same.
func TestKeep(t *testing.T) {
	s := newSample(t, 3, 3)
	url, _, fetched := servedRepositories(t, s.dir)
	database, keep := filepath.Join(t.TempDir(), "fleet.db"), t.TempDir()
	run(t, database, statusClean, "add", url+"/r00000.git", url+"/r00001.git")
	run(t, database, statusClean, "run", "--quiet", "--keep", keep)
	first := rows(t, database)
	if mirrors, _ := filepath.Glob(filepath.Join(keep, "*.git")); len(mirrors) != 2 || len(first) != 4 {
		t.Fatalf("there are the mirrors %q, and %d findings", mirrors, len(first))
	}
	key, id := keyIn(rand.New(rand.NewPCG(5, 5)))
	r := &bare{t, filepath.Join(s.dir, "r00001.git")}
	head := strings.TrimSpace(readFile(t, filepath.Join(r.dir, "refs", "heads", "main")))
	r.commit(1_700_000_100, head, "new.py", key+"\n")
	run(t, database, statusClean, "run", "--quiet", "--keep", keep)
	if n := fetched.Load(); n != 3 {
		t.Errorf("there were %d fetches, want 3", n)
	}
	got := rows(t, database)
	if len(got) != 5 || !strings.Contains(strings.Join(got, "\n"), url+"/r00001.git new.py "+id) {
		t.Errorf("the rows are %q", got)
	}
}

// Every format of package report can be written.
func TestFormats(t *testing.T) {
	s := newSample(t, 4, 2)
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusClean, "add", s.dir)
	run(t, database, statusClean, "run")
	for _, format := range append(report.Formats(), keysFormat) {
		out := run(t, database, statusFindings, "report", "-f", string(format))
		if out == "" || strings.Contains(out, "[secret]") {
			t.Errorf("%s is %q", format, out)
		}
	}
	var whole struct {
		Findings []struct {
			Repository string
			Owners     []string
			HeadCommit string `json:"head"`
			ScannedAt  string `json:"scanned_at"`
		}
	}
	gittest.Check(t, json.Unmarshal([]byte(run(t, database, statusFindings, "report", "-f", "json")), &whole))
	for _, f := range whole.Findings {
		if !strings.HasPrefix(f.Repository, s.dir) || len(f.HeadCommit) != 40 || f.ScannedAt == "" || len(f.Owners) != 1 || !strings.HasPrefix(f.Owners[0], "@org/team") {
			t.Errorf("a finding is of %+v", f)
		}
	}
	for _, format := range []string{"csv", "csv=keys"} {
		table, err := csv.NewReader(strings.NewReader(run(t, database, statusFindings, "report", "-f", format))).ReadAll()
		gittest.Check(t, err)
		owners := slices.Index(table[0], "owners")
		for _, row := range table[1:] {
			if owners < 0 || !strings.HasPrefix(row[owners], "'@org/team") {
				t.Errorf("%s: a line is %q", format, row)
			}
		}
	}
}
