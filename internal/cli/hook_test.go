package cli

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
	"github.com/neokeys/neokeys/rules/place"
)

var (
	oidA = strings.Repeat("a", 40)
	oidB = strings.Repeat("b1", 32)
)

func TestParseUpdates(t *testing.T) {
	tests := []struct {
		parse func(string) (update, error)
		input string
		want  []update // nil for an error
	}{
		{parsePrePush, "", []update{}},
		{parsePrePush, "\n", []update{}},
		{parsePrePush, "refs/heads/a " + oidA + " refs/heads/b " + oidB + "\n", []update{{"refs/heads/b", oidB, oidA}}},
		{parsePrePush, "HEAD^{/fix the thing} " + oidA + " refs/heads/b " + noCommit, []update{{"refs/heads/b", noCommit, oidA}}},
		{parsePrePush, "(delete) " + noCommit + " refs/heads/b " + oidA + "\r\n", []update{{"refs/heads/b", oidA, noCommit}}},
		{parsePrePush, oidA + " refs/heads/b " + oidB, nil},
		{parsePrePush, "a b c d", nil},
		{parsePreReceive, noCommit + " " + oidA + " refs/heads/a\n" + oidA + " " + oidB + " refs/tags/b", []update{
			{"refs/heads/a", noCommit, oidA}, {"refs/tags/b", oidA, oidB}}},
		{parsePreReceive, oidA + " " + oidB, nil},
		{parsePreReceive, "refs/heads/a " + oidA + " " + oidB, nil},
		{parsePreReceive, strings.Repeat("x", maxUpdate+1), nil},
	}
	for _, test := range tests {
		got, err := parseUpdates(strings.NewReader(test.input), test.parse)
		if (err != nil) != (test.want == nil) || !slices.Equal(got, test.want) {
			t.Errorf("%.100q: %v, %v; want %v", test.input, got, err, test.want)
		}
	}
}

func FuzzParseUpdates(f *testing.F) {
	f.Add("refs/heads/a " + oidA + " refs/heads/b " + oidB)
	f.Add(noCommit + " " + oidA + " refs/heads/a\n")
	f.Fuzz(func(t *testing.T, input string) {
		for _, parse := range []func(string) (update, error){parsePrePush, parsePreReceive} {
			updates, err := parseUpdates(strings.NewReader(input), parse)
			for _, u := range updates {
				if !objectID.MatchString(u.old) || !objectID.MatchString(u.new) {
					t.Errorf("%q is taken for an object's id", u)
				}
			}
			if blank := strings.Trim(input, "\r\n") == ""; err == nil && !blank && len(updates) == 0 {
				t.Error("a push is passed over")
			}
		}
	})
}

func TestFrameworkPush(t *testing.T) {
	tests := []struct {
		env              string
		tips, known, new []string
		knownRefs        string
	}{
		{"FROM_REF=a TO_REF=b", []string{"b"}, []string{"a"}, nil, ""},
		{"FROM_REF=a TO_REF=b REMOTE_NAME=fork LOCAL_BRANCH=x", []string{"b"}, []string{"a"}, nil, "refs/remotes/fork/"},
		{"REMOTE_NAME=fork LOCAL_BRANCH=refs/heads/x REMOTE_BRANCH=refs/heads/y", []string{"refs/heads/x"}, nil, []string{"refs/heads/y"}, "refs/remotes/fork/"},
		{"", []string{"HEAD"}, nil, nil, "refs/remotes/"},
	}
	for _, test := range tests {
		env := map[string]string{}
		for word := range strings.FieldsSeq(test.env) {
			name, value, _ := strings.Cut(word, "=")
			env["PRE_COMMIT_"+name] = value
		}
		p := frameworkPush(func(name string) string { return env[name] })
		if !slices.Equal(p.Tips, test.tips) || !slices.Equal(p.Known, test.known) || !slices.Equal(p.NewRefs, test.new) || p.KnownRefs != test.knownRefs {
			t.Errorf("%s: %+v", test.env, p.Push)
		}
	}
}

func TestOnly(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	covers, err := only(root, []string{"a b", "folder/deep/-c", filepath.Join(root, "d")})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"a b": true, "folder": true, "folder/deep": true, "folder/deep/-c": true, "d": true,
		"a": false, "folder/deep/-": false, "folder/other": false, "": false, ".": false,
	} {
		if covers(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
	for _, name := range []string{"../x", filepath.Dir(root)} {
		if _, err := only(root, []string{name}); err == nil {
			t.Errorf("%q passes for a file in the worktree", name)
		}
	}
}

func TestRemedies(t *testing.T) {
	for file, want := range map[string]string{
		"src/a.ts": "process.env.NEO_API_KEY", "a.py": "os.environ", "a.go": "os.Getenv", "A.java": "System.getenv",
		"a.kt": "?: error", "A.cs": "Environment.GetEnvironmentVariable", "a.PHP": "getenv(", "a.rb": "ENV.fetch",
		"a.rs": "std::env::var", "a.swift": "ProcessInfo", "run.sh": ":?is not set", "a.ps1": "$env:",
		".github/workflows/ci.yml": "secrets.NEO_API_KEY", ".gitlab-ci.yml": "$NEO_API_KEY",
		"compose.yaml": "environment:", "docker-compose.yml": "environment:",
		"Dockerfile": "--mount=type=secret", "api.dockerfile": "--mount=type=secret", "Dockerfile.dev": "--mount=type=secret",
		".env": "git rm --cached", ".env.local": "git rm --cached", "prod.env": "git rm --cached",
		"settings.yaml": "${NEO_API_KEY}", "a.tf": "sensitive", "a.json": "Take the value out", "unknown": "Take the value out",
		"README.md": "$NEO_API_KEY", "a.scala": "sys.env", "a.pl": "$ENV{NEO_API_KEY}", "a.lua": "os.getenv", "a.R": "Sys.getenv",
		"web.config.xml": "<!-- take the value out", "App.csproj": "<!-- take the value out",
	} {
		text := remedyFor(file, place.Of(file, nil).Exposure).text(finding.NewAPIKey("prod", strings.Repeat("x", 24)))
		if !strings.Contains(text, want) || strings.Contains(text, "NAME") {
			t.Errorf("%s: %s", file, text)
		}
		if n := strings.Count(text, "\n") + 1; n > 2 {
			t.Errorf("%s: %d lines", file, n)
		}
	}
	if text := remedyFor("k8s/pod.yaml", finding.Container).text(finding.NewLegacyToken("x")); !strings.Contains(text, "name: NEOAGENT_SECRET_KEY") {
		t.Error(text)
	}
	if m := remedyFor("dist/a.js", finding.Browser); m != browserRemedy {
		t.Errorf("%s is told for what a browser loads", m.name)
	}
}

// TestCommentsAreUnderstood makes sure that the comment which a hook proposes excuses its
// line.
func TestCommentsAreUnderstood(t *testing.T) {
	all := slices.Concat(remedies, []*remedy{workflowRemedy, gitlabRemedy, kubeRemedy, yamlRemedy, ciRemedy, dotenvRemedy, otherRemedy})
	for _, m := range all {
		if m.comment == "" {
			continue
		}
		text := strings.Replace(m.comment, "%", rules.IgnoreMark+"[neo-api-key] the reason", 1)
		ig, ok := rules.ParseIgnore([]byte(text), strings.Index(text, rules.IgnoreMark))
		if !ok || ig.Reason != "the reason" || !slices.Equal(ig.Rules, []string{"neo-api-key"}) {
			t.Errorf("%s: %q is read as %+v, %v", m.name, text, ig, ok)
		}
	}
}
