package cli

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/neokeys/neokeys/internal/gittest"
)

// A gitServer serves repositories to a script.
type gitServer struct{ withCredentials atomic.Int64 }

// servers are those of the scripts that run, by their folders.
var (
	serversMu sync.Mutex
	servers   = map[string]*gitServer{}
)

func serve(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 && len(args) != 3 {
		ts.Fatalf("usage: serve VAR DIR [TOKEN]")
	}
	programs, err := exec.Command("git", "--exec-path").Output()
	ts.Check(err)
	backend := gittest.Serve(strings.TrimSpace(string(programs)), ts.MkAbs(args[1]))
	g := &gitServer{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, ok := r.BasicAuth()
		if ok {
			g.withCredentials.Add(1)
		}
		if len(args) == 3 && password != args[2] {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	serversMu.Lock()
	defer serversMu.Unlock()
	servers[ts.Getenv("WORK")] = g
	ts.Setenv(args[0], server.URL)
}

func sent(ts *testscript.TestScript, _ bool, args []string) {
	serversMu.Lock()
	g := servers[ts.Getenv("WORK")]
	serversMu.Unlock()
	if len(args) != 1 || g == nil {
		ts.Fatalf("usage: sent N, after serve")
	}
	if n := g.withCredentials.Swap(0); strconv.FormatInt(n, 10) != args[0] {
		ts.Fatalf("%d requests had credentials", n)
	}
}
