package baseline

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
)

var today = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// newKey returns a key, another one for each seed.
func newKey(seed uint64) *finding.Key {
	return finding.NewAPIKey("prod", testkey.Secret(rand.New(rand.NewPCG(seed, 0)), 24))
}

// scan returns the findings of a scan that met the given places.
func scan(places ...finding.Finding) []finding.Finding {
	r := &finding.Result{Findings: places}
	for i := range r.Findings {
		r.Findings[i].Rule = "neo-api-key"
	}
	r.Finish()
	return r.Findings
}

// at is a finding of key on a line of path.
func at(path string, line int, key *finding.Key, text string) finding.Finding {
	before, after, _ := strings.Cut(text, "KEY")
	shown := before + key.Redacted + after
	return finding.Finding{
		Location: finding.Location{Path: path, Line: line, Offset: int64(line)},
		Key:      key,
		Snippet:  finding.Snippet{Text: shown, Start: len(before), End: len(before) + len(key.Redacted)},
	}
}

// tree has the given files, all of which are searched.
func tree(files ...string) Tree {
	return Tree{
		Searched:  func(Entry) bool { return true },
		InHistory: func(f *finding.Finding) bool { return f.InHead != nil && !*f.InHead },
		Rel:       func(path string) string { return path },
		Exists: func(path string) bool {
			for _, f := range files {
				if f == path {
					return true
				}
			}
			return false
		},
	}
}

func suppressed(findings []finding.Finding) []string {
	paths := []string{}
	for i := range findings {
		if !findings[i].Counts() {
			paths = append(paths, findings[i].Path)
		}
	}
	return paths
}

func TestApply(t *testing.T) {
	a, b := newKey(1), newKey(2)
	base := new(Baseline).Update(scan(at("b.js", 3, a, "key = KEY")), tree("b.js"), today, "")
	for _, c := range []struct {
		name   string
		places []finding.Finding
		files  []string
		want   []string
		unused int
	}{
		{"the same", []finding.Finding{at("b.js", 3, a, "key = KEY")}, []string{"b.js"}, []string{"b.js"}, 0},
		{"lines added above", []finding.Finding{at("b.js", 30, a, "  key  = KEY")}, []string{"b.js"}, []string{"b.js"}, 0},
		{"file renamed", []finding.Finding{at("new/b.js", 3, a, "key = KEY")}, []string{"new/b.js"}, []string{"new/b.js"}, 0},
		{"another key in its place", []finding.Finding{at("b.js", 3, b, "key = KEY")}, []string{"b.js"}, []string{}, 1},
		{"the same key in a second file, sorting before", []finding.Finding{at("a.js", 3, a, "key = KEY"), at("b.js", 3, a, "key = KEY")}, []string{"a.js", "b.js"}, []string{"b.js"}, 0},
		{"the same key in a second file, seen alone", []finding.Finding{at("a.js", 3, a, "key = KEY")}, []string{"a.js", "b.js"}, []string{}, 1},
		{"the same line twice", []finding.Finding{at("b.js", 3, a, "key = KEY"), at("b.js", 9, a, "key = KEY")}, []string{"b.js"}, []string{"b.js", "b.js"}, 0},
		{"another line", []finding.Finding{at("b.js", 4, a, "other: 'KEY',")}, []string{"b.js"}, []string{"b.js"}, 0},
		{"file renamed, and the line written anew", []finding.Finding{at("c.js", 4, a, "other: 'KEY',")}, []string{"c.js"}, []string{"c.js"}, 0},
		{"file renamed, twice in it and in another", []finding.Finding{at("c.js", 4, a, "KEY"), at("c.js", 5, a, "x KEY"), at("d.js", 4, a, "KEY")}, []string{"c.js", "d.js"}, []string{"c.js", "c.js"}, 0},
		{"gone", nil, []string{"b.js"}, []string{}, 1},
	} {
		findings := scan(c.places...)
		unused := base.Apply(findings, tree(c.files...))
		if got := suppressed(findings); !reflect.DeepEqual(got, c.want) || len(unused) != c.unused {
			t.Errorf("%s: suppressed in %v, want %v; %d unused, want %d", c.name, got, c.want, len(unused), c.unused)
		}
	}
}

func TestUpdateKeepsWhatIsKnown(t *testing.T) {
	first := new(Baseline).Update(scan(at("a.js", 1, newKey(1), "KEY")), tree("a.js"), today, "known since the audit")
	findings := scan(at("a.js", 1, newKey(1), "KEY"), at("b.js", 1, newKey(2), "KEY"))
	findings[1].Suppressed = &finding.Suppression{By: "inline"}
	first.Apply(findings, tree("a.js", "b.js"))
	later := first.Update(findings, tree("a.js", "b.js"), today.AddDate(1, 0, 0), "")
	if !reflect.DeepEqual(later.Entries, first.Entries) {
		t.Errorf("%+v became %+v", first.Entries, later.Entries)
	}
}

// habitAt is a finding without a key on a line of path.
func habitAt(path string, line int) finding.Finding {
	const text = "get(url)"
	return finding.Finding{
		Location: finding.Location{Path: path, Line: line, Offset: int64(line)},
		Snippet:  finding.Snippet{Text: text, End: len(text)},
	}
}

