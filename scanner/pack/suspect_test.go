package pack

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A countedSource counts how often it is read from.
type countedSource struct {
	packSource
	reads atomic.Int64
}

func (c *countedSource) ReadAt(b []byte, at int64) (int, error) {
	c.reads.Add(1)
	return c.packSource.ReadAt(b, at)
}

// A countdown is a context that is done once it was asked a number of times, and counts how often
// it is asked after that: the steps that are taken after an interrupt.
type countdown struct {
	context.Context
	left, after atomic.Int64
}

func newCountdown(n int64) *countdown {
	c := &countdown{Context: context.Background()}
	c.left.Store(n)
	return c
}

func (c *countdown) Err() error {
	if c.left.Add(-1) >= 0 {
		return nil
	}
	c.after.Add(1)
	return context.Canceled
}

// suspectPack returns a pack of a chain of n deltas in which nearly everything is in doubt.
func suspectPack(t testing.TB, n int, what string) (dir string) {
	w := &packWriter{t: t}
	text := strings.Repeat("some text ", 200)
	last := w.blob(text)
	for i := range n {
		last = w.delta(last, step{n: len(text)}, step{insert: fmt.Sprintf("version %d", i)})
	}
	dir = t.TempDir()
	_, good := w.bytes()
	for i, e := range w.entries {
		switch what {
		case "checksums":
			e.crc++
		case "names":
			e.id.raw[19], e.crc = e.id.raw[19]+1, e.crc+1
		case "a base", "an early size", "no index":
			e.crc += uint32(min(i, 1))
		}
	}
	pack, index := w.bytes()
	switch what {
	case "a base":
		pack[packHeader+20] ^= 0xff
	case "an early size":
		pack[w.entries[1].offset]++
	case "no index":
		index, good = nil, nil
	case "a short index":
		index = good[:len(good)-40]
	}
	writePack(t, dir, "test", pack, index)
	return dir
}

var suspectPacks = []string{"checksums", "names", "a base", "an early size", "no index", "a short index"}

// However much of a pack is in doubt, each object is looked at a few times, and either visited
// or named.
func TestSuspectPacksAreLinear(t *testing.T) {
	for _, what := range suspectPacks {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			const n = 4000
			s, err := Open([]string{suspectPack(t, n, what)}, 20)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			p := s.packList()[0]
			source := &countedSource{packSource: p.file}
			p.file = source
			var visited, problems atomic.Int64
			err = s.Sweep(t.Context(), Sweep{
				NewVisitor: func() Visitor { return visitFunc(func(*Object) { visited.Add(1) }) },
				Problem:    func(Problem) { problems.Add(1) },
			})
			if err != nil {
				t.Fatal(err)
			}
			if reads := source.reads.Load(); reads > 20*n {
				t.Errorf("%d reads of a pack of %d objects", reads, n)
			}
			if got := visited.Load() + problems.Load(); got != n+1 && len(s.Problems()) == 0 {
				t.Errorf("%d visited and %d named of %d objects", visited.Load(), problems.Load(), n+1)
			}
			if whole := what == "checksums" || what == "no index" || what == "a short index"; whole && visited.Load() != n+1 {
				t.Errorf("%d of %d objects were visited", visited.Load(), n+1)
			}
		})
	}
}

type visitFunc func(*Object)

func (f visitFunc) Visit(o *Object) any { f(o); return nil }

// An interrupt ends each phase of a sweep within a few steps, and nothing is said to be damaged
// because of it.
func TestSweepInterrupted(t *testing.T) {
	for _, what := range append(suspectPacks, "nothing") {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := suspectPack(t, 2000, what)
			for at := int64(0); at < 20_000; at = at*3/2 + 1 {
				s, err := Open([]string{dir}, 20)
				if err != nil {
					t.Fatal(err)
				}
				ctx := newCountdown(at)
				s.SetContext(ctx)
				err = s.Sweep(ctx, Sweep{Jobs: 2, NewVisitor: func() Visitor { return visitFunc(func(*Object) {}) }})
				s.Close()
				if after := ctx.after.Load(); after > 40 {
					t.Errorf("interrupted at step %d, it took %d more", at, after)
				}
				if err == nil {
					break // it was done before
				}
			}
		})
	}
}

// BenchmarkInterrupt measures how long a sweep goes on after an interrupt.
func BenchmarkInterrupt(b *testing.B) {
	for _, what := range suspectPacks {
		b.Run(what, func(b *testing.B) {
			dir := suspectPack(b, 20_000, what)
			worst := time.Duration(0)
			for b.Loop() {
				s, err := Open([]string{dir}, 20)
				if err != nil {
					b.Fatal(err)
				}
				ctx, cancel := context.WithCancel(context.Background())
				s.SetContext(ctx)
				var interrupted atomic.Int64
				time.AfterFunc(10*time.Millisecond, func() { interrupted.Store(time.Now().UnixNano()); cancel() })
				_ = s.Sweep(ctx, Sweep{NewVisitor: func() Visitor { return visitFunc(func(*Object) {}) }})
				if at := interrupted.Load(); at > 0 {
					worst = max(worst, time.Duration(time.Now().UnixNano()-at))
				}
				cancel()
				s.Close()
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
		})
	}
}
