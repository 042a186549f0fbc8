package fleet

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// poison answers as no git server should: it hangs, sends without end, or sends rubbish.
func poison(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
	head := "001e# service=git-upload-pack\n0000"
	ref := "%s refs/heads/main\x00multi_ack side-band-64k ofs-delta agent=x\n"
	line := fmt.Sprintf(ref, strings.Repeat("1a", 20))
	adv := head + fmt.Sprintf("%04x%s0000", len(line)+4, line)
	switch {
	case strings.HasPrefix(r.URL.Path, "/hang"):
		<-r.Context().Done()
	case strings.HasPrefix(r.URL.Path, "/refs"):
		_, _ = w.Write([]byte(head))
		for i := 0; r.Context().Err() == nil; i++ {
			l := fmt.Sprintf("%040x refs/heads/b%d\n", i, i)
			if _, err := fmt.Fprintf(w, "%04x%s", len(l)+4, l); err != nil {
				return
			}
		}
	case strings.HasPrefix(r.URL.Path, "/rubbish"):
		_, _ = w.Write([]byte("<html>log in</html>"))
	case strings.HasSuffix(r.URL.Path, "/info/refs"):
		_, _ = w.Write([]byte(adv))
	default: // a pack without end
		w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
		_, _ = w.Write([]byte("0008NAK\n"))
		begun := "PACK\x00\x00\x00\x02\x7f\xff\xff\xff"
		_, _ = fmt.Fprintf(w, "%04x\x01%s", len(begun)+5, begun)
		part := strings.Repeat("\xff", 60_000)
		for r.Context().Err() == nil {
			if _, err := fmt.Fprintf(w, "%04x\x01%s", len(part)+5, part); err != nil {
				return
			}
		}
	}
}

// A repository that hangs, never ends or is rubbish costs only itself.
func TestPoison(t *testing.T) {
	s := newSample(t, 6, 3)
	server := httptest.NewServer(http.HandlerFunc(poison))
	t.Cleanup(server.CloseClientConnections)
	database, temp := filepath.Join(t.TempDir(), "fleet.db"), t.TempDir()
	// One on disk that git would not read either.
	rotten := newBare(t, filepath.Join(s.dir, "rotten.git"))
	gittest.Write(t, filepath.Join(rotten.dir, "objects", "pack", "pack-1.pack"), "PACK\x00\x00\x00\x02\xff\xff\xff\xff")
	gittest.Write(t, filepath.Join(rotten.dir, "packed-refs"), strings.Repeat("\x00", 1000))
	run(t, database, statusClean, "add", s.dir, server.URL+"/hang", server.URL+"/refs", server.URL+"/rubbish", server.URL+"/pack")
	began := time.Now()
	run(t, database, statusFailed, "run", "--quiet", "--timeout", "3s", "--max-pack", "1MB", "--attempts", "1", "--temp", temp, "-j", "4")
	if took := time.Since(began); took > 60*time.Second {
		t.Errorf("it took %s", took)
	}
	same(t, rows(t, database), s.want)
	said := run(t, database, statusFailed, "status")
	for _, name := range []string{"/hang", "/refs", "/rubbish", "/pack"} {
		if !strings.Contains(said, server.URL+name+"  failed: ") {
			t.Errorf("the status does not name %s:\n%s", name, said)
		}
	}
	if !strings.Contains(said, "4 failed") && !strings.Contains(said, "5 failed") {
		t.Errorf("the status is\n%s", said)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("files are left behind: %q", left)
	}
}
