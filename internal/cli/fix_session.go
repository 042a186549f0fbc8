package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fix"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner"
)

// A fixSession is what there is to fix, after one search.
type fixSession struct {
	plan    *plan
	result  *finding.Result
	changes []*fileChange // one for each file, in the order of paths
	fixed   []fixed       // what the changes mend
	// withheld are unsafe fixes that nobody asked for; later, those that others stand in the
	// way of.
	withheld, later []fixed
	left            []fixed  // findings that no edit mends, with the reason
	untracked       []string // files that git is to track no longer
	kept            []string // variables that were added to .env
	skipped         int      // suppressed findings
}

// fixed is a finding with its fix, or the reason why there is none.
type fixed struct {
	*finding.Finding
	fix    *finding.Fix
	reason string
}

// A fileChange is how one file changes.
type fileChange struct {
	path, full string
	text       []byte
	edits      []finding.Edit
	created    bool // it is not there yet
}

// session searches, and finds out what there is to fix.
func (c *fixCommand) session(ctx context.Context, p *plan) (*fixSession, error) {
	r, err := judged(ctx, p)
	if err != nil {
		return nil, err
	}
	s := &fixSession{plan: p, result: r, skipped: r.Suppressed()}
	e := newEditable(p)
	files := e.files(r, func(f *finding.Finding, why string) {
		s.left = append(s.left, fixed{Finding: f, reason: why})
	})
	texts := map[string]*fix.File{}
	var wanted []fixed
	for f, outcomes := range e.outcomes(ctx, files) {
		texts[f.Path] = f
		for _, o := range outcomes {
			made := fixed{o.Finding, o.Fix, o.Reason}
			switch {
			case o.Fix == nil:
				s.left = append(s.left, made)
			case !o.Fix.Safe && !c.unsafe:
				s.withheld = append(s.withheld, made)
			default:
				wanted = append(wanted, made)
			}
		}
	}
	for path, f := range e.env.others {
		texts[path] = f
	}
	s.choose(wanted, texts)
	return s, ctx.Err()
}

// outcomes returns what there is to do about the findings of each file.
func (e *editable) outcomes(ctx context.Context, files []*fix.File) iter.Seq2[*fix.File, []fix.Outcome] {
	names := fix.NewNames(files, e.examples(files))
	e.env = e.envFiles(files)
	return func(yield func(*fix.File, []fix.Outcome) bool) {
		for _, f := range files {
			if ctx.Err() != nil {
				return
			}
			outcomes := f.Fix(names)
			e.env.amend(f, outcomes)
			if !yield(f, outcomes) {
				return
			}
		}
	}
}

// offerFixes has the findings in files on disk know what mends them.
func (p *plan) offerFixes(ctx context.Context, r *finding.Result) {
	e := newEditable(p)
	files := e.files(r, func(*finding.Finding, string) {})
	for _, outcomes := range e.outcomes(ctx, files) {
		for _, o := range outcomes {
			o.Finding.Fix = o.Fix
		}
	}
}

// choose makes the changes of those fixes that can be made together.
func (s *fixSession) choose(wanted []fixed, texts map[string]*fix.File) {
	var fixes []*finding.Fix
	for _, w := range wanted {
		fixes = append(fixes, w.fix)
	}
	edits, late := fix.Choose(fixes)
	for _, w := range wanted {
		if slices.Contains(late, w.fix) {
			s.later = append(s.later, w)
		} else {
			s.fixed = append(s.fixed, w)
			if u := w.fix.Untrack; u != "" && !slices.Contains(s.untracked, u) {
				s.untracked = append(s.untracked, u)
			}
		}
	}
	for path, list := range edits {
		s.changes = append(s.changes, &fileChange{path, s.plan.absolute(path), texts[path].Text, list, texts[path].Text == nil})
	}
	slices.SortFunc(s.changes, func(a, b *fileChange) int { return cmp.Compare(a.path, b.path) })
}

// madeIn returns the fixes whose edits are all in the changes.
func (s *fixSession) madeIn(changes []*fileChange) (list []fixed) {
	for _, f := range s.fixed {
		made := f.fix.Untrack == ""
		for i := range f.fix.Edits {
			path := f.fix.Edits[i].Path
			made = made && slices.ContainsFunc(changes, func(c *fileChange) bool { return c.path == path })
		}
		if made {
			list = append(list, f)
		}
	}
	return list
}

// editable decides which files may be edited.
type editable struct {
	plan    *plan
	tops    []string  // what is searched, absolute
	env     *envFiles // what files of secrets need; nil before outcomes
	tracker scanner.Tracker
}

func newEditable(p *plan) *editable { return &editable{plan: p, tops: p.target.tops} }

// top returns what is searched that the file at full is in, and the root of its worktree, which is
// empty if it is in none.
func (e *editable) top(full string) (top, root string, ok bool) {
	for _, t := range e.tops {
		rel, err := filepath.Rel(t, full)
		if err == nil && (rel == "." || filepath.IsLocal(rel)) && len(t) > len(top) {
			top, ok = t, true
		}
	}
	if ok {
		root = config.WorktreeRoot(top)
	}
	return top, root, ok
}

