package history

import (
	"context"
	"path/filepath"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

// A Search is how to search a history. The zero value searches as `neokeys git` does without
// flags, but opens no archives.
type Search struct {
	Flags           policy.Flags
	Jobs            int  // objects searched at a time; 0 is one per processor
	MaxArchiveDepth int  // how many archives in one another are opened
	AllNames        bool // see [git.Options]
	// Progress counts what was done; it may be nil.
	Progress *scanner.Progress
	// Ask learns whether the keys that were found work. It runs before the rules judge all
	// findings together; it may be nil.
	Ask func(context.Context, *finding.Result)
}

// Run searches the history of repo. It returns the rules that ran besides what was found.
func (s *Search) Run(ctx context.Context, repo *git.Repo) (*finding.Result, []*rules.Rule, error) {
	started := time.Now()
	ps, done, err := Policies(repo, s.Flags)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	root := Root(repo)
	abs := func(path string) string { return Absolute(root, path) }
	o := git.Options{
		Places:    ps.ProjectAt(root).Places,
		ProjectOf: func(path string) *scanner.Project { return ps.ProjectAt(filepath.Dir(abs(path))) },
		Jobs:      s.Jobs, MaxArchiveDepth: s.MaxArchiveDepth, AllNames: s.AllNames, Progress: s.Progress,
	}
	if o.Rules, err = ps.Set(); err != nil {
		return nil, nil, err
	}
	r, err := repo.History(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	scope := policy.Scope{Abs: abs, History: true}
	ps.Suppress(r, scope)
	if s.Ask != nil {
		s.Ask(ctx, r)
	}
	var tracker scanner.Tracker
	ps.Review(r, scope, policy.Review{
		Now: started, Tracking: tracker.Tracking,
		Exists: func(path string) bool { return ps.Exists(abs(path)) },
	})
	ps.Levels(r, scope)
	ps.Remarks(r, false)
	r.Fold()
	return r, ps.Rules(), nil
}
