package git

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

func (b *sandbox) ranged(spec string) (*finding.Result, error) {
	b.T.Helper()
	return b.open().Range(context.Background(), spec, testOptions())
}

// histories returns what a range or a history says of each finding: path, line, commit,
// and what became of it.
func histories(r *finding.Result) []string {
	var list []string
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, describeHistory(f.Path, f.Line, f.Key.ID, oidOf(f.Commit), oidOf(f.RemovedIn), f.InHead))
	}
	slices.Sort(list)
	return list
}

func oidOf(c *finding.Commit) string {
	if c == nil {
		return ""
	}
	return c.OID
}

func describeHistory(path string, line int, keyID, in, out string, inHead *bool) string {
	state := "unknown"
	if inHead != nil {
		state = fmt.Sprint(*inHead)
	}
	return fmt.Sprintf("%s:%d %s in %.7s out %.7s head %s", path, line, keyID, in, out, state)
}

func wantHistory(path string, line int, key, in, out string, inHead bool) string {
	env, secret, _ := strings.Cut(strings.TrimPrefix(key, "neo_sk_"), "_")
	return describeHistory(path, line, finding.NewAPIKey(env, secret).ID, in, out, &inHead)
}

func expectHistories(t testing.TB, r *finding.Result, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := histories(r); !slices.Equal(got, want) {
		t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
	for _, p := range r.Problems {
		t.Errorf("problem: %s: %s", p.Path, p.Message)
	}
}

func TestRange(t *testing.T) {
	k0, k1, k2, k3 := testKey(0), testKey(1), testKey(2), testKey(3)
	text := strings.Repeat("a line of some length\n", 20)
	b := newSandbox(t)
	base := b.Commit("old", k0+"\n"+text, "a", "")
	b.Git("checkout", "-q", "-b", "side", base)
	b.Commit("side", k3+"\n")
	side := b.Commit("other", "")
	b.Git("checkout", "-q", "-b", "topic", base)
	b.Git("tag", "-a", "-m", "x", "start", base)
	in1 := b.Commit("a", "x\nkey "+k1+"\n")
	out1 := b.Commit("a", "x\n")
	b.Commit("old", "above\n"+k0+"\n"+text)
	in2 := b.Commit("old", "above\n"+k0+"\n"+k2+"\n"+text)
	b.Git("mv", "old", "new")
	b.Commit()
	b.Git("merge", "-q", "--no-commit", "side")
	b.Write("evil", k0+"\n")
	b.Git("add", "evil")
	merge := b.Commit()
	b.Git("checkout", "-q", "main")
	b.Commit("mainline", testKey(9))

	topic := []string{
		wantHistory("a", 2, k1, in1, out1, false),
		wantHistory("old", 3, k2, in2, b.Git("rev-parse", "topic^1"), false),
		wantHistory("evil", 1, k0, merge, "", true),
		wantHistory("side", 1, k3, b.Git("rev-parse", side+"^"), "", true),
	}
	for _, spec := range []string{
		base + "..topic", base[:8] + "..topic", "start..topic", "main^..refs/heads/topic", "main..topic", "main...topic",
		"heads/topic~6..topic", "topic~1^0~5..topic^{commit}", "start^{}.." + "topic^{}",
	} {
		t.Run(spec, func(t *testing.T) {
			r, err := b.ranged(spec)
			if err != nil {
				t.Fatal(err)
			}
			expectHistories(t, r, topic...)
		})
	}
	for spec, want := range map[string][]string{
		"topic..main": {wantHistory("mainline", 1, testKey(9), b.Git("rev-parse", "main"), "", true)},
		"..topic":     topic,
		"topic..":     {wantHistory("mainline", 1, testKey(9), b.Git("rev-parse", "main"), "", true)},
		"side..side":  nil,
		"topic^..topic": {
			wantHistory("evil", 1, k0, merge, "", true),
			wantHistory("side", 1, k3, b.Git("rev-parse", side+"^"), "", true),
		},
		"topic^2..topic^1": {
			wantHistory("a", 2, k1, in1, out1, false),
			wantHistory("old", 3, k2, in2, b.Git("rev-parse", "topic^1"), false),
		},
		"side": {
			wantHistory("old", 1, k0, base, "", true),
			wantHistory("side", 1, k3, b.Git("rev-parse", side+"^"), "", true),
		},
		strings.Repeat("0", 40) + "..main^": {wantHistory("old", 1, k0, base, "", true)},
		"main.." + strings.Repeat("0", 40):  nil,
	} {
		t.Run(spec, func(t *testing.T) {
			r, err := b.ranged(spec)
			if err != nil {
				t.Fatal(err)
			}
			expectHistories(t, r, want...)
		})
	}
	for spec, want := range map[string]string{
		"":                                    "BASE..HEAD",
		"nonsense..topic":                     "git fetch",
		strings.Repeat("1", 40) + "..topic":   "git fetch",
		"main@{1}..topic":                     "reflog",
		"main^{tree}..topic":                  "understood",
		"main^9..topic":                       "no parent",
		"main~1000..topic":                    "no parent",
		"main:a..topic":                       "git fetch",
		"../../etc/passwd..main":              "",
		b.Git("rev-parse", "main:a") + "..":   "no commit",
		"main..refs/heads/../../../etc/hosts": "",
	} {
		if _, err := b.ranged(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", spec, err, want)
		}
	}
}

func TestRangeMessages(t *testing.T) {
	k0, k1 := testKey(0), testKey(1)
	b := newSandbox(t)
	b.Commit("a", "")
	b.Git("commit", "-q", "--allow-empty", "-m", "subject\n\nuse "+k0+" there")
	c0 := b.Git("rev-parse", "HEAD")
	b.Git("-c", "user.name=x", "commit", "-q", "--allow-empty", "--author", k1+" <a@example.com>", "-m", "x")
	c1 := b.Git("rev-parse", "HEAD")
	r, err := b.ranged("HEAD~2..")
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r, spot("commit:"+c0, 3, k0), spot("commit:"+c1, 0, k1))
	for _, f := range r.Findings {
		want := finding.Message
		if f.Line == 0 {
			want = finding.Name
		} else if f.Column != 5 || f.Commit.Subject != "subject" {
			t.Errorf("%+v", f)
		}
		if f.Exposure != want || strings.Contains(f.Commit.Author, k1) || f.InHead == nil || !*f.InHead {
			t.Errorf("%+v", f)
		}
	}
}

