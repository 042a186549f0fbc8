package setup

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/neokeys/neokeys/internal/lazyregexp"
)

// A Diagnosis says which hooks of a repository run neokeys.
type Diagnosis struct {
	Hooks []HookState
	// Problems are what keeps neokeys from running, or from running as meant, besides what the
	// hooks have.
	Problems []Problem
}

// A HookState is whether git's hook of that name leads to neokeys.
type HookState struct {
	Name string
	// Runs says that it does, Through by which way: a file, or a file and a manager's.
	Runs    bool
	Through string
	Problem Problem // why not
}

// A Problem is something to mend, and the command that does it.
type Problem struct{ What, Mend string }

// Healthy reports whether all hooks run, and nothing is to be mended.
func (d *Diagnosis) Healthy() bool {
	return len(d.Problems) == 0 && !slices.ContainsFunc(d.Hooks, func(h HookState) bool { return !h.Runs })
}

// A doctor examines one repository.
type doctor struct {
	*Project
	machine *Machine
	version string // of this program
	local   string // core.hooksPath of the repository itself
}

// Diagnose examines the repository's hooks. version is that of this program.
func (p *Project) Diagnose(version string) (*Diagnosis, error) {
	machine, err := LookAtMachine()
	if err != nil {
		return nil, err
	}
	at := p.Root
	if at == "" {
		at = p.Dir
	}
	d := &doctor{Project: p, machine: machine, version: version}
	d.local, _ = askGit(at, "config", "--local", "--get", "core.hooksPath") // it fails where there is none
	var result Diagnosis
	names := []string{"pre-commit", "commit-msg", "pre-push"}
	if p.Root == "" {
		names = []string{"pre-receive"}
	}
	for _, name := range names {
		result.Hooks = append(result.Hooks, d.hook(name))
	}
	result.Problems = append(d.managers(), d.programs()...)
	result.Problems = append(result.Problems, d.configuration()...)
	return &result, nil
}

// hook follows one hook from where git looks for it.
func (d *doctor) hook(name string) HookState {
	h := HookState{Name: name}
	if d.machine.Config && globalSetting("hook.neokeys-"+name+".command") != "" {
		h.Runs, h.Through = true, "git's global configuration"
		return h
	}
	path := filepath.Join(d.HooksDir, name)
	info, err := os.Stat(path)
	switch {
	case err != nil:
		h.Problem = d.absent(name, path)
		return h
	case runtime.GOOS != "windows" && info.Mode()&0o111 == 0:
		h.Problem = Problem{path + " is not executable, so git ignores it", "chmod +x " + shellWord(path)}
		return h
	}
	text, err := os.ReadFile(path)
	if err != nil {
		h.Problem = Problem{err.Error(), ""}
		return h
	}
	d.follow(&h, path, string(text))
	return h
}

// absent says why there is no hook where git looks for it.
func (d *doctor) absent(name, path string) Problem {
	if problem := d.hooksProblem(); problem.What != "" {
		return problem
	}
	switch {
	case d.Manager == "pre-commit":
		return Problem{"pre-commit is not installed in this clone: there is no " + path, "pre-commit install -t " + name}
	case d.Manager == "husky" && d.local == "":
		return Problem{"husky is not installed in this clone: core.hooksPath is not set to .husky/_", "npx husky"}
	case d.Manager == "husky":
		return Problem{"husky has no script .husky/" + name, "neokeys init --hook"}
	case d.Manager == "lefthook":
		return Problem{"lefthook is not installed in this clone: there is no " + path, "lefthook install"}
	case d.local != "":
		return Problem{"core.hooksPath of this repository is " + d.local + ", where there is no " + name, "neokeys init --hook"}
	}
	mend := "neokeys init --hook"
	if d.Root == "" {
		mend = "neokeys init --server"
	}
	return Problem{"there is no " + path, mend}
}

