package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules/place"
)

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// reviewed runs a rule on findings of keys, and returns what it adds as "path message".
func reviewed(r *Rule, findings []finding.Finding, files ...string) []string {
	in := &Review{
		Result: &finding.Result{Findings: findings}, History: true, Now: now, MaxKeyAge: 90 * 24 * time.Hour,
		Exists: func(path string) bool { return slices.Contains(files, path) },
	}
	in.Result.Finish()
	in.Run([]*Rule{r})
	var added []string
	for i := range in.Result.Findings {
		if f := &in.Result.Findings[i]; f.Rule == r.ID {
			added = append(added, fmt.Sprintf("%s: %s", f.Path, f.Message))
		}
	}
	return added
}

// keyAt returns a finding of key n of the environment env.
func keyAt(env string, n uint64, path string) finding.Finding {
	key := finding.NewAPIKey(env, randomSecret(rand.New(rand.NewPCG(n, 9)), 24))
	f := finding.Finding{Rule: "neo-api-key", Severity: finding.Error, Key: key, Exposure: place.Of(path, nil).Exposure}
	f.Path, f.Line, f.Column = path, 1, 1
	return f
}

// in returns f as found in the history: committed so many days ago, and, if removed is not
// negative, taken out that many days ago.
func in(f finding.Finding, days, removed int) finding.Finding {
	head := removed < 0
	f.InHead = &head
	f.Commit = &finding.Commit{OID: strings.Repeat("a", 40), Date: now.AddDate(0, 0, -days)}
	if !head {
		f.RemovedIn = &finding.Commit{OID: strings.Repeat("b", 40), Date: now.AddDate(0, 0, -removed)}
	}
	return f
}

func expect(t *testing.T, name string, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %q, want %q", name, got, want)
		return
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("%s: %q does not say %q", name, got[i], want[i])
		}
	}
}

func TestSharedKey(t *testing.T) {
	web, api := keyAt("prod", 1, "web/src/a.js"), keyAt("prod", 1, "api/main.py")
	expect(t, "two packages", reviewed(SharedKey, []finding.Finding{web, api}, "web/package.json", "api/requirements.txt"), "api and web")
	expect(t, "two top folders", reviewed(SharedKey, []finding.Finding{web, api}), "api and web")
	expect(t, "one package", reviewed(SharedKey, []finding.Finding{web, keyAt("prod", 1, "web/.env")}, "web/package.json"))
	expect(t, "one project without manifests", reviewed(SharedKey, []finding.Finding{keyAt("prod", 1, "src/a.js"), keyAt("prod", 1, "tests/b.js"), keyAt("prod", 1, ".env")}))
	expect(t, "two keys", reviewed(SharedKey, []finding.Finding{web, keyAt("prod", 2, "api/main.py")}))
	expect(t, "documentation", reviewed(SharedKey, []finding.Finding{web, keyAt("prod", 1, "docs/use.md")}, "web/package.json"))
	expect(t, "two environments", reviewed(SharedKey, []finding.Finding{keyAt("prod", 1, ".env.production"), keyAt("prod", 1, ".env.staging")}), "production and staging")
	gone := in(web, 10, 5)
	expect(t, "one is gone", reviewed(SharedKey, []finding.Finding{gone, in(api, 10, -1)}))
	known := web
	known.Suppressed = &finding.Suppression{By: "baseline"}
	expect(t, "one is known", reviewed(SharedKey, []finding.Finding{known, api}))
}

func TestEnvMismatch(t *testing.T) {
	for _, c := range []struct {
		env, path string
		want      string
	}{
		{"prod", ".env.test", "for test"},
		{"live", "config/development.yml", "for development"},
		{"production", "tests/client.py", "for test"},
		{"prod", "src/client.spec.ts", "for test"},
		{"prod", "k8s/overlays/staging/secret.yaml", "for staging"},
		{"prod", "test_client.py", "for test"},
		{"test", ".env.production", "for production"},
		{"dev", "values-prod.yaml", "for production"},
		{"prod", ".env.production", ""},
		{"prod", ".env.production.local", ""},
		{"prod", ".env.local", "for development"},
		{"prod", ".env.staging.local", "for staging"},
		{"test", ".env.production.local", "for production"},
		{"prod", "/dev/fd/63", ""},
		{"prod", "/dev/stdin", ""},
		{"prod", "/proc/self/fd/0", ""},
		{"prod", "/srv/dev/a.py", "for development"},
		{"test", ".env.test", ""},
		{"staging", ".env.development", ""},
		{"eu1", ".env.test", ""},
		{"prod", "src/latest.js", ""},
		{"prod", "src/client.js", ""},
		{"prod", "docs/test.md", ""},
		{"test", "src/live-view/a.js", ""},
	} {
		got := reviewed(EnvMismatch, []finding.Finding{keyAt(c.env, 1, c.path)})
		if c.want == "" {
			expect(t, c.env+" in "+c.path, got)
		} else {
			expect(t, c.env+" in "+c.path, got, c.want)
		}
	}
}

