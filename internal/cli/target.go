package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/history"
	"github.com/neokeys/neokeys/internal/policy"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/scanner"
	"github.com/neokeys/neokeys/scanner/git"
)

// filesTarget returns what is at paths on disk; scanner.Stdin among them is standard input.
func filesTarget(paths []string) *target {
	t := &target{name: strings.Join(paths, ", ")}
	for _, path := range paths {
		if path != scanner.Stdin {
			t.tops = append(t.tops, absolute(path))
		}
	}
	t.policies = func(said policy.Flags) (*policy.Policies, error) { return policy.OnDisk(said, paths) }
	// A folder of empty files is nothing to search, as the reports say, and so is one of which all is
	// left out. A file that the user names may be empty.
	t.empty = func(r *finding.Result) bool {
		return r.Summary.Files == 0 || r.Summary.AllLeftOut || r.Summary.Bytes == 0 && !r.Summary.AllEmpty
	}
	t.files = func(ctx context.Context, p *plan) (*finding.Result, error) {
		r := p.scan(ctx, paths)
		r.Histories = outermost(r.Histories)
		r.Summary.AllEmpty = r.Summary.Bytes == 0 && r.Summary.Files > 0 && !slices.ContainsFunc(paths, isFolderOrStdin)
		suggestPaths(r, paths)
		return r, nil
	}
	return t
}

func isFolderOrStdin(path string) bool {
	info, err := os.Stat(path)
	return path == scanner.Stdin || err == nil && info.IsDir()
}

// scan searches files and folders.
func (p *plan) scan(ctx context.Context, paths []string) *finding.Result {
	whole := p.policies.ProjectAt(absolute("."))
	s := scanner.New(scanner.Options{
		Paths: paths, Input: p.env.in,
		Rules: whole.Rules, Places: whole.Places,
		ProjectAt: func(folder string) *scanner.Project { return p.policies.ProjectAt(absolute(folder)) },
		Marks:     policy.Marks,
		NoDiff:    p.search.noDiff,
		NoIgnore:  p.search.noIgnore, Jobs: p.search.jobs,
		MaxFileSize: p.search.maxFileSize, MaxArchiveDepth: p.search.archiveDepth,
	})
	defer p.showProgress(s.Progress())()
	return s.Run(ctx)
}

// openRepo opens the repository that a command is to search.
func openRepo(path string) (*git.Repo, error) {
	repo, err := git.Open(path, os.Getenv)
	var here *fs.PathError
	switch {
	case errors.Is(err, git.ErrNotRepository):
		err = fmt.Errorf("%w; `neokeys scan` searches files that are in none", err)
	case errors.As(err, &here) && here.Path == path:
		if !errors.Is(here.Err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", path, here.Err)
		}
		hint := cmp.Or(meantPath(path), "; give the path of a repository, or none for that of the current folder")
		err = fmt.Errorf("%s: %w%s", path, here.Err, hint)
	}
	return repo, err
}

// A gitSearch is one of the ways to search a repository.
type gitSearch func(context.Context, git.Options) (*finding.Result, error)

// objects returns how a target's objects are searched. o is what is particular to it.
func objects(o git.Options, run gitSearch) func(context.Context, *plan) (*finding.Result, error) {
	return func(ctx context.Context, p *plan) (*finding.Result, error) {
		var err error
		if o.Rules, err = p.policies.Set(); err != nil {
			return nil, err
		}
		o.Places = p.policies.ProjectAt(p.target.root).Places
		o.ProjectOf = p.projectOf
		o.Jobs, o.MaxArchiveDepth, o.AllNames = p.search.jobs, p.search.archiveDepth, p.search.allNames
		o.Trace = p.target.trace || p.report.has(report.HTML)
		o.Progress = new(scanner.Progress)
		defer p.showProgress(o.Progress)()
		return run(ctx, o)
	}
}

