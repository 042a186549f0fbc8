package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// at returns a finding of key at an offset of a file, on a line that %s stands for
// the key in.
func at(path string, offset int64, key *Key, line string) Finding {
	left, right, _ := strings.Cut(line, "%s")
	f := Finding{Rule: "r", Severity: Error, Key: key, Exposure: Source, Liveness: NotChecked}
	f.Path, f.Offset, f.Line = path, offset, int(offset/10)+1
	f.Snippet = Snippet{Text: left + key.Redacted + right, Start: len(left), End: len(left) + len(key.Redacted)}
	return f
}

func finish(findings ...Finding) []Finding {
	r := Result{Findings: findings}
	r.Finish()
	return r.Findings
}

var (
	keyA = NewAPIKey("prod", "a4Qz81KpWm2sXv7Lr0Bt9NyC")
	keyB = NewLegacyToken("hG5tR2wQ9zXc7VbN1mKj4LpO")
)

func TestFinishOrders(t *testing.T) {
	want := []Finding{
		at("a", 0, keyA, "%s"), at("a", 5, keyA, "%s"), at("a", 20, keyB, "%s"), at("a/b", 0, keyA, "%s"), at("b", 3, keyA, "%s"), at("b", 3, keyB, "%s"),
	}
	want[4].Rule, want[5].Rule = "q", "r"
	want = append(want, at("c", 1, keyA, "%s"), at("c", 1, keyA, "%s"), at("c", 1, keyA, "%s"), at("c", 1, keyA, "%s"))
	// What the order says nothing of must not depend on which was found first.
	want[7].Object = "1"
	want[8].Object, want[8].Commit = "2", &Commit{OID: "1"}
	want[9].Object, want[9].Commit = "2", &Commit{OID: "2"}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		got := slices.Clone(want)
		rng.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		for i, f := range finish(got...) {
			if w := want[i]; f.Path != w.Path || f.Offset != w.Offset || f.Rule != w.Rule || f.Object != w.Object || f.oid() != w.oid() {
				t.Fatalf("finding %d is %+v, want %+v", i, f, w)
			}
		}
	}

	r := Result{Problems: []Problem{{Path: "b", Message: "x"}, {Path: "a", Message: "y"}, {Path: "a", Message: "x"}, {Message: "z"}}}
	r.Finish()
	if got := fmt.Sprint(r.Problems); got != "[{  z false} { a x false} { a y false} { b x false}]" {
		t.Errorf("the problems are %s", got)
	}
}

func TestFingerprints(t *testing.T) {
	base := finish(at("src/a.js", 100, keyA, "key = '%s'"))[0].Fingerprint
	if len(base) != 24 {
		t.Errorf("a fingerprint is %s", base)
	}
	for name, f := range map[string]Finding{
		"lines added above":        at("src/a.js", 5000, keyA, "key = '%s'"),
		"indented anew":            at("src/a.js", 104, keyA, "\t\tkey  =  '%s' "),
		"other quotes":             at("src/a.js", 100, keyA, `key: "%s",`),
		"another line":             at("src/a.js", 100, keyA, "secret = '%s'"),
		"a minified neighbour":     at("src/a.js", 100, keyA, "a=1;b=22;key='%s';c()"),
		"what else is on a line":   at("src/a.js", 100, keyA, "key = '%s' // not "+keyB.Secret.Reveal()),
		"nothing else on the line": at("src/a.js", 0, keyA, "%s"),
	} {
		if got := finish(f)[0].Fingerprint; got != base {
			t.Errorf("%s: %s becomes %s", name, base, got)
		}
	}
	other := at("src/a.js", 100, keyA, "key = '%s'")
	other.Rule = "another"
	for name, f := range map[string]Finding{
		"another key":  at("src/a.js", 100, keyB, "key = '%s'"),
		"another path": at("lib/a.js", 100, keyA, "key = '%s'"),
		"another rule": other,
	} {
		if got := finish(f)[0].Fingerprint; got == base {
			t.Errorf("%s has the same fingerprint", name)
		}
	}
	// All places of a key in a path share it, whatever else is found.
	for _, f := range finish(
		at("a.js", 0, keyA, "key = '%s'"), at("src/a.js", 50, keyA, "%s"), at("src/a.js", 200, keyA, "key = '%s'"),
		at("src/a.js", 300, keyB, "%s"), at("src/b.js", 0, keyA, "key = '%s'"),
	) {
		if same := f.Path == "src/a.js" && f.Key == keyA; same != (f.Fingerprint == base) {
			t.Errorf("%s:%d of %s has the fingerprint %s", f.Path, f.Line, f.Key.Redacted, f.Fingerprint)
		}
	}
}

// habitAt is a finding without a key on a line.
func habitAt(path string, offset int64, line string) Finding {
	f := Finding{Rule: "habit", Severity: Warning, Exposure: Source, Snippet: Snippet{Text: line}}
	f.Path, f.Offset, f.Line = path, offset, int(offset/10)+1
	return f
}

// Habits are told apart by a number, within their path.
func TestFingerprintsOfHabits(t *testing.T) {
	alone := finish(habitAt("b", 50, "get(url)"))[0].Fingerprint
	got := finish(habitAt("a", 0, "get(url)"), habitAt("b", 10, "get(url)"), habitAt("b", 20, "  get(url)"), habitAt("b", 30, "other(url)"))
	if got[1].Fingerprint != alone || got[2].Fingerprint != alone+"-2" {
		t.Errorf("%s is %s and %s beside others", alone, got[1].Fingerprint, got[2].Fingerprint)
	}
	if a, other := got[0].Fingerprint, got[3].Fingerprint; a == alone || other == alone || a == other {
		t.Errorf("%s, %s and %s are not told apart", a, other, alone)
	}
}

