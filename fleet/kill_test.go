package fleet

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// long has the tests that kill programs do so often, and with thousands of repositories.
var long = flag.Bool("long", false, "kill often, with thousands of repositories")

// rows returns repository, path and key id of each finding of a key that a report lists, sorted.
func rows(t testing.TB, database string) (list []string) {
	t.Helper()
	for line := range strings.Lines(run(t, database, statusFindings, "report", "-f", "jsonl")) {
		var f struct {
			Repository, Path, Rule string
			Key                    struct{ ID string }
		}
		gittest.Check(t, json.Unmarshal([]byte(line), &f))
		if f.Rule == "neo-api-key" {
			list = append(list, fmt.Sprintf("%s %s %s", f.Repository, f.Path, f.Key.ID))
		}
	}
	slices.Sort(list)
	return list
}

// same compares sorted rows.
func same(t testing.TB, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("%d rows, want %d", len(got), len(want))
	for _, row := range got {
		if _, ok := slices.BinarySearch(want, row); !ok {
			t.Errorf("too much: %s", row)
		}
	}
	for _, row := range want {
		if _, ok := slices.BinarySearch(got, row); !ok {
			t.Errorf("missing: %s", row)
		}
	}
	if len(got) != len(slices.Compact(slices.Clone(got))) {
		t.Error("some rows are there twice")
	}
}

// A run that is killed at any time goes on where it was, and loses and repeats nothing.
func TestKilledOnSQLite(t *testing.T) {
	repositories, keys, kills, longest := 60, 8, 1, 1500
	if *long {
		repositories, keys, kills, longest = 2000, 200, 10, 8000
	}
	s := newSample(t, repositories, keys)
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusClean, "add", s.dir)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	for kill := range kills {
		cmd := fleetCommand(t, database, "run", "--quiet")
		gittest.Check(t, cmd.Start())
		time.Sleep(time.Duration(200+rng.IntN(longest)) * time.Millisecond)
		gittest.Check(t, cmd.Process.Signal(syscall.SIGKILL))
		_ = cmd.Wait() // it was killed
		t.Logf("kill %d: %s", kill+1, strings.ReplaceAll(run(t, database, statusOfPart(t, database), "status"), "\n", "; "))
	}
	run(t, database, statusClean, "run", "--quiet")
	same(t, rows(t, database), s.want)
	if out := run(t, database, statusClean, "run", "--quiet"); !strings.Contains(out, fmt.Sprintf("0 repositories searched, %s unchanged, 0 failed", comma(repositories))) {
		t.Errorf("a second run says %q", out)
	}
	same(t, rows(t, database), s.want)
}

// statusOfPart is the status of `status` while a fleet is searched: it depends on how far that is.
func statusOfPart(t testing.TB, database string) status {
	t.Helper()
	cmd := fleetCommand(t, database, "status")
	_ = cmd.Run() // the status says it
	return status(cmd.ProcessState.ExitCode())
}

func comma(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// An interrupt hands back what is not finished, within seconds.
func TestInterrupted(t *testing.T) {
	s := newSample(t, 40, 5)
	database := filepath.Join(t.TempDir(), "fleet.db")
	run(t, database, statusClean, "add", s.dir)
	cmd := fleetCommand(t, database, "run", "--quiet", "--grace", "1s", "-j", "1")
	gittest.Check(t, cmd.Start())
	time.Sleep(300 * time.Millisecond)
	gittest.Check(t, cmd.Process.Signal(os.Interrupt))
	interrupted := time.Now()
	_ = cmd.Wait() // the status says it
	if took := time.Since(interrupted); took > 8*time.Second {
		t.Errorf("it took %s to end", took)
	}
	run(t, database, statusClean, "run", "--quiet")
	same(t, rows(t, database), s.want)
}