// What is forgotten on the way is looked for again, and changes nothing.
func TestRangeForgets(t *testing.T) {
	defer func(n int) { maxHeld = n }(maxHeld)
	b := newSandbox(t)
	var lines []string
	for i := range 30 {
		lines = append(lines[min(len(lines), i%2):], testKey(i)+"\n")
		b.Commit("a", strings.Join(lines, ""), fmt.Sprint("b", i%4), strings.Join(lines[:len(lines)/2], ""))
	}
	var want []string
	for _, maxHeld = range []int{maxHeld, 0} {
		r, err := b.ranged("HEAD")
		if err != nil {
			t.Fatal(err)
		}
		if got := histories(r); want == nil {
			want = got
		} else {
			expectHistories(t, r, want...)
		}
	}
}

// The last commit with a key is known also where it was the name of a folder that had it, or
// where a submodule is now in the file's place.
func TestRangeRemoves(t *testing.T) {
	k0, k1 := testKey(0), testKey(1)
	b := newSandbox(t)
	b.Commit("a", "")
	b.Write("x/"+k0+"/a", "")
	in0 := b.Commit()
	in1 := b.Commit("lib", k1)
	b.Git("mv", "x/"+k0, "x/renamed")
	out0 := b.Commit()
	b.Git("rm", "-q", "lib")
	b.Git("update-index", "--add", "--cacheinfo", "160000,"+in0+",lib")
	b.Git("commit", "-q", "-m", "make lib a submodule")
	out1 := b.Git("rev-parse", "HEAD")
	r, err := b.ranged("HEAD~4..HEAD")
	if err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("x/"+redacted(k0), 0, k0, in0, out0, false), wantHistory("lib", 1, k1, in1, out1, false))
}

