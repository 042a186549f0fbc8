package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/neokeys/neokeys/internal/gittest"
)

// BenchmarkInterrupt measures how long each phase of a history goes on after an interrupt in the
// middle of it, in the repository that NEOKEYS_BENCH_REPO names, with keys added, and in a few trees
// that spell very many paths.
func BenchmarkInterrupt(b *testing.B) {
	if repo := os.Getenv("NEOKEYS_BENCH_REPO"); repo != "" {
		b.Run("large", func(b *testing.B) { benchInterrupt(b, planted(b, repo)) })
	}
	b.Run("bomb", func(b *testing.B) {
		box := newSandbox(b)
		first := box.bomb(9, testKey(0), box.Commit("x", ""))
		box.Git("update-ref", "refs/heads/main", box.bomb(9, testKey(1), first))
		benchInterrupt(b, box)
	})
}

// planted returns a repository with the history of another, and a thousand keys on top of it.
func planted(b *testing.B, repo string) *sandbox {
	box := newSandbox(b)
	head, err := Open(repo, noEnv)
	gittest.Check(b, err)
	tip, err := head.head()
	gittest.Check(b, err)
	gittest.Check(b, os.WriteFile(filepath.Join(box.Dir, ".git/objects/info/alternates"), []byte(head.Objects+"\n"), 0o600))
	var files []string
	for i := range 1000 {
		files = append(files, fmt.Sprintf("planted/%d/%d", i%30, i), testKey(i))
	}
	top := box.Commit(files...)
	box.Git("update-ref", "refs/heads/main", box.Git("commit-tree", "-m", "x", "-p", tip.id.String(), "-p", top, top+"^{tree}"))
	return box
}

var (
	phases  = []string{"readRefs", "sweep", "followRefs", "want", "checkHead", "readTrees", "searchPlaces", "follow", "looseEnds", "habits", "attributeAll", "finish"}
	inPhase = regexp.MustCompile(`git\.\(\*(?:history|search)\)\.(\w+)\(`)
)

// phase returns the phase of a search that runs; empty if there is none.
func phase(buf []byte) (found string) {
	for _, m := range inPhase.FindAllSubmatch(buf[:runtime.Stack(buf, true)], -1) {
		for _, p := range phases {
			if string(m[1]) == p {
				return p
			}
		}
	}
	return ""
}

func benchInterrupt(b *testing.B, box *sandbox) {
	lasts := map[string]time.Duration{}
	interruptedRun(b, box, "", 0, lasts)
	for _, p := range phases {
		if lasts[p] == 0 {
			continue // it was over at once
		}
		b.Run(p, func(b *testing.B) {
			worst := time.Duration(0)
			for b.Loop() {
				worst = max(worst, interruptedRun(b, box, p, lasts[p]/2, nil))
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
			b.ReportMetric(lasts[p].Seconds()*1000, "phase-ms")
		})
	}
}

// interruptedRun searches, and interrupts that some time into a phase, empty for never. It returns
// how long the search went on, and notes in lasts how long each phase took.
func interruptedRun(b *testing.B, box *sandbox, at string, after time.Duration, lasts map[string]time.Duration) time.Duration {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	over, watched := make(chan bool), make(chan time.Time)
	go func() {
		buf := make([]byte, 1<<20)
		var begun, interrupted time.Time
		last, was := time.Now(), ""
		for ticks := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-over:
				watched <- interrupted
				return
			case <-ticks.C:
			}
			now := phase(buf)
			if lasts != nil && was != "" {
				lasts[was] += time.Since(last)
			}
			if last, was = time.Now(), now; now == at && begun.IsZero() {
				begun = last
			}
			if at != "" && !begun.IsZero() && interrupted.IsZero() && time.Since(begun) >= after {
				interrupted = time.Now()
				cancel()
			}
		}
	}()
	_, err := box.open().History(ctx, testOptions())
	ended := time.Now()
	over <- true
	interrupted := <-watched
	gittest.Check(b, err)
	if interrupted.IsZero() {
		return 0 // this time the phase was over at once
	}
	return max(0, ended.Sub(interrupted))
}
