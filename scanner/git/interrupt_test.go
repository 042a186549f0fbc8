package git

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
)

// A countdown is a context that is done once it was asked a number of times, and counts how often
// it is asked after that: the steps that are taken after an interrupt.
type countdown struct {
	context.Context
	left, after atomic.Int64
	done        func() // called once it is done; may be nil
}

func (c *countdown) Err() error {
	if c.left.Add(-1) >= 0 {
		return nil
	}
	if c.after.Add(1) == 1 && c.done != nil {
		c.done()
	}
	return context.Canceled
}

// An interrupt ends each phase of each search within a few steps, and what was not done is said.
func TestInterruptEndsEachPhase(t *testing.T) {
	defer func(d time.Duration) { grace = d }(grace)
	grace = 0
	b := newSandbox(t)
	base := b.Commit("x", "")
	for i := range 60 {
		files := []string{"a", fmt.Sprint(i, "\n", testKey(i)), fmt.Sprintf("d%d/e/f", i%7), strings.Repeat("text\n", i) + testKey(i%5)}
		for n := range 30 {
			files = append(files, fmt.Sprintf("many/%d", n), fmt.Sprint(i/10, n))
		}
		b.Commit(files...)
		b.Git("branch", fmt.Sprint("branch", i))
	}
	b.Git("repack", "-adq")
	b.Write("staged/key", testKey(99))
	b.Git("add", ".")
	searches := map[string]func(context.Context, *Repo, Options) (*finding.Result, error){
		"history": func(ctx context.Context, r *Repo, o Options) (*finding.Result, error) { return r.History(ctx, o) },
		"range": func(ctx context.Context, r *Repo, o Options) (*finding.Result, error) {
			return r.Range(ctx, base+"..HEAD", o)
		},
		"push": func(ctx context.Context, r *Repo, o Options) (*finding.Result, error) {
			return r.Push(ctx, Push{Tips: []string{"HEAD"}, Known: []string{base}}, o)
		},
		"staged": func(ctx context.Context, r *Repo, o Options) (*finding.Result, error) { return r.Staged(ctx, o) },
	}
	for name, search := range searches {
		for at := int64(0); ; at = at*5/4 + 1 {
			ctx := &countdown{Context: context.Background()}
			ctx.left.Store(at)
			o := testOptions()
			o.Jobs, o.AllNames = 2, true
			r, err := search(ctx, b.open(), o)
			after := ctx.after.Load()
			if after > 100 {
				t.Errorf("%s: interrupted at step %d, it took %d more", name, at, after)
			}
			if after == 0 {
				break // it was done before
			}
			if err == nil && !strings.Contains(messages(r), "interrupted") {
				t.Errorf("%s: interrupted at step %d, and said %q", name, at, messages(r))
			}
			for i := range r.Problems {
				if strings.Contains(r.Problems[i].Message, "damaged") {
					t.Errorf("%s: interrupted at step %d: %s", name, at, r.Problems[i].Message)
				}
			}
		}
	}
}

// What an interrupt leaves to be sorted and reported is bounded, and what is left out is said.
func TestInterruptedListIsBounded(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s, err := newSandbox(t).open().search(ctx, testOptions())
	gittest.Check(t, err)
	for range maxInterrupted + 7 {
		s.add(&hit{})
	}
	cancel()
	r := s.finish()
	if len(r.Findings) != maxInterrupted || !strings.Contains(messages(r), "7 more findings are not listed") || !strings.Contains(messages(r), "interrupted") {
		t.Errorf("%d findings, %s", len(r.Findings), messages(r))
	}
}

// An interrupt ends the search for the paths of a file, and the comparison of trees, however many
// loops are in one another.
func TestInterruptAmongManyPaths(t *testing.T) {
	defer func(d time.Duration) { grace = d }(grace)
	grace = 0
	b := newSandbox(t)
	first := b.bomb(6, testKey(0), b.Commit("x", ""))
	b.Git("update-ref", "refs/heads/main", b.bomb(6, testKey(1), first))
	for at := int64(0); ; at = at*7/4 + 5 {
		ctx := &countdown{Context: context.Background()}
		ctx.left.Store(at)
		s, err := b.open().search(ctx, testOptions())
		gittest.Check(t, err)
		steps := 0
		ctx.done = func() { steps = s.ticks }
		h := newHistory(s)
		h.maxPaths = 500
		h.run()
		s.finish()
		after := ctx.after.Load()
		if after == 0 {
			break // it was done before
		}
		if steps = s.ticks - steps; after > 100 || steps > 2*checkEvery {
			t.Errorf("interrupted at step %d, it asked %d times more, and took %d steps", at, after, steps)
		}
	}
}
