package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
)

// packServer serves a repository as git does, but for the pack: that is what pack returns, unless it
// is nil. Without offsets, the server does not know deltas that name their base by its offset.
func packServer(t *testing.T, root string, offsets bool, pack func() string) string {
	t.Helper()
	backend := gittest.Backend(t, root)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && pack != nil {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "0008NAK\n")
			for data := pack(); data != ""; {
				n := min(len(data), 60_000)
				_, _ = fmt.Fprintf(w, "%04x\x01%s", n+5, data[:n])
				data = data[n:]
			}
			_, _ = io.WriteString(w, "0000")
			return
		}
		answer := httptest.NewRecorder()
		backend.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		if !offsets && r.Method == http.MethodGet {
			body = bytes.Replace(body, []byte(" ofs-delta"), []byte(" xfs-delta"), 1)
		}
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// Packs of every kind that servers send give what a mirror does, and one that lacks something does
// not pass for the whole.
func TestPacksOfServers(t *testing.T) {
	gittest.Isolate(t)
	root := t.TempDir()
	work := gittest.New(t)
	text := strings.Repeat("some line of a long file\n", 400)
	key := newKey()
	for i := range 12 {
		with := ""
		if i > 3 {
			with = "key = '" + key + "'\n"
		}
		work.Commit("long.py", text[:i*100]+strings.Repeat("x", i)+"\n"+text[i*90:]+with)
	}
	work.Commit("other.txt", "nothing here\n")
	path := filepath.Join(root, "shop.git")
	work.Git("clone", "-q", "--mirror", work.Dir, path)
	bare := work.In(path)
	bare.Git("repack", "-adfq")
	want, status := ran(t, "git", path)
	if status != 1 {
		t.Fatalf("the mirror gives status %d", status)
	}
	all := bare.Git("rev-list", "--objects", "--all")
	// without returns the ids of all objects but those of a file, or of the folders called ".".
	without := func(path string) string {
		var list strings.Builder
		for line := range strings.Lines(all) {
			id, name, named := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			if named && cmp.Or(name, ".") == path {
				continue
			}
			list.WriteString(id + "\n")
		}
		return list.String()
	}
	packed := func(input string, args ...string) func() string {
		return func() string {
			return bare.Output(input, append([]string{"pack-objects", "--stdout", "-q"}, args...)...)
		}
	}
	for name, c := range map[string]struct {
		offsets bool
		pack    func() string
		whole   bool
	}{
		"bases by id":           {false, nil, true},
		"no deltas":             {true, packed(without(""), "--depth=0"), true},
		"bases by id, unasked":  {true, packed(without("")), true},
		"thin":                  {true, packed("main\n^main~4\n", "--revs", "--thin"), false},
		"thin, bases by offset": {true, packed("main\n^main~4\n", "--revs", "--thin", "--delta-base-offset"), false},
		"a file is missing":     {true, packed(without("other.txt"), "--delta-base-offset"), false},
		"files are missing":     {true, packed(without("long.py"), "--delta-base-offset"), false},
		"folders are missing":   {true, packed(without("."), "--delta-base-offset"), false},
		"commits are missing":   {true, packed(strings.Fields(all)[0]+"\n", "--delta-base-offset"), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, gotStatus := ran(t, "git", packServer(t, root, c.offsets, c.pack)+"/shop.git")
			if !c.whole {
				if problems := got["errors"].([]any); gotStatus == 0 || len(problems) == 0 || !strings.Contains(fmt.Sprint(problems), "missing") && !strings.Contains(fmt.Sprint(problems), "not in the object store") {
					t.Errorf("status %d, problems %v", gotStatus, problems)
				}
				return
			}
			a, _ := json.MarshalIndent(want, "", " ")
			b, _ := json.MarshalIndent(got, "", " ")
			if string(a) != string(b) || status != gotStatus {
				t.Errorf("status %d by URL, %d by path\n%s\n%s", gotStatus, status, b, a)
			}
		})
	}
}
