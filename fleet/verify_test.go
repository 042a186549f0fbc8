package fleet

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/verify/mockapi/mock"
)

// countingAPI stands in for Neo's API and counts how often each key is asked about.
func countingAPI(t *testing.T) (api *mock.Server, asked func(key string) int) {
	t.Helper()
	api = new(mock.Server)
	var mu sync.Mutex
	counts := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		counts[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]++
		mu.Unlock()
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Setenv("NEO_API_URL", server.URL)
	return api, func(key string) int {
		mu.Lock()
		defer mu.Unlock()
		return counts[key]
	}
}

// Each key is asked about once, in however many repositories it is, and nothing of it is kept.
func TestVerify(t *testing.T) {
	s := newSample(t, 9, 3)
	keys := s.keys
	for _, how := range []string{"run --verify", "verify"} {
		t.Run(how, func(t *testing.T) {
			api, asked := countingAPI(t)
			api.Set(keys[0], mock.Live)
			api.Set(keys[1], mock.Restricted)
			database := filepath.Join(t.TempDir(), "fleet.db")
			run(t, database, statusClean, "add", s.dir)
			if how == "verify" {
				run(t, database, statusClean, "run", "--quiet")
				out := run(t, database, statusFindings, "verify", "--verify-rate", "100")
				if !strings.Contains(out, "3 keys: 1 live, 1 restricted, 1 inactive, 0 unknown, 0 not checked.") {
					t.Errorf("verify says %q", out)
				}
			} else {
				run(t, database, statusClean, "run", "--quiet", "--verify", "--verify-rate", "100")
			}
			for i, key := range keys {
				if n := asked(key); n != 1 {
					t.Errorf("key %d was asked about %d times", i, n)
				}
			}
			text := run(t, database, statusFindings, "report")
			for _, want := range []string{"it works (live, asked ", "it works (restricted, asked", "inactive (asked"} {
				if !strings.Contains(text, want) {
					t.Errorf("the report has no %q:\n%s", want, text)
				}
			}
			run(t, database, statusFindings, "report", "--fail-on", "live")
			// A key that works is never hidden.
			id := strings.Fields(text[strings.Index(text, "  key ")+6:])[0]
			run(t, database, statusClean, "ignore", id, "--reason", "no")
			if again := run(t, database, statusFindings, "report"); !strings.Contains(again, "key "+id) {
				t.Errorf("an ignore hides a key that works:\n%s", again)
			}
			noKey(t, database, keys)
		})
	}
}

// noKey checks that neither a database nor its journal has a key or its secret part.
func noKey(t *testing.T, database string, keys []string) {
	t.Helper()
	files, err := filepath.Glob(database + "*")
	gittest.Check(t, err)
	for _, file := range files {
		data := readFile(t, file)
		for i, key := range keys {
			for at := len(key) - 24; at+8 <= len(key)-4; at++ {
				if strings.Contains(data, key[at:at+8]) {
					t.Fatalf("%s has a piece of key %d", file, i)
				}
			}
		}
	}
}

// A key in a repository on a server is read again by fetching that, once for all its keys.
func TestVerifyFetches(t *testing.T) {
	s := newSample(t, 4, 2)
	api, asked := countingAPI(t)
	api.Set(s.keys[0], mock.Live)
	url, _, fetched := servedRepositories(t, s.dir)
	database := filepath.Join(t.TempDir(), "fleet.db")
	var args []string
	for i := range 4 {
		args = append(args, fmt.Sprintf("%s/r%05d.git", url, i))
	}
	run(t, database, statusClean, append([]string{"add"}, args...)...)
	run(t, database, statusClean, "run", "--quiet")
	before := fetched.Load()
	run(t, database, statusFindings, "verify", "--verify-rate", "100")
	if n := fetched.Load() - before; n != 1 {
		t.Errorf("%d repositories were fetched, want the one that has both keys", n)
	}
	if asked(s.keys[0]) != 1 || asked(s.keys[1]) != 1 {
		t.Errorf("the keys were asked about %d and %d times", asked(s.keys[0]), asked(s.keys[1]))
	}
}
