package rules

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules/anchor"
	"github.com/neokeys/neokeys/rules/place"
)

const base62 = testkey.Letters

// randomSecret returns n random letters and digits that are no placeholder.
func randomSecret(rng *rand.Rand, n int) string { return testkey.Secret(rng, n) }

// sets keeps the sets of the single rules that tests have run.
var sets sync.Map

// matches runs one rule over text as the engine does, without repeated matches.
func matches(r *Rule, path, text string) []Match {
	made, ok := sets.Load(r)
	if !ok {
		made, _ = sets.LoadOrStore(r, NewSet([]*Rule{r}))
	}
	set := made.(*Set)
	var found []Match
	seen := map[[2]int]bool{}
	var literals anchor.Set
	for from := 0; ; {
		h, ok := set.Anchors().Next([]byte(text), from)
		if !ok {
			if f := (&File{Text: []byte(text), Place: place.Of(path, []byte(text))}); set.WantsFile(literals) {
				set.MatchFile(literals, f, func(_ *Rule, m Match) {
					if m.Key == nil || !seen[[2]int{m.Start, m.End}] {
						found = append(found, m)
					}
				})
			}
			return found
		}
		from = h.Pos + 1
		literals.AddAll(h.Literals)
		lo, hi := max(0, h.Pos-Reach), min(len(text), h.Pos+Reach)
		v := &View{Text: []byte(text[lo:hi]), Pos: h.Pos - lo, Code: place.Of(path, []byte(text)).Code}
		set.Match(h, v, func(_ *Rule, m Match) {
			m.Start, m.End = m.Start+lo, m.End+lo
			if at := [2]int{m.Start, m.End}; !seen[at] {
				seen[at] = true
				found = append(found, m)
			}
		})
	}
}

func TestEveryRuleIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All() {
		if seen[r.ID] {
			t.Errorf("two rules are called %s", r.ID)
		}
		seen[r.ID] = true
		if r.Title == "" || r.Severity == 0 || len(r.CWEs) == 0 || r.SecuritySeverity == 0 || len(r.Anchors) == 0 && r.Review == nil {
			t.Errorf("%s: something is not filled in: %+v", r.ID, r)
		}
		if !strings.HasPrefix(r.Doc, "# "+r.ID+"\n") {
			t.Errorf("%s: its page does not begin with its name", r.ID)
		}
		for _, section := range []string{"Why it matters", "Before", "After", "How to fix", "When to disable", "Source"} {
			if !strings.Contains(r.Doc, "\n## "+section+"\n") {
				t.Errorf("%s: its page has no section %q", r.ID, section)
			}
		}
	}
}

func TestSelect(t *testing.T) {
	all := []*Rule{NeoAPIKey, {ID: "another"}}
	if got, err := Select(all, nil, []string{"neo-api-key"}); err != nil || len(got) != len(all)-1 {
		t.Errorf("disabling one rule leaves %d, %v", len(got), err)
	}
	if got, err := Select(all, []string{"neo-api-key"}, nil); err != nil || len(got) != 1 {
		t.Errorf("selecting one rule gives %d, %v", len(got), err)
	}
	for _, bad := range [][2][]string{{{"nonsense"}, nil}, {nil, {"nonsense"}}, {{"neo-api-key"}, {"neo-api-key"}}} {
		if _, err := Select(all, bad[0], bad[1]); err == nil {
			t.Errorf("selecting %v without %v is accepted", bad[0], bad[1])
		}
	}
}

func TestRaise(t *testing.T) {
	for exposure, want := range map[finding.Exposure]finding.Severity{
		finding.Source: finding.Warning, finding.Browser: finding.Error, finding.Mobile: finding.Error,
	} {
		if got := Raise(finding.Warning, exposure); got != want {
			t.Errorf("a warning in %s becomes %s, want %s", exposure, got, want)
		}
	}
}

// sorted returns the keys of m in order, so that a test that draws random values for
// them draws the same ones each time.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
