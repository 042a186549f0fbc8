package fleet

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// As a GitHub App, add lists the repositories of an organisation, and run fetches them with a
// token that is renewed when it is about to expire.
func TestGitHubApp(t *testing.T) {
	s := newSample(t, 3, 2)
	git, _, _ := servedRepositories(t, s.dir)
	target, err := url.Parse(git)
	gittest.Check(t, err)
	backend := httputil.NewSingleHostReverseProxy(target)
	var issued atomic.Int64
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/api/v3/app/installations/34/access_tokens":
			w.WriteHeader(http.StatusCreated)
			_ = json.NewEncoder(w).Encode(map[string]any{"token": fmt.Sprint("ghs_", issued.Add(1)), "expires_at": time.Now().Add(30 * time.Second)})
		case r.URL.Path == "/api/v3/orgs/acme/repos":
			var list []map[string]string
			for i := range 3 {
				list = append(list, map[string]string{"clone_url": fmt.Sprintf("%s/r%05d.git", server.URL, i)})
			}
			_ = json.NewEncoder(w).Encode(list)
		case strings.HasPrefix(password, "ghs_"):
			backend.ServeHTTP(w, r)
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	gittest.Check(t, err)
	key := filepath.Join(t.TempDir(), "app.pem")
	gittest.Write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})))
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusClean, "add", "--github", "acme", "--server", server.URL, "--github-app", "12/34", "--github-app-key", key)
	run(t, database, statusFailed, "run", "--attempts", "1", "--quiet")
	listing := issued.Load()
	run(t, database, statusClean, "run", "--quiet", "--github-app", "12/34", "--github-app-key", key, "--github-app-server", server.URL)
	if n := issued.Load() - listing; listing != 1 || n != 4 {
		t.Errorf("there were %d tokens to list, and %d to sign in and fetch three repositories", listing, n)
	}
	if got := rows(t, database); len(got) != 6 {
		t.Errorf("the rows are %q", got)
	}
	t.Setenv("NEOKEYS_GIT_TOKEN", "ghs_x") // or with a token, on a server of one's own
	if out := run(t, database, statusClean, "add", "--github", "acme", "--server", server.URL); !strings.Contains(out, "3 known before") {
		t.Errorf("with a token, add says %q", out)
	}
	for _, args := range [][]string{
		{"add", "--gitlab", "acme", "--github-app", "12/34", "--github-app-key", key},
		{"add", "--github", "acme", "--github-app", "12/34"},
		{"run", "--github-app-key", key},
		{"run", "--github-app", "12/34", "--github-app-key", database},
		{"run", "--github-app", "12/35", "--github-app-key", key, "--github-app-server", server.URL},
	} {
		cmd := fleetCommand(t, database, args...)
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != int(statusFailed) || !strings.Contains(string(out), "GitHub App") && !strings.Contains(string(out), "--github-app") {
			t.Errorf("%q says %q", args, out)
		}
	}
}