// A new branch is pushed: what the other side has is known from its remote-tracking
// branches, or where the push arrives from the refs that are there.
func TestRangeOfNewBranch(t *testing.T) {
	zeros := strings.Repeat("0", 40) + ".."
	k0, k1 := testKey(0), testKey(1)
	origin := newSandbox(t)
	origin.Commit("a", k0)
	clone := origin.in(t.TempDir())
	clone.Git("clone", "-q", origin.Dir, ".")
	clone.Git("checkout", "-q", "-b", "topic")
	c1 := clone.Commit("b", k1)
	r, err := clone.ranged(zeros + c1)
	if err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("b", 1, k1, c1, "", true))

	bare := origin.in(t.TempDir())
	bare.Git("clone", "-q", "--bare", origin.Dir, ".")
	bare.Git("fetch", "-q", clone.Dir, "topic") // it is not on any ref
	r, err = bare.ranged(zeros + c1)
	if err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("b", 1, k1, c1, "", true))
}

func TestRangeInShallowClone(t *testing.T) {
	k0, k1, k2 := testKey(0), testKey(1), testKey(2)
	origin := newSandbox(t)
	base := origin.Commit("a", k0+"\n")
	origin.Git("checkout", "-q", "-b", "topic")
	c1 := origin.Commit("b", k1+"\n")
	origin.Commit("b", "")
	c3 := origin.Commit("c", k2+"\n")
	shallow := origin.in(t.TempDir())
	shallow.Git("clone", "-q", "--depth=1", "-b", "topic", "file://"+filepath.ToSlash(origin.Dir), ".")

	if _, err := shallow.ranged(base + ".."); err == nil || !strings.Contains(err.Error(), "git fetch") {
		t.Errorf("error %v", err)
	}
	// With the base but not with what lies between, what the base has is not news, and the
	// gap is reported.
	shallow.Git("fetch", "-q", "--depth=1", "origin", base)
	r, err := shallow.ranged(base + "..")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "shallow") {
		t.Errorf("problems %v", r.Problems)
	}
	r.Problems = nil
	expectHistories(t, r, wantHistory("c", 1, k2, c3, "", true))
	// With what lies between it is complete, though the clone is still shallow.
	shallow.Git("fetch", "-q", "--deepen=2", "origin", "topic")
	r, err = shallow.ranged(base + "..")
	if err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("b", 1, k1, c1, origin.Git("rev-parse", "topic^"), false), wantHistory("c", 1, k2, c3, "", true))
}

// Of a pull request's N commits, N+1 deep are fetched. What is oldest there is the base's, though
// the clone does not hold what joins the two.
func TestRangeExcludesShallowBoundary(t *testing.T) {
	k0, k1, k2, k3 := testKey(0), testKey(1), testKey(2), testKey(3)
	origin := newSandbox(t)
	origin.Commit("a", k0+"\n", "b", "")
	origin.Commit("c", "")
	origin.Git("checkout", "-q", "-b", "topic")
	c1 := origin.Commit("b", k1+"\n")
	c2 := origin.Commit("b", "")
	c3 := origin.Commit("c", k2+"\n")
	origin.Git("checkout", "-q", "main")
	origin.Commit("a", "")
	base := origin.Commit("d", k3+"\n")
	origin.Git("merge", "-q", "topic", "-m", "as GitHub merges it")
	shallow := origin.in(t.TempDir())
	shallow.Git("clone", "-q", "--depth=1", "file://"+filepath.ToSlash(origin.Dir), ".")
	shallow.Git("fetch", "-q", "--depth=1", "origin", base)
	shallow.Git("fetch", "-q", "--depth=1", "origin", c3)

	ranged := func(spec string) (*finding.Result, error) {
		o := testOptions()
		o.ExcludeShallow = true
		return shallow.open().Range(context.Background(), spec, o)
	}
	// Nothing is known of the tip but that it is there: no all-clear.
	if _, err := ranged(base + ".." + c3); err == nil || !strings.Contains(err.Error(), "--depth") {
		t.Errorf("error %v", err)
	}
	shallow.Git("fetch", "-q", "--depth=4", "origin", c3)
	r, err := ranged(base + ".." + c3)
	if err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("b", 1, k1, c1, c2, false), wantHistory("c", 1, k2, c3, "", true))

	// The checked out merge commit is on the boundary, too, and has all of this for an
	// ancestor. That must not hide it.
	if boundary, err := shallow.open().shallowBoundary(); err != nil || len(boundary) != 3 {
		t.Errorf("boundary %v, error %v", boundary, err)
	}
	// Without the flag, what the fork point has passes for new, and the gap is reported.
	if r, err = shallow.ranged(base + ".." + c3); err != nil || len(r.Problems) == 0 {
		t.Errorf("%v, error %v", r, err)
	}
	// In a clone that has everything it makes no difference.
	o := testOptions()
	o.ExcludeShallow = true
	if r, err = origin.open().Range(context.Background(), base+".."+c3, o); err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("b", 1, k1, c1, c2, false), wantHistory("c", 1, k2, c3, "", true))

	shallow.Write(".git/shallow", "rubbish\n")
	if _, err := ranged(base + ".." + c3); err == nil || !strings.Contains(err.Error(), "object id") {
		t.Errorf("error %v", err)
	}
}