// Of lines that are alike, each has an entry of its own.
func TestApplyToHabits(t *testing.T) {
	base := new(Baseline).Update(scan(habitAt("a.js", 1), habitAt("a.js", 2)), tree("a.js"), today, "")
	if len(base.Entries) != 2 {
		t.Fatalf("%+v", base.Entries)
	}
	more := scan(habitAt("a.js", 1), habitAt("a.js", 2), habitAt("a.js", 3), habitAt("b.js", 1))
	if unused := base.Apply(more, tree("a.js", "b.js")); len(suppressed(more)) != 2 || len(unused) != 0 {
		t.Errorf("suppressed in %v, %d unused", suppressed(more), len(unused))
	}
	moved := scan(habitAt("c.js", 1))
	if unused := base.Apply(moved, tree("c.js")); len(suppressed(moved)) != 1 || len(unused) != 1 {
		t.Errorf("suppressed in %v, %d unused", suppressed(moved), len(unused))
	}
}

// A baseline that was written before still answers for what it did, and an update keeps its
// dates and reasons.
func TestFormerBaseline(t *testing.T) {
	a := newKey(1)
	now := func() []finding.Finding {
		return scan(at("a.js", 1, a, "key = KEY"), at("a.js", 2, a, "key = KEY"), at("b.js", 1, a, "key = KEY"), habitAt("a.js", 3))
	}
	findings := now()
	stale := findings[0].AboutKey("stale-key", finding.Warning, "m")
	key, habit := findings[0].FormerFingerprints()[0], findings[2].FormerFingerprints()[0]
	old := &Baseline{Entries: []Entry{
		{Fingerprint: key, Rule: "neo-api-key", Path: "a.js", Added: "2025-01-01", Reason: "r"},
		{Fingerprint: key + "-2", Rule: "neo-api-key", Path: "a.js", Added: "2025-01-01", Reason: "r"},
		{Fingerprint: key + "-3", Rule: "neo-api-key", Path: "gone.js", Added: "2025-01-03"},
		{Fingerprint: habit, Rule: "neo-api-key", Path: "a.js", Added: "2025-01-04"},
		{Fingerprint: stale.FormerFingerprints()[2], Rule: "stale-key", Path: "a.js", Added: "2025-01-05"},
	}}
	findings = append(findings, stale)
	if unused := old.Apply(findings, tree("a.js", "b.js")); len(unused) != 0 || len(suppressed(findings)) != 5 {
		t.Errorf("suppressed in %v, unused %+v", suppressed(findings), unused)
	}
	updated := old.Update(findings, tree("a.js", "b.js"), today, "")
	var days []string
	for _, e := range updated.Entries {
		days = append(days, e.Path+" "+e.Added)
	}
	if want := []string{"a.js 2025-01-01", "a.js 2025-01-04", "b.js 2025-01-03", "a.js 2025-01-05"}; !reflect.DeepEqual(days, want) {
		t.Errorf("updated to %v, want %v", days, want)
	}
	again := append(now(), stale)
	if unused := updated.Apply(again, tree("a.js", "b.js")); len(unused) != 0 || len(suppressed(again)) != 5 {
		t.Errorf("suppressed in %v, unused %+v", suppressed(again), unused)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	key := newKey(3)
	b := new(Baseline).Update(scan(at("b.js", 1, key, "a KEY"), at("a<>&.js", 1, key, "b KEY")), tree(), today, "why")
	if err := b.Write(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	secret := key.Secret.Reveal()
	if strings.Contains(string(text), secret[12:16]) || strings.Contains(string(text), key.ID) {
		t.Errorf("the file tells of the key:\n%s", text)
	}
	got, err := read(path)
	if err != nil || len(got.Entries) != 2 || got.Entries[0].Path != "a<>&.js" || got.Entries[0].Added != "2026-11-24" || got.Entries[0].Reason != "why" {
		t.Errorf("read back: %+v, %v", got, err)
	}
	if left := got.Without(got.Entries[:1]); len(left.Entries) != 1 {
		t.Errorf("Without leaves %+v", left)
	}
	if err := (&Baseline{}).Write(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if got, err := read(path); err != nil || len(got.Entries) != 0 {
		t.Errorf("an empty one read back: %+v, %v", got, err)
	}
	for _, text := range []string{"", "[]", "{}", `{"schema_version": 2}`, `{"schema_version": 1, "findings": {}}`} {
		if _, err := Parse(FileName, []byte(text)); err == nil || !strings.Contains(err.Error(), "neokeys baseline") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schema_version": 1, "findings": [{"fingerprint": "ab-2", "rule": "neo-api-key", "path": "b.js"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := Parse(FileName, text)
		if err != nil {
			return
		}
		findings := scan(at("b.js", 1, newKey(1), "KEY"))
		unused := b.Apply(findings, tree("b.js"))
		if known := len(suppressed(findings)) > 0; len(unused) > len(b.Entries) || known != (len(unused) < len(b.Entries)) {
			t.Fatalf("%d entries, %d unused, suppressed %v", len(b.Entries), len(unused), suppressed(findings))
		}
		b.Update(findings, tree("b.js"), today, "")
	})
}

// What was not searched for is neither of no use nor forgotten.
func TestElsewhere(t *testing.T) {
	a, b := newKey(1), newKey(2)
	gone := false
	past := at("old.js", 1, b, "KEY")
	past.InHead = &gone
	base := new(Baseline).Update(scan(at("a.js", 1, a, "KEY"), past), tree("a.js"), today, "")
	if base.Entries[0].History || !base.Entries[1].History {
		t.Fatalf("%+v", base.Entries)
	}
	files := tree("a.js")
	files.Searched = func(e Entry) bool { return !e.History }
	if unused := base.Apply(nil, files); len(unused) != 1 || unused[0].Path != "a.js" {
		t.Errorf("of no use: %+v", unused)
	}
	if got := base.Update(nil, files, today, "").Entries; len(got) != 1 || got[0].Path != "old.js" {
		t.Errorf("kept: %+v", got)
	}
}

// read returns the baseline in a file.
func read(path string) (*Baseline, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}
