//go:build unix

package fleet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// postgres starts a database server, as the user postgres where the test runs as root, which
// Postgres refuses. It returns a URL for a database of the test's own.
func postgres(t *testing.T) string {
	t.Helper()
	programs := postgresPrograms(t)
	dir, err := os.MkdirTemp("", "neokeys-fleet-postgres-")
	gittest.Check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	as := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Skip("there is no user postgres, and root may not start a server")
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		gittest.Check(t, os.Chown(dir, int(uid), int(gid)))
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(programs, "initdb"), "-D", data, "-U", "fleet", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
	initdb.SysProcAttr, initdb.Dir = as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	server := exec.Command(filepath.Join(programs, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
	var log bytes.Buffer
	server.SysProcAttr, server.Dir, server.Stderr = as, dir, &log
	gittest.Check(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT) // a fast shutdown
		_ = server.Wait()
	})
	url := "postgres://fleet@/postgres?host=" + dir
	for range 100 {
		if out, err := fleetCommand(t, url, "init").CombinedOutput(); err == nil {
			return url
		} else if t.Failed() {
			t.Fatalf("%s\n%s", out, log.String())
		}
		time.Sleep(100 * time.Millisecond)
	}
	out, _ := fleetCommand(t, url, "init").CombinedOutput()
	t.Fatalf("the server does not answer: %s\n%s", out, log.String())
	return ""
}

// postgresPrograms returns the folder of the server's programs.
func postgresPrograms(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		t.Skip("Postgres is not installed: on Debian, apt-get install postgresql")
	}
	return filepath.Dir(slices.Max(found))
}

// Workers that are killed lose nothing: the others take over what they were at.
func TestKilledOnPostgres(t *testing.T) {
	database := postgres(t)
	repositories, keys, workers, kills := 60, 8, 2, 1
	if *long {
		repositories, keys, workers, kills = 2000, 200, 3, 2
	}
	perHostOnPostgres(t, database)
	s := newSample(t, repositories, keys)
	run(t, database, statusClean, "add", s.dir)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	var running []*exec.Cmd
	for range workers {
		cmd := fleetCommand(t, database, "work", "--drain", "--quiet", "--dead-after", "3s", "-j", "2")
		gittest.Check(t, cmd.Start())
		running = append(running, cmd)
	}
	for i := range kills {
		time.Sleep(time.Duration(300+rng.IntN(700)) * time.Millisecond)
		gittest.Check(t, running[i].Process.Kill())
		_ = running[i].Wait() // it was killed
	}
	for _, cmd := range running[kills:] {
		if err := cmd.Wait(); err != nil {
			t.Errorf("a worker ends with %v", err)
		}
	}
	same(t, rows(t, database), s.want)
	all := run(t, database, statusClean, "status")
	if !strings.Contains(all, fmt.Sprintf("%s searched, 0 not yet, 0 failed, 0 incomplete", comma(repositories))) {
		t.Errorf("the status is\n%s", all)
	}
	// A run in one process works on the same tables.
	if out := run(t, database, statusClean, "run", "--quiet"); !strings.Contains(out, fmt.Sprintf("0 repositories searched, %s unchanged", comma(repositories))) {
		t.Errorf("a run says %q", out)
	}
	same(t, rows(t, database), s.want)
}

// perHostOnPostgres has two workers ask a host for many repositories, none of which it has.
func perHostOnPostgres(t *testing.T, database string) {
	t.Helper()
	var now, most atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(30 * time.Millisecond)
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	var urls []string
	for i := range 12 {
		urls = append(urls, fmt.Sprintf("%s/r%d.git", server.URL, i))
	}
	run(t, database, statusClean, append([]string{"add"}, urls...)...)
	var workers sync.WaitGroup
	for range 2 {
		cmd := fleetCommand(t, database, "work", "--drain", "--quiet", "-j", "4", "--per-host", "2")
		workers.Go(func() { _ = cmd.Run() }) // it ends with the status of failures, if it had any
	}
	workers.Wait()
	if most.Load() != 2 {
		t.Errorf("two workers ask a host %d times at once, want 2", most.Load())
	}
	if said := run(t, database, statusFailed, "status"); !strings.Contains(said, "12 failed") {
		t.Errorf("the status is\n%s", said)
	}
	run(t, database, statusClean, append([]string{"remove"}, urls...)...)
}