// follow finds out whether a hook's script leads to neokeys, itself or through a manager.
func (d *doctor) follow(h *HookState, path, text string) {
	switch {
	case strings.Contains(text, "neokeys"):
		h.Runs, h.Through = true, path
	case strings.Contains(text, "pre-commit.com"):
		d.through(h, path, ".pre-commit-config.yaml", d.frameworkRuns(h.Name), "the hook of neokeys for "+h.Name, "neokeys init --hook")
	case strings.Contains(text, "lefthook"):
		config := d.configOf("lefthook")
		d.through(h, path, config, d.lefthookRuns(config, h.Name), "a job of "+h.Name+" that runs neokeys", "neokeys init --hook")
	case inHusky(path):
		script := ".husky/" + h.Name
		own, err := os.ReadFile(d.path(script))
		d.through(h, path, script, err == nil && strings.Contains(string(own), "neokeys"), "a line that runs neokeys", "neokeys init --hook")
		if init, err := os.ReadFile(d.machine.husky); !h.Runs && own != nil && err == nil && strings.Contains(string(init), "neokeys") {
			h.Runs, h.Through = true, path+", by "+d.machine.husky
		}
	default:
		h.Problem = Problem{path + " does not run neokeys", "neokeys init --hook --chain"}
		if d.Root == "" {
			h.Problem.Mend = "neokeys init --server --chain"
		}
	}
}

// through notes that a hook leads to a manager's configuration, and whether that has neokeys.
func (d *doctor) through(h *HookState, path, config string, runs bool, lacks, mend string) {
	if h.Runs = runs; runs {
		h.Through = path + " and " + config
		return
	}
	h.Problem = Problem{config + " lacks " + lacks, mend}
}

// inHusky reports whether path is a hook that husky made: husky 9 makes those in .husky/_, older
// ones in .husky itself.
func inHusky(path string) bool {
	folder := filepath.Dir(path)
	if filepath.Base(folder) == "_" {
		folder = filepath.Dir(folder)
	}
	return filepath.Base(folder) == ".husky"
}

// configOf returns the file by which a manager is recognised.
func (d *doctor) configOf(manager string) string {
	for _, s := range managerSigns {
		if s.means == manager && d.has(s.path) {
			return s.path
		}
	}
	return ""
}

// frameworkRuns reports whether pre-commit's configuration has a hook of neokeys for the stage.
func (d *doctor) frameworkRuns(stage string) bool {
	var config struct {
		Repos []struct {
			Repo  string
			Hooks []struct {
				ID, Entry string
				Stages    []string
			}
		}
	}
	text, err := os.ReadFile(d.path(".pre-commit-config.yaml"))
	if err != nil || yaml.Unmarshal(text, &config) != nil {
		return false
	}
	for _, r := range config.Repos {
		for _, h := range r.Hooks {
			if strings.HasPrefix(h.Entry, "neokeys hook "+stage) || strings.Contains(r.Repo, "neokeys") && slices.Contains(frameworkIDs(stage), h.ID) {
				return true
			}
		}
	}
	return false
}

// frameworkIDs returns the hooks of .pre-commit-hooks.yaml for a stage.
func frameworkIDs(stage string) []string {
	id := map[string]string{"pre-commit": "neokeys", "commit-msg": "neokeys-message", "pre-push": "neokeys-push"}[stage]
	return []string{id, id + "-python", id + "-node"}
}

// lefthookRuns reports whether lefthook's configuration runs neokeys in a hook.
func (d *doctor) lefthookRuns(config, hook string) bool {
	text, err := os.ReadFile(d.path(config))
	if err != nil {
		return false
	}
	var hooks map[string]any
	if yaml.Unmarshal(text, &hooks) != nil { // JSON is YAML, TOML is not
		return strings.Contains(string(text), "neokeys hook "+hook)
	}
	return strings.Contains(fmt.Sprint(hooks[hook]), "neokeys")
}

