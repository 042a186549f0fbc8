package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fix"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/scanner/gitdir"
	"github.com/neokeys/neokeys/scanner/ignore"
	"github.com/neokeys/neokeys/scanner/worktree"
)

// An envFiles takes files of secrets out of git: .env and its like. What several of them need in
// one .gitignore or .env.example is one edit.
type envFiles struct {
	*editable
	names    map[string][]string      // for each .gitignore, what it is to ignore
	examples map[string][]*fix.File   // for each .env.example, the files whose variables it shows
	ignores  map[string]string        // .gitignore by file
	reasons  map[string]string        // why a file is left
	others   map[string]*fix.File     // the .gitignore and .env.example files, with their texts
	edits    map[string]*finding.Edit // of those, nil for none that is needed
}

// envFiles finds out what the files of secrets among files need.
func (e *editable) envFiles(files []*fix.File) *envFiles {
	n := &envFiles{editable: e, names: map[string][]string{}, examples: map[string][]*fix.File{}, ignores: map[string]string{},
		reasons: map[string]string{}, others: map[string]*fix.File{}, edits: map[string]*finding.Edit{}}
	for _, f := range files {
		if fix.EnvKindOf(f.Path) != fix.EnvSecrets {
			continue
		}
		if why := n.needs(f); why != "" {
			n.reasons[f.Path] = why
		}
	}
	for file, names := range n.names {
		n.edit(file, ignoreText(n.others[file].Text, names))
	}
	for file, envs := range n.examples {
		var text []byte
		var keys []*finding.Key
		for _, f := range envs {
			text = append(append(text, f.Text...), '\n')
			for _, found := range f.Findings {
				if found.Key != nil {
					keys = append(keys, found.Key)
				}
			}
		}
		n.edit(file, fix.Example(text, n.others[file].Text, keys))
	}
	return n
}

// needs notes what one file needs, or returns why it is left.
func (n *envFiles) needs(f *fix.File) string {
	full := n.plan.absolute(f.Path)
	top, root, _ := n.top(full)
	switch {
	case root == "" || n.tracker.Tracking(full) == rules.UnknownTracking:
		return "an .env file is the place for a key: keep it out of version control"
	case top == full:
		return "its .gitignore is outside of PATH: run neokeys fix on its folder"
	}
	file, ignored, err := n.ignoreFile(full, top, root)
	if err != nil {
		return err.Error()
	}
	example := path.Join(path.Dir(f.Path), ".env.example")
	if err := n.open(example); err != nil {
		return err.Error()
	}
	n.ignores[f.Path] = file
	n.examples[example] = append(n.examples[example], f)
	if !ignored {
		n.names[file] = append(n.names[file], path.Base(f.Path))
	}
	return ""
}

// ignoreFile returns the nearest .gitignore above the file at full that may be edited, or the one
// to create, and whether the file is ignored already.
func (n *envFiles) ignoreFile(full, top, root string) (file string, ignored bool, err error) {
	nearest := ""
	for dir := filepath.Dir(full); ; dir = filepath.Dir(dir) {
		at := filepath.Join(dir, ".gitignore")
		if text, err := gitdir.ReadFile(at, ignore.MaxSize); err == nil {
			verdict := ignore.Parse(text, false).Match([]byte(relative(dir, full)), false)
			if ignored = verdict == ignore.Ignored; ignored {
				nearest = at
				break
			}
			if nearest == "" {
				nearest = at
			}
		}
		if dir == root || dir == top || dir == filepath.Dir(dir) {
			if nearest == "" {
				nearest = at
			}
			break
		}
	}
	file = n.shown(full, nearest)
	return file, ignored, n.open(file)
}

// shown returns the path of another file as that of findings in the file at full begins.
func (n *envFiles) shown(full, other string) string {
	top, _, _ := n.top(full)
	if n.plan.target.root == "" {
		if wd := absolute("."); !filepath.IsAbs(n.given(top)) {
			return relative(wd, other)
		}
		return filepath.ToSlash(other)
	}
	return relative(n.plan.target.root, other)
}

// given returns what the user wrote for what is searched.
func (n *envFiles) given(top string) string {
	if filepath.IsAbs(n.plan.target.name) && absolute(n.plan.target.name) == top {
		return top
	}
	return "."
}

// open reads a file that is to be edited or created.
func (n *envFiles) open(file string) error {
	if n.others[file] != nil {
		return nil
	}
	full := n.plan.absolute(file)
	f := &fix.File{Path: file, Rel: n.relative(full)}
	if _, err := os.Lstat(full); errors.Is(err, fs.ErrNotExist) {
		n.others[file] = f
		return nil
	}
	if why := n.refuses(full); why != "" && why != "git ignores it" {
		return fmt.Errorf("%s cannot be edited: %s", file, why)
	}
	text, err := gitdir.ReadFile(full, gitdir.MaxFile)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", file, err)
	}
	f.Text = text
	n.others[file] = f
	return nil
}

// edit notes the text to add to a file.
func (n *envFiles) edit(file, add string) {
	if add == "" {
		return
	}
	e := fix.Insert(file, n.others[file].Text, add)
	n.edits[file] = &e
}

// ignoreText returns the lines to add to a .gitignore.
func ignoreText(old []byte, names []string) string {
	slices.Sort(names)
	nl := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		nl = "\r\n"
	}
	text := ""
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		text = nl
	}
	for _, name := range slices.Compact(names) {
		text += globQuoted(name) + nl
	}
	return text
}

// inEnv are the rules whose findings in a file of secrets are gone when git has it no longer.
var inEnv = []string{"neo-api-key", "neo-legacy-token", "env-file-tracked", "shared-key", "env-mismatch", "padded-key"}

// amend has the outcomes of a file of secrets take it out of git.
func (n *envFiles) amend(f *fix.File, outcomes []fix.Outcome) {
	if fix.EnvKindOf(f.Path) != fix.EnvSecrets {
		return
	}
	why := n.reasons[f.Path]
	var made *finding.Fix
	if why == "" {
		made = n.fix(f)
	}
	for i := range outcomes {
		if o := &outcomes[i]; slices.Contains(inEnv, o.Finding.Rule) {
			o.Fix, o.Reason = made, why
		}
	}
}

// fix returns what takes the file out of git.
func (n *envFiles) fix(f *fix.File) *finding.Fix {
	made := &finding.Fix{Title: "keep the file out of git, and show its variables in .env.example", Safe: true}
	if n.tracker.Tracking(n.plan.absolute(f.Path)) == rules.Tracked {
		made.Untrack = f.Path
		made.Title = "take the file out of git, where it stays on disk, and show its variables in .env.example"
	}
	for _, file := range []string{n.ignores[f.Path], path.Join(path.Dir(f.Path), ".env.example")} {
		if e := n.edits[file]; e != nil {
			made.Edits = append(made.Edits, *e)
		}
	}
	return made
}

// untrack takes files out of git's index. What cannot be done is listed, with the command that
// does it.
func (s *fixSession) untrack() error {
	byRoot := map[string][]string{}
	for _, file := range s.untracked {
		full := s.plan.absolute(file)
		_, root, _ := newEditable(s.plan).top(full)
		byRoot[root] = append(byRoot[root], relative(root, full))
	}
	var failed error
	for root, files := range byRoot {
		tree := worktree.Find(root)
		if tree == nil {
			continue
		}
		if err := tree.Untrack(files); err != nil {
			failed = errors.Join(failed, fmt.Errorf("git's index cannot be written: %w; run `git rm --cached -- %s` in %s", err, strings.Join(files, " "), shortest(root)))
		}
	}
	return failed
}