// A pre-receive hook sees the pushed objects in a quarantine.
func TestRangeInQuarantine(t *testing.T) {
	k0 := testKey(0)
	bare := newSandbox(t, "--bare")
	work := newSandbox(t)
	base := work.Commit("a", "")
	work.Git("push", "-q", bare.Dir, "main")
	head := work.Commit("a", k0)
	objects := filepath.Join(bare.Dir, "objects")
	quarantine := filepath.Join(objects, "tmp_objdir-incoming-x")
	work.Env = append(work.Env, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+objects)
	source := filepath.Join(work.Dir, ".git", "objects")
	if err := copyTree(source, quarantine); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"GIT_DIR": ".", "GIT_QUARANTINE_PATH": quarantine,
		"GIT_OBJECT_DIRECTORY": quarantine, "GIT_ALTERNATE_OBJECT_DIRECTORIES": objects,
	}
	t.Chdir(bare.Dir)
	repo, err := Open("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	r, err := repo.Range(context.Background(), base+".."+head, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	expectHistories(t, r, wantHistory("a", 1, k0, head, "", true))
	if _, err := bare.ranged(base + ".." + head); err == nil {
		t.Error("what is in quarantine is found without the hook's variables")
	}
}

// A comment counts as it is at the range's end: one that comes later excuses a key, if it is on
// every line that has it, and one that goes does not.
func TestRangeSuppression(t *testing.T) {
	k, ignore := testKey, " # neokeys:ignore"
	for name, test := range map[string]struct {
		files []string // versions of a.py
		moved bool     // to b.py, before the last version
		want  bool
	}{
		"later":             {[]string{k(0), "x\n" + k(0) + ignore}, false, true},
		"of its rule":       {[]string{k(0), k(0) + ignore + "[neo-api-key]"}, false, true},
		"of another rule":   {[]string{k(0), k(0) + ignore + "[key-in-url]"}, false, false},
		"on the line above": {[]string{k(0), "# neokeys:ignore\n" + k(0)}, false, true},
		"renamed":           {[]string{k(0) + "\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", k(0) + ignore + "\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"}, true, true},
		"not on every line": {[]string{k(0), k(0) + ignore + "\n" + k(0)}, false, false},
		"gone by then":      {[]string{k(0), k(0) + ignore, ""}, false, false},
		"taken back":        {[]string{k(0), k(0) + ignore, k(0)}, false, false},
		"there, then gone":  {[]string{k(0) + ignore, k(0)}, false, false},
		"of another key":    {[]string{k(0), k(0) + "\n" + k(1) + ignore}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newSandbox(t)
			base := b.Commit("x", "")
			path := "a.py"
			for i, text := range test.files {
				if test.moved && i == len(test.files)-1 {
					b.Git("mv", path, "b.py")
					b.Commit()
					path = "b.py"
				}
				b.Commit(path, text)
			}
			r, err := b.ranged(base + "..")
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for i := range r.Findings {
				f := &r.Findings[i]
				if f.Key == nil || f.Key.Secret.Reveal() != k(0) {
					continue
				}
				n++
				if got := f.Suppressed != nil; got != test.want {
					t.Errorf("%s:%d suppressed: %v, want %v", f.Path, f.Line, got, test.want)
				}
			}
			if n != 1 {
				t.Errorf("%d findings of the key", n)
			}
		})
	}
}