// files returns the files with findings that may be edited, with their texts, in the order of
// paths. leave is called for each finding in another file.
func (e *editable) files(r *finding.Result, leave func(f *finding.Finding, why string)) []*fix.File {
	byPath := map[string]*fix.File{}
	reasons := map[string]string{}
	var files []*fix.File
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Counts() {
			continue
		}
		path := f.File()
		file, known := byPath[path]
		if !known {
			var why string
			if f.Container != "" {
				why = "it is in an archive: fix what the archive is made of"
			} else if file, why = e.read(path); file != nil {
				files = append(files, file)
			}
			byPath[path], reasons[path] = file, why
		}
		if file == nil {
			leave(f, reasons[path])
			continue
		}
		file.Findings = append(file.Findings, f)
	}
	return files
}

// read returns the file at a finding's path, or why it is not to be edited.
func (e *editable) read(path string) (*fix.File, string) {
	full := e.plan.absolute(path)
	info, err := os.Lstat(full)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "a key is in its name, or it is gone: rename it, and run neokeys fix again"
	}
	if why := e.refuses(full); why != "" {
		return nil, why
	}
	switch {
	case err == nil && info.Size() > fix.MaxSize:
		return nil, "it is larger than 1 MiB: programs write such files"
	case err == nil && info.Mode()&0o222 == 0:
		return nil, "it is read-only: make it writable, if it is to change"
	}
	text, err := os.ReadFile(full)
	if err != nil {
		return nil, "it cannot be read: " + rules.Mask(err.Error())
	}
	return &fix.File{Path: path, Rel: e.relative(full), Text: text}, ""
}

// relative returns the path in the worktree, or else below the folder of what is searched.
func (e *editable) relative(full string) string {
	top, root, _ := e.top(full)
	return relative(cmp.Or(root, filepath.Dir(top)), full)
}

// refuses returns why the file at full is not to be edited, whatever is in it.
func (e *editable) refuses(full string) string {
	top, root, ok := e.top(full)
	if !ok {
		return "it is outside of PATH"
	}
	rel, err := filepath.Rel(top, full)
	if err != nil {
		return "it is outside of PATH"
	}
	at := top
	for _, name := range append([]string{""}, strings.Split(rel, string(filepath.Separator))...) {
		at = filepath.Join(at, name)
		info, err := os.Lstat(at)
		switch {
		case err != nil:
			return "it cannot be read: " + rules.Mask(err.Error())
		case info.Mode()&fs.ModeSymlink != 0:
			return "a link leads to it: fix the file itself"
		case at == full && !info.Mode().IsRegular():
			return "it is no regular file"
		}
	}
	if root != "" {
		if inner := config.WorktreeRoot(full); inner != root {
			return "it is in a submodule or another repository: run neokeys fix there"
		}
	}
	if e.tracker.Tracking(full) == rules.Ignored {
		return "git ignores it"
	}
	return ""
}

const (
	// maxExample is the size in bytes of the largest file that is read for names of variables.
	maxExample = 64 << 10
	// maxFolders is how many folders are looked in for such files.
	maxFolders = 1000
)

// exampleNames are files that name variables for people to set.
var exampleNames = []string{".env", ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.local", "env.example", "docker-compose.yml", "compose.yaml"}

// examples returns the texts of files that name variables, by their paths: beside files, and in the
// folders above them up to the root of the worktree, or to PATH.
func (e *editable) examples(files []*fix.File) map[string][]byte {
	p := e.plan
	texts := map[string][]byte{}
	seen := map[string]bool{}
	for _, f := range files {
		folder := path.Dir(f.Path)
		top, root, _ := e.top(p.absolute(f.Path))
		root = cmp.Or(root, top)
		for n := 0; !seen[folder] && len(seen) < maxFolders; n++ {
			seen[folder] = true
			names := exampleNames
			if full := p.absolute(folder); n == 0 && strings.HasPrefix(path.Ext(f.Path), ".tf") {
				others, _ := filepath.Glob(filepath.Join(globQuoted(full), "*.tf"))
				for _, other := range others {
					names = append(names[:len(names):len(names)], filepath.Base(other))
				}
			}
			for _, name := range names {
				if text := readSmall(filepath.Join(p.absolute(folder), name)); text != nil {
					texts[path.Join(folder, name)] = text
				}
			}
			if full := p.absolute(folder); full == root || full == filepath.Dir(full) {
				break
			}
			folder = path.Join(folder, "..")
		}
	}
	return texts
}

// globQuoted returns a pattern that matches path alone.
func globQuoted(path string) string { return globMeta.Replace(path) }

var globMeta = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`)

// readSmall returns the text of a regular file that is not large; nil for another.
func readSmall(full string) []byte {
	info, err := os.Lstat(full)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxExample {
		return nil
	}
	text, err := os.ReadFile(full)
	if err != nil {
		return nil
	}
	return text
}
