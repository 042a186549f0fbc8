package setup

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

var (
	//go:embed templates/global-hook
	globalHook string
	//go:embed templates/husky-init
	huskyInit string
)

// gitHooks are all hooks that git has. A folder of global hooks takes the place of the one in each
// repository, so it needs one for each of these, to run the repository's own.
var gitHooks = []string{
	"applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg",
	"post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update", "proc-receive", "post-receive",
	"post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite", "sendemail-validate",
	"fsmonitor-watchman", "post-index-change", "p4-changelist", "p4-prepare-changelist", "p4-post-changelist", "p4-pre-submit",
}

// A Machine is the user's own configuration, which holds for all their repositories.
type Machine struct {
	// Folder is neokeys' own, with the hooks and the record.
	Folder string
	// HooksPath is git's global core.hooksPath; empty if it is not set.
	HooksPath string
	// Config says that git takes hooks from its configuration, beside those of a repository:
	// git 2.54 and later do.
	Config bool

	husky string // what husky runs before each hook
}

// LookAtMachine looks at the user's own configuration.
func LookAtMachine() (*Machine, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	// As git and husky have it, on every system.
	top := os.Getenv("XDG_CONFIG_HOME")
	if top == "" {
		top = filepath.Join(home, ".config")
	}
	if !filepath.IsAbs(top) {
		return nil, errors.New("XDG_CONFIG_HOME is not an absolute path")
	}
	said, err := askGit(".", "version")
	if err != nil {
		return nil, err
	}
	hooks, err := askGit(".", "config", "--global", "--type=path", "--default=", "--get", "core.hooksPath")
	if err != nil {
		return nil, err
	}
	return &Machine{
		Folder: filepath.Join(top, "neokeys"), HooksPath: hooks, Config: atLeast(said, 2, 54),
		husky: filepath.Join(top, "husky", "init.sh"),
	}, nil
}

// atLeast reports whether git is of a version, by what `git version` says.
func atLeast(said string, major, minor int) bool {
	numbers := strings.SplitN(strings.TrimPrefix(said, "git version "), ".", 3)
	if len(numbers) < 2 {
		return false
	}
	m, err := strconv.Atoi(numbers[0])
	if err != nil || m != major {
		return err == nil && m > major
	}
	n, err := strconv.Atoi(numbers[1])
	return err == nil && n >= minor
}

// hooks is the folder of the global hooks.
func (m *Machine) hooks() string { return filepath.Join(m.Folder, "hooks") }

// Plan plans hooks for all the user's repositories.
func (m *Machine) Plan(o Options) Plan {
	var plan Plan
	if m.Config {
		plan.settings(o)
		return plan
	}
	if m.HooksPath != "" && filepath.Clean(m.HooksPath) != filepath.Clean(m.hooks()) {
		plan.block(fmt.Sprintf("git's global core.hooksPath is %s already, and is left alone. Have the hooks there run\nneokeys hook pre-commit, neokeys hook commit-msg \"$1\" and neokeys hook pre-push \"$@\".", m.HooksPath))
		return plan
	}
	script := strings.ReplaceAll(globalHook, "@NEOKEYS@", shellQuote(o.Program))
	for _, name := range gitHooks {
		path := filepath.Join(m.hooks(), name)
		if exists(path) {
			continue
		}
		plan.Changes = append(plan.Changes, Change{Path: path, Why: whyGlobal(name), Text: script, Mode: 0o755})
	}
	if m.HooksPath == "" {
		plan.Changes = append(plan.Changes, Change{Path: "core.hooksPath", Text: filepath.ToSlash(m.hooks()), Setting: true, Why: "git runs the hooks in that folder in every repository that has no core.hooksPath of its own"})
	}
	plan.huskyOfUser(m, strings.ReplaceAll(huskyInit, "@NEOKEYS@", shellQuote(o.Program)))
	if len(plan.Changes) == 0 {
		plan.note("The global hooks run neokeys already.")
	}
	return plan
}

// whyGlobal says what the global hook of that name is for.
func whyGlobal(name string) string {
	for _, h := range clientHooks {
		if h.name == name {
			return h.why + "; then the repository's own hook runs"
		}
	}
	return "the repository's own hook runs"
}

// settings plans hooks in git's configuration, which run before those of the repository, whatever
// its core.hooksPath.
func (p *Plan) settings(o Options) {
	for _, h := range clientHooks {
		name := "hook.neokeys-" + h.name
		if globalSetting(name+".command") != "" {
			continue
		}
		// Git hands the arguments over as the shell's own.
		command := `neokeys=$(command -v neokeys) || neokeys=` + shellQuote(o.Program) + `; "$neokeys" hook ` + h.name
		p.Changes = append(p.Changes,
			Change{Path: name + ".command", Text: command, Setting: true, Why: h.why + ", before the repository's own hook runs"},
			Change{Path: name + ".event", Text: h.name, Setting: true, Why: "when git runs it"})
	}
	if len(p.Changes) == 0 {
		p.note("The global hooks run neokeys already.")
	}
}

// huskyOfUser plans lines in the user's file that husky runs before each of its hooks: where it
// manages the hooks, core.hooksPath is its own.
func (p *Plan) huskyOfUser(m *Machine, lines string) {
	why := "where husky manages the hooks, it runs this first, for the hooks that the repository has"
	old, err := os.ReadFile(m.husky)
	switch {
	case errors.Is(err, os.ErrNotExist):
		p.Changes = append(p.Changes, Change{Path: m.husky, Why: why, Text: lines, Mode: 0o644, added: []string{lines}})
	case err != nil:
		p.note(fmt.Sprintf("%v: where husky manages the hooks, neokeys does not run.", err))
	case !strings.Contains(string(old), "neokeys"):
		text := string(old)
		if text != "" && !strings.HasSuffix(text, "\n") {
			lines = "\n" + lines
		}
		p.Changes = append(p.Changes, Change{Path: m.husky, Why: why, Old: text, Text: text + lines, Edit: true, added: []string{lines}})
	}
}

// Record keeps what was written, for [Machine.PlanRemoval].
func (m *Machine) Record(changes []Change) error {
	if err := os.MkdirAll(m.Folder, 0o777); err != nil {
		return err
	}
	return keep(m.Folder, changes)
}

// PlanRemoval plans to take back what Plan wrote.
func (m *Machine) PlanRemoval() (Plan, error) { return removal(m.Folder, "") }

// Forget removes the record of what was taken back, and the folder if it is empty.
func (m *Machine) Forget() error {
	if err := (&record{}).write(m.Folder); err != nil {
		return err
	}
	_ = os.Remove(m.Folder) // something else may be in it
	return nil
}