// managers says which manager's configuration is not used, because git looks elsewhere.
func (d *doctor) managers() []Problem {
	var problems []Problem
	for _, s := range managerSigns {
		if !d.has(s.path) || s.means == d.Manager {
			continue
		}
		problems = append(problems, Problem{s.path + " may not be used: " + d.Manager + " (" + d.Config + ") also manages the hooks of this repository", "git config --get core.hooksPath"})
	}
	if d.HooksDir != filepath.Join(d.Common, "hooks") && exists(d.machine.hooks()) && !sameFolder(d.HooksDir, d.machine.hooks()) && !d.machine.Config {
		problems = append(problems, Problem{"the hooks of `neokeys init --global` do not run here: core.hooksPath of this repository is " + d.local, "neokeys init --hook"})
	}
	if d.Manager == "pre-commit" && d.local != "" {
		problems = append(problems, Problem{"core.hooksPath of this repository is " + d.local + ", where pre-commit installs no hooks", "git config --unset core.hooksPath"})
	}
	return problems
}

func sameFolder(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// programs says which neokeys the hooks run: an old one, or none where PATH is that of a program
// with windows.
func (d *doctor) programs() []Problem {
	found, err := exec.LookPath("neokeys")
	if err != nil {
		return []Problem{{"there is no neokeys on PATH: hooks of husky and lefthook cannot run it", "export PATH=\"" + filepath.Dir(executable()) + ":$PATH\" (in your shell's profile)"}}
	}
	var problems []Problem
	if version := versionOf(found); older(version, d.version) {
		problems = append(problems, Problem{"the hooks run " + found + ", which is neokeys " + version + "; this one is " + d.version, "go install github.com/neokeys/neokeys@latest"})
	}
	managed := d.Manager == "husky" || d.Manager == "lefthook"
	if managed && runtime.GOOS != "windows" && !slices.Contains(plainPath, filepath.Dir(found)) {
		problems = append(problems, Problem{"programs with windows may not find " + found + ": the hooks of " + d.Manager + " look for neokeys on PATH, and theirs is not that of your shell",
			"sudo ln -s " + shellWord(found) + " /usr/local/bin/neokeys"})
	}
	return problems
}

// plainPath are the folders that programs find that no shell has started.
var plainPath = []string{"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return "."
	}
	return path
}

// versionOf asks a neokeys for its version; empty if it is so old that it does not answer.
func versionOf(program string) string {
	out, err := exec.Command(program, "version", "-f", "json").Output()
	var info struct{ Version string }
	if err != nil || json.Unmarshal(out, &info) != nil {
		return ""
	}
	return info.Version
}

var leading = lazyregexp.New(`^v?([0-9]+)\.([0-9]+)\.([0-9]+)(-?)`)

// older reports whether version a is older than b, by their numbers. A build from a checkout,
// 0.0.0-DATE, is not older than a release.
func older(a, b string) bool {
	if a == "" {
		return true
	}
	x, y := leading.FindStringSubmatch(a), leading.FindStringSubmatch(b)
	if x == nil || y == nil || strings.HasPrefix(a, "0.0.0") || strings.HasPrefix(b, "0.0.0") {
		return false
	}
	for i := 1; i <= 3; i++ {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return x[4] != "" && y[4] == "" // a pre-release comes before the release
}

// configuration says which files look like neokeys' configuration and are not read.
func (d *doctor) configuration() []Problem {
	var problems []Problem
	if d.Root == "" {
		return nil
	}
	for _, name := range []string{"neokeys.toml", ".neokeys.yaml", ".neokeys.yml", ".neokeys.json", "neokeys.yaml", "neokeys.yml", ".config/neokeys.toml", ".github/neokeys.toml", ".github/.neokeys.toml"} {
		if d.has(name) {
			problems = append(problems, Problem{name + " is not read: neokeys reads .neokeys.toml", "git mv " + name + " .neokeys.toml"})
		}
	}
	// A hook judges by what the last commit has.
	if d.has(".neokeys.toml") {
		if _, err := askGit(d.Root, "cat-file", "-e", "HEAD:.neokeys.toml"); err != nil {
			problems = append(problems, Problem{".neokeys.toml is not committed, and hooks judge by what the last commit has", "git add .neokeys.toml && git commit"})
		}
	}
	return problems
}

// shellWord quotes a path for a shell if it has to be.
func shellWord(path string) string {
	if lazyregexp.New(`^[A-Za-z0-9_./:@%+=-]+$`).MatchString(path) {
		return path
	}
	return shellQuote(path)
}
