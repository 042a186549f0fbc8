package setup

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/config"
)

// The files that are written.
var (
	//go:embed templates/pre-commit
	preCommit string
	//go:embed templates/pre-push
	prePush string
	//go:embed templates/pre-receive
	preReceive string
	//go:embed templates/workflow.yml
	workflow string
	//go:embed templates/gitlab-ci.yml
	gitlabJob string
	//go:embed templates/neokeys.toml
	configuration string
)

// A Change is one file to write, or to add to.
type Change struct {
	Path string
	Why  string // what the change is good for, in a sentence
	// Text is the whole of a new file, or what goes behind the end of an old one.
	Text string
	Add  bool // the file is there
	Mode fs.FileMode
	// MoveTo is where what is now at Path goes first; empty to leave nothing.
	MoveTo string
}

// A Plan is what there is to do.
type Plan struct {
	Changes []Change
	// Notes are what the person has to do, or may want to know.
	Notes []string
}

// Options say what to plan.
type Options struct {
	// Program is the path of this program, for hooks to fall back to.
	Program string
	// Chain keeps a hook that is already there, to be run before neokeys.
	Chain bool
}

// PlanHooks plans git hooks on a developer's machine.
func (p *Project) PlanHooks(o Options) Plan {
	var plan Plan
	switch p.Manager {
	case "pre-commit":
		plan.note("pre-commit runs this repository's hooks. Add this under repos: in .pre-commit-config.yaml, then run `pre-commit install -t pre-commit -t pre-push`:\n\n" +
			"  - repo: https://github.com/neokeys/neokeys\n    rev: v0.1.0\n    hooks:\n      - id: neokeys\n      - id: neokeys-push")
		return plan
	case "husky":
		plan.note("husky runs this repository's hooks. Add the line `neokeys hook pre-commit` to .husky/pre-commit, and `neokeys hook pre-push \"$@\"` to .husky/pre-push.")
		return plan
	case "lefthook":
		plan.note("lefthook runs this repository's hooks. Add this to its configuration:\n\n" +
			"pre-commit:\n  jobs:\n    - run: neokeys hook pre-commit\npre-push:\n  jobs:\n    - run: neokeys hook pre-push {1} {2}\n      use_stdin: true")
		return plan
	}
	plan.hook(p.HooksDir, "pre-commit", preCommit, "a commit that would record a key is refused", o)
	plan.hook(p.HooksDir, "pre-push", prePush, "a push of commits that hold a key is refused", o)
	return plan
}

// PlanServer plans the hook of a repository that others push to.
func (p *Project) PlanServer(o Options) Plan {
	var plan Plan
	plan.hook(p.HooksDir, "pre-receive", preReceive, "pushes of commits that hold a key are refused", o)
	return plan
}

// PlanAll plans everything that a project may want. found is the number of findings that
// are there already.
func (p *Project) PlanAll(o Options) Plan {
	plan := p.PlanHooks(o)
	switch {
	case slices.Contains(p.CI, "GitHub Actions") || slices.Contains(p.Hosts, "GitHub"):
		plan.file(p.Root, ".github/workflows/neokeys.yml", workflow, "pushes and pull requests are checked on GitHub")
	case slices.Contains(p.CI, "GitLab CI"):
		plan.note("Add this job to .gitlab-ci.yml:\n\n" + strings.TrimSpace(gitlabJob))
	case slices.Contains(p.Hosts, "GitLab"):
		plan.file(p.Root, ".gitlab-ci.yml", gitlabJob, "pushes and merge requests are checked on GitLab")
	case len(p.CI) > 0:
		plan.note(fmt.Sprintf("In %s, run `neokeys git --range BASE..HEAD` for a change, or `neokeys audit` for all there is; exit status 1 means findings.", p.CI[0]))
	}
	plan.file(p.Root, config.FileName, configuration, "rules can be tuned here")
	if !p.EnvIgnored {
		plan.add(p.Root, ".gitignore", "# Secrets stay out of the repository.\n.env\n.env.*\n!.env.example\n!.env.sample\n!.env.template\n", "files with secrets are not committed by mistake")
	}
	return plan
}

func (p *Plan) note(text string) { p.Notes = append(p.Notes, text) }

// file plans a new file; one that is there is left alone.
func (p *Plan) file(root, path, text, why string) {
	full := filepath.Join(root, filepath.FromSlash(path))
	if _, err := os.Lstat(full); err == nil {
		return
	}
	p.Changes = append(p.Changes, Change{Path: full, Why: why, Text: text, Mode: 0o644})
}

// add plans lines at the end of a file, which need not be there.
func (p *Plan) add(root, path, text, why string) {
	full := filepath.Join(root, path)
	c := Change{Path: full, Why: why, Text: text, Mode: 0o644}
	if old, err := os.ReadFile(full); err == nil {
		c.Add = true
		if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
			c.Text = "\n" + c.Text
		}
	}
	p.Changes = append(p.Changes, c)
}

// hook plans a hook. One that is there is never overwritten.
func (p *Plan) hook(dir, name, script, why string, o Options) {
	path := filepath.Join(dir, name)
	c := Change{Path: path, Why: why, Mode: 0o755,
		Text: strings.ReplaceAll(script, "@NEOKEYS@", shellQuote(o.Program))}
	old, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err == nil && bytes.Contains(old, []byte("neokeys")):
		p.note(fmt.Sprintf("%s runs neokeys already.", path))
		return
	case !o.Chain:
		p.note(fmt.Sprintf("%s is there already and is left alone. Add the line `neokeys hook %s` to it, or run this again with --chain to have it run before neokeys.", path, name))
		return
	default:
		c.MoveTo = path + ".before-neokeys"
		if _, err := os.Lstat(c.MoveTo); err == nil {
			p.note(fmt.Sprintf("%s and %s are both there already and are left alone: neokeys cannot be put before them.", path, c.MoveTo))
			return
		}
	}
	p.Changes = append(p.Changes, c)
}

// shellQuote writes s as one word of a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// Apply carries the change out.
func (c *Change) Apply() error {
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o777); err != nil {
		return fmt.Errorf("%s cannot be written: %w", c.Path, err)
	}
	if c.MoveTo != "" {
		if err := os.Rename(c.Path, c.MoveTo); err != nil {
			return fmt.Errorf("%s cannot be moved aside: %w", c.Path, err)
		}
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Add {
		flags = os.O_WRONLY | os.O_APPEND
	}
	f, err := os.OpenFile(c.Path, flags, c.Mode)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", c.Path, err)
	}
	_, err = f.WriteString(c.Text)
	return errors.Join(err, f.Close())
}
