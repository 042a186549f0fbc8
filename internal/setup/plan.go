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

	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
)

// The files that are written.
var (
	//go:embed templates/pre-commit
	preCommit string
	//go:embed templates/commit-msg
	commitMsg string
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

// What a hook manager's configuration needs.
const (
	frameworkEntry = `  - repo: https://github.com/neokeys/neokeys
    rev: v0.1.0  # pre-commit autoupdate finds the latest
    hooks:
      - id: neokeys
      - id: neokeys-message
      - id: neokeys-push`
	lefthookEntry = `pre-commit:
  jobs:
    - run: neokeys hook pre-commit
commit-msg:
  jobs:
    - run: neokeys hook commit-msg {1}
pre-push:
  jobs:
    - run: neokeys hook pre-push {1} {2}
      use_stdin: true`
)

// A Plan is what there is to do.
type Plan struct {
	Changes []Change
	// Notes are what the person has to do, or may want to know.
	Notes []string
	// Blocked says that some hook cannot be written, and a note says why.
	Blocked bool
	// Impossible says that a file cannot be written because its place is taken by something else than
	// a file, and a note says by what.
	Impossible bool
}

// Options say what to plan.
type Options struct {
	// Program is the path of this program, for hooks to fall back to.
	Program string
	// Action is the commit of this program, at which the workflow uses the action, and a comment
	// that says which version that is; or a tag, where the commit is not known.
	Action string
	// Chain keeps a hook that is already there, to be run before neokeys.
	Chain bool
}

// PlanHooks plans git hooks on a developer's machine.
func (p *Project) PlanHooks(o Options) Plan {
	var plan Plan
	switch p.Manager {
	case "husky":
		plan.husky(p)
	case "lefthook":
		plan.lefthook(p)
	case "pre-commit":
		plan.framework(p)
	default:
		if plan.folder(p) {
			for _, h := range clientHooks {
				plan.hook(p.HooksDir, h.name, *h.script, h.why, o)
			}
		}
	}
	return plan
}

// framework says how the pre-commit framework is to run neokeys.
func (p *Plan) framework(project *Project) {
	if text, err := os.ReadFile(project.path(project.Config)); err == nil && bytes.Contains(text, []byte("neokeys")) {
		p.note("pre-commit runs neokeys already.")
		return
	}
	p.block("pre-commit runs this repository's hooks. Add this to repos: in " + project.Config +
		",\nand run `pre-commit install -t pre-commit -t commit-msg -t pre-push`:\n\n" + indent(frameworkEntry))
}

// PlanServer plans the hook of a repository that others push to.
func (p *Project) PlanServer(o Options) Plan {
	var plan Plan
	if !plan.folder(p) {
		return plan
	}
	plan.hook(p.HooksDir, "pre-receive", preReceive, "a push of commits that hold a key is refused", o)
	return plan
}

// PlanAll plans everything that a project may want. known is a baseline of what was found,
// nil if that was nothing.
func (p *Project) PlanAll(o Options, known *baseline.Baseline) Plan {
	plan := p.PlanHooks(o)
	switch {
	case slices.Contains(p.CI, "GitHub Actions") || slices.Contains(p.Hosts, "GitHub"):
		plan.file(p, ".github/workflows/neokeys.yml", strings.ReplaceAll(workflow, "@REF@", o.Action), "pushes and pull requests are checked on GitHub")
	case slices.Contains(p.CI, "GitLab CI"):
		if text, err := os.ReadFile(p.path(".gitlab-ci.yml")); err != nil || !bytes.Contains(text, []byte("neokeys")) {
			plan.note("Add this job to .gitlab-ci.yml:\n\n" + indent(strings.TrimSpace(gitlabJob)))
		}
	case slices.Contains(p.Hosts, "GitLab"):
		plan.file(p, ".gitlab-ci.yml", gitlabJob, "pushes and merge requests are checked on GitLab")
	case len(p.CI) > 0:
		plan.note(fmt.Sprintf("In %s, run `neokeys git --range BASE..HEAD` for a change, or `neokeys scan` for\nall files; exit status 1 means findings.", p.CI[0]))
	}
	plan.file(p, config.FileName, configuration, "rules can be tuned here")
	if len(p.NotIgnored) > 0 {
		plan.add(p, ".gitignore", ignoreLines(p.NotIgnored), "files with secrets are not committed by mistake")
	}
	if known != nil {
		plan.baseline(p, known)
	}
	return plan
}

// ignoreLines returns the lines of .gitignore by which names are ignored.
func ignoreLines(names []string) string {
	lines := "# Secrets stay out of the repository.\n"
	if slices.Contains(names, ".env") {
		lines += ".env\n"
	}
	if slices.Contains(names, ".env.local") {
		lines += ".env.*\n!.env.example\n!.env.sample\n!.env.template\n"
	}
	return lines
}

// edit plans an edit of a file of which old is the text.
func (p *Plan) edit(project *Project, name, old, text, why string, added ...string) {
	p.Changes = append(p.Changes, Change{Path: project.path(name), Why: why, Old: old, Text: text, Edit: true, root: project.Root, added: added})
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }

func (p *Plan) note(text string) { p.Notes = append(p.Notes, text) }

// file plans a new file; one that is there is left alone.
func (p *Plan) file(project *Project, name, text, why string) {
	path := project.path(name)
	if p.taken(path) {
		return
	}
	p.Changes = append(p.Changes, Change{Path: path, Why: why, Text: text, Mode: 0o644, root: project.Root})
}

func (p *Plan) baseline(project *Project, b *baseline.Baseline) {
	path := project.path(baseline.FileName)
	if p.taken(path) {
		return
	}
	attributes := project.path(".gitattributes")
	if text, err := os.ReadFile(attributes); err != nil || !bytes.Contains(text, []byte(baseline.FileName)) {
		p.add(project, ".gitattributes", baseline.Attributes, "the baselines of two branches can be merged")
	}
	p.Changes = append(p.Changes, Change{Path: path, baseline: b, Mode: 0o644, root: project.Root,
		Why: fmt.Sprintf("only new findings fail, not the current ones (%d)", len(b.Entries))})
}

// add plans lines at the end of a file, which need not be there.
func (p *Plan) add(project *Project, name, text, why string) {
	path := project.path(name)
	c := Change{Path: path, Why: why, Text: text, Mode: 0o644, root: project.Root, added: []string{text}}
	if old, err := os.ReadFile(path); err == nil {
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
		if _, err := os.Lstat(path); err == nil {
			p.impossible(path + " is a link that leads nowhere, and is left alone.")
			return
		}
	case err != nil:
		p.impossible(path + " cannot be read, so no hook can be written there: " + describe(err))
		return
	case bytes.Contains(old, []byte("neokeys")):
		p.note(path + " runs neokeys already.")
		return
	case !o.Chain:
		command := "neokeys hook " + name
		switch name {
		case "pre-push":
			command += ` "$@"`
		case "commit-msg":
			command += ` "$1"`
		}
		p.block(fmt.Sprintf("%s is there already and is left alone. Add this line to it:\n\n%s\n\nor have it run before neokeys: --chain.", path, indent(command)))
		return
	default:
		c.MoveTo = path + ".before-neokeys"
		if _, err := os.Lstat(c.MoveTo); err == nil {
			p.block(fmt.Sprintf("%s and %s are both there already and are left alone:\nneokeys cannot be put before them.", path, c.MoveTo))
			return
		}
	}
	p.Changes = append(p.Changes, c)
}

func (p *Plan) block(text string) {
	p.Blocked = true
	p.note(text)
}

// shellQuote writes s as one word of a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