// historyTarget returns a repository's history.
func historyTarget(repo *git.Repo, name string) *target {
	collectOften()
	repo.Prepare()
	t := &target{name: name, root: history.Root(repo), history: true, partly: true, objects: objects(git.Options{}, repo.History)}
	t.tops, t.common = []string{t.root}, repo.Common
	t.empty = func(r *finding.Result) bool { return r.Summary.Objects == 0 && r.Summary.Files == 0 }
	t.emptyWord = "the repository has no commits"
	t.policies = func(said policy.Flags) (*policy.Policies, error) {
		ps, done, err := history.Policies(repo, said)
		t.close = func() {
			if done != nil {
				done()
			}
			repo.Close()
		}
		return ps, err
	}
	return t
}

// auditTarget returns a repository's files, if it has a worktree, and its history.
func auditTarget(repo *git.Repo, name string) *target {
	t := historyTarget(repo, name)
	if repo.Worktree == "" {
		return t
	}
	t.partly = false
	t.files = func(ctx context.Context, p *plan) (*finding.Result, error) {
		r := p.scan(ctx, []string{repo.Worktree})
		relativeTo(t.root, r)
		r.Histories = without(r.Histories, repo.Common)
		for i, path := range r.Histories {
			r.Histories[i] = shortest(absolute(path))
		}
		r.Histories = outermost(r.Histories)
		return r, nil
	}
	return t
}

// relativeTo makes the paths of a scan of files relative to root.
func relativeTo(root string, r *finding.Result) {
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			f.Path = relative(root, absolute(f.Path))
			if f.Container != "" {
				f.Container = relative(root, absolute(f.Container))
			}
			if o := f.Original; o != nil {
				o.Map = relative(root, absolute(o.Map))
				if o.Here {
					o.Path = relative(root, absolute(o.Path))
				}
			}
		}
	}
	for _, list := range [][]finding.Problem{r.Problems, r.Notices, r.LeftOut} {
		for i := range list {
			if list[i].Path != "" {
				list[i].Path = relative(root, absolute(list[i].Path))
			}
		}
	}
}

// changeTarget returns a change of a repository: what spec names, as in [git.Repo.Base], which has
// the say by which it is judged.
func changeTarget(repo *git.Repo, spec, name string, o git.Options, run gitSearch) (*target, error) {
	base, err := repo.Base(spec)
	if err != nil {
		return nil, err
	}
	tip, err := repo.Tip(spec)
	if err != nil {
		base.Close()
		return nil, err
	}
	t := &target{name: name, root: history.Root(repo), partly: true, objects: objects(o, run)}
	t.tops = []string{t.root}
	t.empty = func(r *finding.Result) bool { return r.Summary.Files == 0 }
	t.emptyWord = "no file is added or changed"
	t.close = func() { base.Close(); tip.Close() }
	t.policies = func(said policy.Flags) (*policy.Policies, error) {
		return policy.BeforeChange(said, policy.Change{Root: t.root, Worktrees: repo.Worktrees(), Base: base, Tip: tip})
	}
	return t, nil
}

// trees returns the folders whose content may be anybody's: those that are searched, with the
// worktrees that they are in, and the worktree of the current folder.
func (t *target) trees() []string {
	trees := slices.Clone(t.tops)
	for _, path := range append(trees, absolute(".")) {
		if root := config.WorktreeRoot(path); root != "" {
			trees = append(trees, root)
		}
	}
	return trees
}

// absolute returns where a finding's path leads.
func (t *target) absolute(path string) string {
	if t.root == "" {
		return absolute(path)
	}
	return history.Absolute(t.root, path)
}

// relative returns the path from folder to full, slash-separated; full itself if there is
// none.
func relative(folder, full string) string {
	if rel, err := filepath.Rel(folder, full); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(full)
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

func folderOf(file string) string { return filepath.Dir(absolute(file)) }

// shortest returns the path as a person in the current folder would write it.
func shortest(file string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, file); err == nil && len(rel) < len(file) {
			return rel
		}
	}
	return file
}