func TestStaleKey(t *testing.T) {
	key := keyAt("prod", 1, "a.js")
	expect(t, "old", reviewed(StaleKey, []finding.Finding{in(key, 100, -1)}), "100 days ago")
	expect(t, "young", reviewed(StaleKey, []finding.Finding{in(key, 80, -1)}))
	expect(t, "gone", reviewed(StaleKey, []finding.Finding{in(key, 100, 5)}))
	expect(t, "moved", reviewed(StaleKey, []finding.Finding{in(keyAt("prod", 1, "old.js"), 100, 50), in(key, 50, -1)}), "a.js: this key was committed 100 days ago")
	expect(t, "not a history", reviewed(StaleKey, []finding.Finding{key}))
	dead := in(key, 100, -1)
	dead.Liveness = finding.Inactive
	expect(t, "inactive", reviewed(StaleKey, []finding.Finding{dead}))
}

func TestRemovedNotRevoked(t *testing.T) {
	key := keyAt("prod", 1, "a.js")
	expect(t, "gone", reviewed(RemovedNotRevoked, []finding.Finding{in(key, 100, 5)}), "bbbbbbbb removed this key")
	expect(t, "here", reviewed(RemovedNotRevoked, []finding.Finding{in(key, 100, -1)}))
	expect(t, "here at another path", reviewed(RemovedNotRevoked, []finding.Finding{in(key, 100, 5), in(keyAt("prod", 1, "b.js"), 5, -1)}))
	expect(t, "gone from two", reviewed(RemovedNotRevoked, []finding.Finding{in(key, 100, 5), in(keyAt("prod", 1, "b.js"), 9, 2)}), "b.js: ")
	expect(t, "not a history", reviewed(RemovedNotRevoked, []finding.Finding{key}))
	other := in(keyAt("prod", 1, "c.js"), 200, 1)
	other.RemovedIn = nil // it is still on another branch, or was never committed
	expect(t, "never in HEAD", reviewed(RemovedNotRevoked, []finding.Finding{other}))
	expect(t, "gone from HEAD, on another branch", reviewed(RemovedNotRevoked, []finding.Finding{other, in(key, 100, 5)}), "a.js: ")
	for liveness, want := range map[finding.Liveness]int{finding.Inactive: 0, finding.Live: 1, finding.Unknown: 1, finding.NotChecked: 1} {
		f := in(key, 100, 5)
		f.Liveness = liveness
		if got := reviewed(RemovedNotRevoked, []finding.Finding{f}); len(got) != want {
			t.Errorf("a key that is %s: %q", liveness, got)
		}
	}
}

func TestEnvFileTracked(t *testing.T) {
	testHabits(t, EnvFileTracked, []habit{
		{".env", "A=1\nNEO_API_KEY=x\nNEOAGENT_SECRET_KEY=y\n", []string{"NEO_API_KEY"}},
		{"web/.env.production", "export NEO_API_KEY='x'\n", []string{"NEO_API_KEY"}},
		{"prod.env", "NEO_API_KEY=\n", nil},
		{".dev.vars", "NEO_API_KEY=x\n", []string{"NEO_API_KEY"}},
		{".envrc", "export NEO_API_KEY=x\n", []string{"NEO_API_KEY"}},
		{".env-prod", "NEO_API_KEY=x\n", []string{"NEO_API_KEY"}},
		{".envrc", "export NEO_API_KEY=$(op read op://ci/neo/key)\n", nil},
		{".env", "NEO_API_KEY=op://ci/neo/key\nNEO_KEY=\"encrypted:BDqDBibm\"\n", nil},
		{".env.example", "NEO_API_KEY=\n", nil},
		{".env.local.sample", "NEO_API_KEY=\n", nil},
		{".env", "# NEO_API_KEY=x\nNEO_API_KEY_FILE=/run/neo\n", nil},
		{"a.sh", "NEO_API_KEY=x\n", nil},
	})
	file := finding.Finding{Rule: "env-file-tracked", Severity: finding.Error}
	file.Path = ".env"
	for tracking, want := range map[Tracking]finding.Severity{Tracked: finding.Error, Untracked: finding.Warning, Ignored: 0, UnknownTracking: 0} {
		r := &Review{Result: &finding.Result{Findings: []finding.Finding{file}}, Tracking: func(string) Tracking { return tracking }}
		r.Run([]*Rule{EnvFileTracked})
		got := finding.Severity(0)
		if len(r.Result.Findings) == 1 {
			got = r.Result.Findings[0].Severity
		}
		if got != want {
			t.Errorf("a file that git takes for %d: severity %d, want %d", tracking, got, want)
		}
	}
	object := file
	object.Object = strings.Repeat("a", 40)
	r := &Review{Result: &finding.Result{Findings: []finding.Finding{object}}}
	if r.Run([]*Rule{EnvFileTracked}); len(r.Result.Findings) != 1 {
		t.Error("a file in a commit is not found")
	}
}

// A second look changes nothing about what the first one found.
func TestReviewKeepsFingerprints(t *testing.T) {
	r := &finding.Result{Findings: []finding.Finding{keyAt("prod", 1, "a/x.js"), keyAt("prod", 1, "b/x.js")}}
	r.Finish()
	before := []string{r.Findings[0].Fingerprint, r.Findings[1].Fingerprint}
	(&Review{Result: r}).Run([]*Rule{SharedKey})
	if len(r.Findings) != 3 {
		t.Fatalf("%d findings", len(r.Findings))
	}
	seen := map[string]bool{}
	for _, f := range r.Findings {
		seen[f.Fingerprint] = true
	}
	if len(seen) != 3 || !seen[before[0]] || !seen[before[1]] {
		t.Errorf("fingerprints %v after %v", seen, before)
	}
}
