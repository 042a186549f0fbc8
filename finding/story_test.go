package finding

import (
	"testing"
	"time"
)

// moment is a day in 2026.
func moment(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }

// traced returns a finding of k at path with the events that days name: those below zero are
// removals.
func traced(k *Key, path string, present bool, days ...int) Finding {
	f := Finding{Rule: "neo-api-key", Key: k, Location: Location{Path: path}, InHead: &present, Trace: &Trace{}}
	for _, d := range days {
		e := Event{Commit: &Commit{OID: moment(max(d, -d)).Format("20060102"), Date: moment(max(d, -d))}, Removed: d < 0, InHead: true, OnRef: true}
		f.Trace.Events = append(f.Trace.Events, e)
	}
	return f
}

func TestStory(t *testing.T) {
	old, fresh := NewAPIKey("prod", "Zk4Tq9"+"Lw2Xv7"+"Rb1Ns8"+"Hd5Mf3"), NewAPIKey("prod", "Qp3Vn8"+"Jc6Wz1"+"Ty9Gk4"+"Bs2Lx7")
	findings := []Finding{
		traced(old, "a.js", false, 1, -3), traced(old, "b.js", false, 3, -5), traced(fresh, "b.js", true, 5),
		traced(old, "c.js", false, 2, -4),
	}
	findings[0].Liveness, findings[0].Verification = Inactive, &Verification{CheckedAt: moment(9), RequestID: "req"}
	findings[1].Trace.Refs = []Ref{{Name: "refs/tags/v1", Holds: true}}
	findings[3].Trace.Refs = []Ref{{Name: "refs/heads/main"}, {Name: "refs/tags/v1"}}
	added := Replacements(findings)
	groups, _ := Groups(findings)
	for i := range groups {
		g := &groups[i]
		s := Tell(g, added, moment(11))
		if g.Key == fresh {
			if s.Head.Length() != 6*24*time.Hour || !s.Head.Open {
				t.Errorf("HEAD had the new key for %v, still: %v", s.Head.Length(), s.Head.Open)
			}
			continue
		}
		var kinds []StepKind
		for _, step := range s.Steps {
			kinds = append(kinds, step.Kind)
		}
		want := []StepKind{Added, Added, Moved, Removed, Rotated, Verified}
		if len(kinds) != len(want) {
			t.Fatalf("the steps are %v, want %v", kinds, want)
		}
		for n := range want {
			if kinds[n] != want[n] {
				t.Errorf("step %d is %s, want %s", n, kinds[n], want[n])
			}
		}
		if by := s.Steps[4].By; by != fresh {
			t.Errorf("it was replaced by %v", by)
		}
		if s.Head.Open || s.Head.Length() != 4*24*time.Hour {
			t.Errorf("HEAD had it for %v, still: %v", s.Head.Length(), s.Head.Open)
		}
		if !s.Branches.Open || !s.History.Open || s.History.Length() != 10*24*time.Hour {
			t.Errorf("branches %+v, history %+v", s.Branches, s.History)
		}
		if len(s.Refs) != 2 || !s.Refs[1].Holds || s.Refs[0].Holds {
			t.Errorf("the refs are %+v", s.Refs)
		}
		if got := s.LastRemoved(); !got.Equal(moment(5)) {
			t.Errorf("it was last removed on %v", got)
		}
	}
}

// Without a trace, the commits that a finding names are its story.
func TestStoryWithoutTrace(t *testing.T) {
	k, no := NewAPIKey("prod", "Zk4Tq9"+"Lw2Xv7"+"Rb1Ns8"+"Hd5Mf3"), false
	f := Finding{Key: k, Location: Location{Path: "a"}, Commit: &Commit{OID: "1", Date: moment(1)}, RemovedIn: &Commit{OID: "2", Date: moment(2)}, InHead: &no}
	groups, _ := Groups([]Finding{f})
	s := Tell(&groups[0], Replacements([]Finding{f}), moment(5))
	if len(s.Steps) != 2 || s.Steps[1].Kind != Removed || s.Head.Length() != 24*time.Hour || s.Branches.Open {
		t.Errorf("%+v", s)
	}
	f = Finding{Key: k, Location: Location{Path: "a"}}
	groups, _ = Groups([]Finding{f})
	if s := Tell(&groups[0], nil, moment(5)); len(s.Steps) != 0 || s.History.Length() != 0 {
		t.Errorf("of a file, %+v is told", s)
	}
}
