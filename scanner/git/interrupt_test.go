package git

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// A countdown is a context that is done once it was asked a number of times, and counts how often
// it is asked after that: the steps that are taken after an interrupt.
type countdown struct {
	context.Context
	left, after atomic.Int64
}

func (c *countdown) Err() error {
	if c.left.Add(-1) >= 0 {
		return nil
	}
	c.after.Add(1)
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
