package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/baseline"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/rules"
)

// newRepo returns the folder of a new repository that holds files.
func newRepo(t *testing.T, files ...string) string {
	t.Helper()
	gittest.Isolate(t)
	t.Setenv("XDG_CONFIG_HOME", "")
	dir := t.TempDir()
	gittest.Run(t, dir, "init", "-q")
	for _, file := range files {
		gittest.Write(t, filepath.Join(dir, file), "")
	}
	return dir
}

func look(t *testing.T, dir string) *Project {
	t.Helper()
	p, err := Look(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// unrecorded keeps no record.
func unrecorded([]Change) error { return nil }

func TestLook(t *testing.T) {
	dir := newRepo(t, "package.json", "yarn.lock", "web/go.mod", ".github/workflows/ci.yml", "Jenkinsfile", ".husky/pre-commit")
	gittest.Run(t, dir, "remote", "add", "origin", "git@github.com:example/example.git")
	gittest.Run(t, dir, "remote", "add", "mirror", "https://gitlab.example.com/a/b.git")
	p := look(t, dir)
	for _, test := range []struct{ got, want []string }{
		{p.Packages, []string{"npm", "Yarn"}},
		{p.CI, []string{"GitHub Actions", "Jenkins"}},
		{p.Hosts, []string{"GitHub", "GitLab"}},
		{[]string{p.Manager}, []string{"husky"}},
		{p.NotIgnored, []string{".env", ".env.local"}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// TestHooksDir compares with where git itself finds the hook.
func TestHooksDir(t *testing.T) {
	dir := newRepo(t, "sub/file")
	home := os.Getenv("HOME")
	for _, set := range []func(){
		func() {},
		func() { gittest.Run(t, dir, "config", "core.hooksPath", "tools/git") },
		func() { gittest.Run(t, dir, "config", "core.hooksPath", filepath.Join(dir, "absolute")) },
		func() { gittest.Run(t, dir, "config", "--unset", "core.hooksPath") },
		func() { gittest.Run(t, dir, "config", "--global", "core.hooksPath", "~/hooks") },
		func() {
			gittest.Write(t, filepath.Join(home, "more"), "[core]\n\thooksPath = included\n")
			gittest.Run(t, dir, "config", "--global", "include.path", filepath.Join(home, "more"))
		},
	} {
		set()
		p := look(t, filepath.Join(dir, "sub"))
		mark := filepath.Join(t.TempDir(), "ran")
		gittest.Write(t, filepath.Join(p.HooksDir, "pre-commit"), "#!/bin/sh\ntouch '"+mark+"'\nexit 1\n")
		if err := os.Chmod(filepath.Join(p.HooksDir, "pre-commit"), 0o777); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("git", "commit", "--allow-empty", "-m", "x")
		cmd.Dir = filepath.Join(dir, "sub")
		_ = cmd.Run() // the hook refuses
		if _, err := os.Stat(mark); err != nil {
			t.Errorf("git does not look for hooks in %s", p.HooksDir)
		}
	}
}

func TestIgnoreLines(t *testing.T) {
	for text, added := range map[string]bool{
		"": true, "*.log\n": true, "*.log": true, ".env\n": true, ".env*\n": false, ".env\n.env.local": false,
		".env*\n!.env.local\n": true,
	} {
		dir := newRepo(t)
		gittest.Write(t, filepath.Join(dir, ".gitignore"), text)
		plan := look(t, dir).PlanAll(Options{}, nil)
		at := slices.IndexFunc(plan.Changes, func(c Change) bool { return filepath.Base(c.Path) == ".gitignore" })
		if (at >= 0) != added {
			t.Errorf("%q: %+v", text, plan.Changes)
		}
		if at < 0 {
			continue
		}
		if err := Apply(plan.Changes[at:at+1], unrecorded); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
		if err != nil || !strings.HasPrefix(string(got), text) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
		for _, name := range []string{".env", "sub/.env.local"} {
			gittest.Run(t, dir, "check-ignore", "-q", name)
		}
		if missing := look(t, dir).NotIgnored; len(missing) > 0 {
			t.Errorf("%q: %q are still not ignored after %q", text, missing, got)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := newRepo(t)
	gittest.Run(t, dir, "remote", "add", "origin", "https://github.com/example/example")
	o := Options{Program: "/usr/bin/neokeys", Chain: true}
	plan := look(t, dir).PlanAll(o, &baseline.Baseline{Entries: []baseline.Entry{{Rule: "neo-api-key"}}})
	if len(plan.Changes) != 8 {
		t.Errorf("%d changes, want 8: three hooks, workflow, configuration, .gitignore, .gitattributes, baseline", len(plan.Changes))
	}
	// Somebody else is faster.
	for i := range plan.Changes {
		gittest.Write(t, plan.Changes[i].Path, "mine")
	}
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if Apply([]Change{*c}, unrecorded) == nil {
			t.Errorf("%s: no error", c.Path)
		}
		if text, err := os.ReadFile(c.Path); err != nil || string(text) != "mine" {
			t.Errorf("%s is now %q, %v", c.Path, text, err)
		}
	}
}

func TestLinksDoNotLeadOut(t *testing.T) {
	dir, outside := newRepo(t), t.TempDir()
	gittest.Run(t, dir, "remote", "add", "origin", "https://github.com/example/example")
	if err := os.Symlink(outside, filepath.Join(dir, ".github")); err != nil {
		t.Skip(err)
	}
	gittest.Write(t, filepath.Join(outside, "mine"), "mine")
	if err := os.Symlink(filepath.Join(outside, "mine"), filepath.Join(dir, ".gitignore")); err != nil {
		t.Fatal(err)
	}
	plan := look(t, dir).PlanAll(Options{}, nil)
	for i := range plan.Changes {
		_ = Apply(plan.Changes[i:i+1], unrecorded) // what is outside tells
	}
	entries, err := os.ReadDir(outside)
	text, _ := os.ReadFile(filepath.Join(outside, "mine"))
	if err != nil || len(entries) != 1 || string(text) != "mine" {
		t.Errorf("outside the repository there are %v, %q, %v", entries, text, err)
	}
}

func TestTemplates(t *testing.T) {
	if _, err := config.Parse("template", []byte(configuration), rules.IDs()); err != nil {
		t.Error(err)
	}
	// Without its comment signs, too: what it proposes must be right.
	var settings strings.Builder
	for line := range strings.Lines(configuration) {
		if strings.Contains(line, "=") || strings.Contains(line, "[") {
			settings.WriteString(strings.TrimPrefix(line, "# "))
		}
	}
	if _, err := config.Parse("template", []byte(settings.String()), rules.IDs()); err != nil {
		t.Errorf("%v in:\n%s", err, settings.String())
	}
	if got := shellQuote("it's"); got != `'it'\''s'` {
		t.Error(got)
	}
}

// What fails half way leaves everything as it was.
func TestAllOrNothing(t *testing.T) {
	root := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put(".gitignore", "x")
	put("hook", "old")
	put("taken", "theirs")
	in := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	err := Apply([]Change{
		{Path: in("a/b/new"), Text: "x", Mode: 0o666, root: root},
		{Path: in("c/hooks/new"), Text: "x", Mode: 0o666},
		{Path: in("hook"), Text: "new", Mode: 0o777, MoveTo: in("hook.before-neokeys")},
		{Path: in(".gitignore"), Text: "y", Add: true, root: root},
		{Path: in("taken"), Text: "x", Mode: 0o666, root: root},
	}, unrecorded)
	if err == nil {
		t.Fatal("a file was overwritten")
	}
	var left []string
	if err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		text, _ := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		left = append(left, filepath.ToSlash(rel)+" "+string(text))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := []string{". ", ".gitignore x", "hook old", "taken theirs"}; !slices.Equal(left, want) {
		t.Errorf("%q is left, want %q", left, want)
	}
}

// What is written into other projects, and what the documentation says, is of the version that the
// changelog names first.
func TestVersions(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	released := regexp.MustCompile(`(?m)^## ([0-9]+\.[0-9]+\.[0-9]+)`).FindStringSubmatch(read("CHANGELOG.md"))
	if released == nil {
		t.Fatal("CHANGELOG.md has no version")
	}
	named := regexp.MustCompile(`(?:neokeys==|neokeys@v?|rev: v)([0-9]+\.[0-9]+\.[0-9]+)`)
	texts := map[string]string{"what init says of pre-commit": frameworkEntry, "what init writes for GitLab": gitlabJob}
	for _, name := range []string{".pre-commit-hooks.yaml", "README.md", "docs/hooks.md", "docs/ci.md"} {
		texts[name] = read(name)
	}
	for name, text := range texts {
		found := named.FindAllStringSubmatch(text, -1)
		if len(found) == 0 {
			t.Errorf("%s names no version", name)
		}
		for _, m := range found {
			if m[1] != released[1] {
				t.Errorf("%s says %q, and the changelog %s", name, m[0], released[1])
			}
		}
	}
}
