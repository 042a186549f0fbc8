package visit

import (
	"slices"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/gittest"
)

// The last rule that matches says who owns a file, as services have it; a line that is no rule
// spoils no other.
func TestOwners(t *testing.T) {
	owners := ownersBy(parseOwners([]byte(`# ours
*           @org/all   # a comment
*.py        @py dev@example.com
[Section][2] @someone
^[Optional]
/deploy/    @ops
/deploy/free
docs/**     not-an-owner
a b c d [[[
app.apk     @mobile
`)))
	for path, want := range map[string][]string{
		"README.md": {"@org/all"}, "x/y.py": {"@py", "dev@example.com"}, "deploy/a/b.py": {"@ops"}, "deploy/free": nil,
		"x/deploy/a": {"@org/all"}, "app.apk": {"@mobile"}, "": nil, "../x": {"@org/all"},
	} {
		if got := owners(path); !slices.Equal(got, want) {
			t.Errorf("%q is owned by %q, want %q", path, got, want)
		}
	}
	r := &finding.Result{Findings: []finding.Finding{
		{Location: finding.Location{Path: "old.txt"}, Head: &finding.Location{Path: "new.py"}},
		{Location: finding.Location{Path: "app.apk!/assets/a.js", Container: "app.apk"}},
	}}
	setOwners(r, owners)
	if a, b := r.Findings[0].Owners, r.Findings[1].Owners; len(a) != 2 || a[0] != "@py" || len(b) != 1 || b[0] != "@mobile" {
		t.Errorf("a renamed file is owned by %q, an archive by %q", a, b)
	}
}

// The first of the files that services look for counts, as HEAD has it.
func TestReadOwners(t *testing.T) {
	r := gittest.New(t)
	r.Commit("CODEOWNERS", "* @root\n", "docs/CODEOWNERS", "* @docs\n")
	for _, c := range []struct{ path, want string }{{"", "@root"}, {".github/CODEOWNERS", "@github"}} {
		if c.path != "" {
			r.Commit(c.path, "* "+c.want+"\n")
		}
		repo, err := openFolder(r.Dir)
		gittest.Check(t, err)
		if got := readOwners(repo)("a"); len(got) != 1 || got[0] != c.want {
			t.Errorf("with %q, a file is owned by %q, want %q", c.path, got, c.want)
		}
	}
	empty := gittest.New(t)
	repo, err := openFolder(empty.Dir)
	gittest.Check(t, err)
	if got := readOwners(repo)("a"); got != nil {
		t.Errorf("without a commit, a file is owned by %q", got)
	}
}

// FuzzOwners reads CODEOWNERS files of hostile repositories.
func FuzzOwners(f *testing.F) {
	f.Add([]byte("* @a\n/b/**/c[d @e\n"), "b/x/c")
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		if owners := ownersBy(parseOwners(text))(path); len(owners) > maxOwners {
			t.Errorf("%d owners", len(owners))
		}
	})
}