// The path that counts is the one in the project, wherever the scan was started.
func TestIdentify(t *testing.T) {
	want := finish(at("src/a.js", 0, keyA, "%s"), habitAt("src/b.js", 0, "get(url)"))
	r := Result{Findings: []Finding{at("../a.js", 0, keyA, "%s"), habitAt("../b.js", 0, "get(url)")}}
	r.Finish()
	r.Identify(func(f *Finding) string { return "src/" + strings.TrimPrefix(f.Path, "../") })
	env, stale := r.Findings[0].About("env", Warning, "m"), r.Findings[0].AboutKey("stale", Warning, "m")
	r.Findings = append(r.Findings, env, stale)
	r.Finish()
	fingerprints := map[string]string{}
	for _, f := range r.Findings {
		fingerprints[f.Rule] = f.Fingerprint
	}
	if fingerprints["r"] != want[0].Fingerprint || fingerprints["habit"] != want[1].Fingerprint {
		t.Errorf("%v, want %s and %s", fingerprints, want[0].Fingerprint, want[1].Fingerprint)
	}
	if other := want[0].About("env", Warning, "n"); other.Fingerprint != fingerprints["env"] || env.WholeKey() {
		t.Errorf("what is said of a place has the fingerprints %s and %s", fingerprints["env"], other.Fingerprint)
	}
	elsewhere := finish(at("c", 0, keyA, "%s"))[0].AboutKey("stale", Warning, "n")
	if elsewhere.Fingerprint != fingerprints["stale"] || !stale.WholeKey() {
		t.Errorf("what is said of a key has the fingerprints %s and %s", fingerprints["stale"], elsewhere.Fingerprint)
	}
}

// Baselines that were written before hold the fingerprints of then.
func TestFormerFingerprints(t *testing.T) {
	f := finish(at("src/a.js", 100, keyA, "\tkey =  '%s'"))[0]
	sum := sha256.Sum256([]byte("v1\x00r\x00" + keyA.ID + "\x00key = '" + keyA.Redacted + "'"))
	old := hex.EncodeToString(sum[:12])
	if got := f.FormerFingerprints(); !slices.Equal(got, []string{old}) {
		t.Errorf("%v, want %s", got, old)
	}
	for _, n := range []string{"", "-2", "-7"} {
		sum := sha256.Sum256([]byte("v1\x00stale\x00" + old + n))
		g := f.AboutKey("stale", Warning, "m")
		if got := g.FormerFingerprints(); !slices.Contains(got, hex.EncodeToString(sum[:12])) {
			t.Errorf("%v have not that of %s%s", got, old, n)
		}
	}
}

func TestFinishMasks(t *testing.T) {
	short := NewLegacyToken("hG5tR2wQ9zXc7VbN")
	long := NewLegacyToken("hG5tR2wQ9zXc7VbN1mKj4LpO8iU3yT6r") // begins with short
	whole := long.Secret.Reveal()
	commit := &Commit{OID: "1", Author: "A " + whole, Email: whole + "@example.com", Subject: "add " + whole}
	for _, order := range [][]*Key{{short, long}, {long, short}} {
		a := at("dir/"+whole+".txt", 0, order[0], "x "+whole+" %s "+whole+" y")
		b := at("b", 0, order[1], "%s")
		b.Commit, b.RemovedIn, b.Refs = commit, commit, []string{"refs/heads/" + whole}
		r := Result{
			Findings: []Finding{a, b},
			Problems: []Problem{{Path: whole, Message: "cannot read " + whole}},
		}
		r.Finish()
		printed := fmt.Sprintf("%+v %+v", r, *commit)
		for n := range len(whole) - 8 {
			if part := whole[n : n+8]; strings.Contains(printed, part) {
				t.Errorf("%q is left in %s", part, printed)
				break
			}
		}
		for _, f := range r.Findings {
			if got := f.Snippet.Text[f.Snippet.Start:f.Snippet.End]; got != f.Key.Redacted {
				t.Errorf("the snippet marks %q, want %q", got, f.Key.Redacted)
			}
		}
		if got, want := r.Findings[1].Snippet.Text, "x "+long.Redacted+" "+order[0].Redacted+" "+long.Redacted+" y"; got != want {
			t.Errorf("the snippet is %q, want %q", got, want)
		}
	}

	r := Result{Findings: []Finding{at("a", 0, &Key{ID: "1", Redacted: "..."}, "text %s")}}
	r.Findings = append(r.Findings, Finding{Location: Location{Path: "b"}, Snippet: Snippet{Text: "no key"}})
	r.Finish()
	if r.Findings[0].Snippet.Text != "text ..." || r.Findings[1].Snippet.Text != "no key" {
		t.Errorf("snippets without a key to hide become %+v", r.Findings)
	}
}

func TestCounts(t *testing.T) {
	r := Result{Findings: []Finding{{Severity: Error, Liveness: Live}, {Severity: Warning}, {Severity: Note}, {Severity: Error, Liveness: Live, Suppressed: &Suppression{By: "inline"}}}}
	for least, want := range map[Severity]int{Error: 1, Warning: 2, Note: 3} {
		if got := r.Counting(least); got != want {
			t.Errorf("%d count at %s, want %d", got, least, want)
		}
	}
	if r.Suppressed() != 1 || r.Working() != 1 {
		t.Errorf("%d are suppressed, %d work", r.Suppressed(), r.Working())
	}
}
