package scanner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// No key hides behind many others, whatever they are.
func TestManyMatches(t *testing.T) {
	key, other := newKey(rng(50)), newKey(rng(51))
	example := "neo_sk_" + "prod_" + "AbCdEf0123456789AbCdEf01"
	const n = maxPerFile + 2000
	for name, before := range map[string]string{
		"an example":         strings.Repeat("k="+example+"\n", n),
		"another key":        strings.Repeat("k="+other+"\n", n),
		"on one line":        strings.Repeat(other+" ", n),
		"a legacy token":     strings.Repeat("NEOAGENT_SECRET_KEY="+other[12:]+"\n", n),
		"excused keys":       strings.Repeat("k="+other+" # "+rules.IgnoreMark+" a test\n", n),
		"excused below":      strings.Repeat("# "+rules.IgnoreMark+"\nk="+other+"\n", n),
		"the key excused":    strings.Repeat("k="+key+" # "+rules.IgnoreMark+"\n", n),
		"of over a mebibyte": strings.Repeat("k="+other+" # "+rules.IgnoreMark+strings.Repeat(" long", 30)+"\n", n),
		"a habit":            strings.Repeat("curl http://api.neoagent.io/agents\n", n),
		"comments":           strings.Repeat("# "+rules.IgnoreMark+"\n", 2*n),
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && raceDetector && (name == "on one line" || name == "of over a mebibyte") {
				t.Skip("the two that take longest")
			}
			text := []byte(before + "\nk=" + key)
			r := searchReader(t, bytes.NewReader(text))
			last := r.Findings[len(r.Findings)-1]
			if last.Key == nil || last.Key.Secret.Reveal() != key || !last.Counts() || last.Line != bytes.Count(text, []byte("\n"))+1 {
				t.Errorf("the last of %d findings is %+v", len(r.Findings), last)
			}
			if strings.Contains(before, " # ") && r.Counting(finding.Note) != 1 {
				t.Errorf("%d findings count, want 1", r.Counting(finding.Note))
			}
			if total := len(r.Findings) + len(r.Examples); total > 2*maxPerFile {
				t.Errorf("%d matches are remembered", total)
			}
			if a, b := describeFindings(r), describeFindings(searchWhole(t, text)); a != b {
				t.Error("a search in chunks finds other matches than one as a whole")
			}
		})
	}
}

// What is not listed is told, and makes the search no less complete.
func TestUnlistedPlaces(t *testing.T) {
	key := newKey(rng(52))
	const n = 3 * maxPerFile
	r := searchReader(t, strings.NewReader(strings.Repeat(key+"\n", n)))
	told := fmt.Sprintf("not %d more places", n-len(r.Findings))
	if len(r.Problems) > 0 || len(r.Notices) != 1 || !strings.Contains(r.Notices[0].Message, told) {
		t.Errorf("problems %v, notices %v, want %q", r.Problems, r.Notices, told)
	}
}

// Only too many keys that differ end the search of a file.
func TestTooManyKeys(t *testing.T) {
	random := rng(53)
	var b bytes.Buffer
	var keys []string
	for range maxPerFile + 1000 {
		keys = append(keys, newKey(random))
		b.WriteString(keys[len(keys)-1] + "\n")
	}
	search := func(text string) (*finding.Result, error) {
		var out collector
		_, err := newStream(rules.NewSet(rules.All()), &out).search(context.Background(), "a.js", strings.NewReader(text))
		return out.finish(), err
	}
	r, err := search(b.String())
	if !errors.Is(err, errTooMany) || len(r.Findings) != maxPerFile {
		t.Errorf("%d findings, error %v", len(r.Findings), err)
	}

	keys = keys[:maxPerFile*9/10]
	some := strings.Join(keys, "\n") + "\n"
	r, err = search(strings.Repeat(some, 5))
	if err != nil {
		t.Error(err)
	}
	slices.Sort(keys)
	got := secrets(r)
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, keys) {
		t.Errorf("%d keys are found, want %d", len(got), len(keys))
	}
}

// Examples take no room from findings.
func TestManyExamples(t *testing.T) {
	var c collector
	c.add(nil, make([]finding.Finding, maxFindings+1))
	c.add(make([]finding.Finding, maxFindings), nil)
	r := c.finish()
	if len(r.Findings) != maxFindings || len(r.Examples) != maxExamples || len(r.Problems) > 0 || len(r.Notices) != 1 {
		t.Errorf("%d findings, %d examples, problems %v, notices %v", len(r.Findings), len(r.Examples), r.Problems, r.Notices)
	}
}
