package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/neokeys/neokeys/finding"
)

// parseSARIF reads a report back with the library that wrote it, after checking it
// against SARIF's own schema.
func parseSARIF(t testing.TB, text string) *sarif.Run {
	t.Helper()
	log, err := sarif.FromString(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := log.Validate(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return log.Runs[0]
}

func TestSARIFParsesBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	results := []*finding.Result{{}, tree(), past()}
	for range 60 {
		results = append(results, random(rng))
	}
	for n, r := range results {
		o := options()
		o.IncludeSuppressed = n%2 == 0
		text := render(t, SARIF, r, o)
		checkNoBoilerplate(t, decode(t, text), "")
		run := parseSARIF(t, text)
		want := finding.Order(r.Findings)
		if !o.IncludeSuppressed {
			want = slices.DeleteFunc(want, func(f finding.Finding) bool { return !f.Counts() })
		}
		if len(run.Results) != len(want) {
			t.Fatalf("%d results of %d findings", len(run.Results), len(want))
		}
		for i := range want {
			checkSARIFResult(t, run, run.Results[i], &want[i])
		}
		if n := len(run.Invocations[0].ToolExecutionNotifications); n != len(r.Problems) {
			t.Fatalf("%d notifications of %d problems", n, len(r.Problems))
		}
	}
}

func checkSARIFResult(t *testing.T, run *sarif.Run, got *sarif.Result, f *finding.Finding) {
	t.Helper()
	physical := got.Locations[0].PhysicalLocation
	uri := *physical.ArtifactLocation.URI
	name, err := url.PathUnescape(uri)
	if err != nil {
		t.Fatalf("%q: %v", uri, err)
	}
	if physical.ArtifactLocation.URIBaseID != nil {
		parsed, err := url.Parse(uri)
		if err != nil || parsed.Scheme != "" || strings.HasPrefix(uri, "/") || strings.HasPrefix(uri, "..") {
			t.Errorf("%q is not relative (%v)", uri, err)
		}
		if name != path.Clean(f.Path) {
			t.Errorf("%q stands for %q, want %q", uri, name, f.Path)
		}
	} else if !strings.HasPrefix(uri, "file:///") {
		t.Errorf("%q is neither relative to %s nor a file", uri, srcRoot)
	}
	rules := run.Tool.Driver.Rules
	if *got.RuleID != f.Rule || *rules[got.RuleIndex].ID != f.Rule {
		t.Errorf("rule %s, index %d", *got.RuleID, got.RuleIndex)
	}
	level := f.Severity.String()
	if f.Liveness.Works() {
		level = "error"
	}
	if got.Level != level || got.PartialFingerprints["neokeys/v1"] != f.Fingerprint || (len(got.Suppressions) > 0) == f.Counts() {
		t.Errorf("%+v of %+v", got, f)
	}
	region := physical.Region
	l, there := now(f)
	if l.Line == 0 || !there {
		if *region.StartLine != 1 || region.StartColumn != nil {
			t.Errorf("a file as a whole has %+v", region)
		}
		return
	}
	if *region.StartLine != l.Line || *region.StartColumn != l.Column || *region.EndLine != l.EndLine || *region.EndColumn != l.EndColumn {
		t.Errorf("%+v of %+v", region, l)
	}
}

// checkNoBoilerplate fails for what go-sarif writes where nothing was set.
func checkNoBoilerplate(t *testing.T, v any, at string) {
	t.Helper()
	empty := false
	switch v := v.(type) {
	case map[string]any:
		empty = len(v) == 0
		for name, member := range v {
			checkNoBoilerplate(t, member, at+"/"+name)
		}
	case []any:
		empty = len(v) == 0 && !strings.HasSuffix(at, "/results")
		for i, item := range v {
			checkNoBoilerplate(t, item, fmt.Sprintf("%s/%d", at, i))
		}
	case nil:
		empty = true
	case float64:
		empty = v == -1
	}
	if empty {
		t.Errorf("%s says nothing: %v", at, v)
	}
}

func TestSARIFEmptyRunHasResults(t *testing.T) {
	// No results, as opposed to results that are not known (SARIF 2.1.0, 3.14.23).
	if text := render(t, SARIF, &finding.Result{}, options()); !strings.Contains(text, `"results": []`) {
		t.Error(text)
	}
}

func TestSARIFTaxonomy(t *testing.T) {
	run := parseSARIF(t, render(t, SARIF, tree(), options()))
	taxa := run.Taxonomies[0].Taxa
	for i, rule := range run.Tool.Driver.Rules {
		if len(rule.Relationships) != len(someRules[i].CWEs) {
			t.Fatalf("%s: %d relationships", *rule.ID, len(rule.Relationships))
		}
		for j, relation := range rule.Relationships {
			want := fmt.Sprint(someRules[i].CWEs[j])
			if *relation.Target.ID != want || *taxa[relation.Target.Index].ID != want {
				t.Errorf("%s: %s at %d, want %s", *rule.ID, *relation.Target.ID, relation.Target.Index, want)
			}
		}
	}
}

func TestSARIFTakesNoMoreThanGitHub(t *testing.T) {
	r := &finding.Result{Summary: finding.Summary{Files: 1}}
	for i := range maxSARIFResults + 10 {
		f := at(testKey, "a", i+1, "", "")
		if i >= maxSARIFResults {
			f.Severity = finding.Error
		}
		r.Findings = append(r.Findings, f)
	}
	list, dropped := worst(r.Findings, maxSARIFResults)
	if len(list) != maxSARIFResults || dropped != 10 || list[9].Severity != finding.Error || list[10].Line != 1 {
		t.Errorf("%d, %d, %+v", len(list), dropped, list[9])
	}
}

func TestPathURI(t *testing.T) {
	for _, test := range []struct {
		path, root, uri string
		relative        bool
	}{
		{"src/a.js", "/r", "src/a.js", true},
		{"./src//a.js", "/r", "src/a.js", true},
		{"a b%#?é\xff\n", "/r", "a%20b%25%23%3F%C3%A9%FF%0A", true},
		{"c:x", "/r", "c%3Ax", true},
		{`a\b`, "/r", "a%5Cb", true},
		{"a/../../b", "/r/s", "file:///r/b", false},
		{"../b", "/r/s", "file:///r/b", false},
		{"../s/b", "/r/s", "b", true},
		{"../b", "", "../b", false},
		{"..b", "/r", "..b", true},
		{"/r/a", "/r", "a", true},
		{"/r/a", "/r/", "a", true},
		{"/rest/a", "/r", "file:///rest/a", false},
		{"/a", "/", "a", true},
		{"/a b", "", "file:///a%20b", false},
		{`C:\x y\a`, `C:\r`, "file:///C:/x%20y/a", false},
		{`C:\r\a`, `C:\r`, "a", true},
		{"c:/r/a", `C:\s`, "file:///c:/r/a", false},
		{`\\host\share\a`, `C:\r`, "file://host/share/a", false},
		{"-", "/r", "-", true},
	} {
		uri, relative := pathURI(test.path, test.root)
		if uri != test.uri || relative != test.relative {
			t.Errorf("%q in %q: %q, %v, want %q, %v", test.path, test.root, uri, relative, test.uri, test.relative)
		}
	}
}

func TestPrune(t *testing.T) {
	for in, want := range map[string]string{
		`{"a":[],"b":{},"c":null,"d":-1,"e":0,"f":"","g":false,"results":[]}`: `{"e":0,"f":"","g":false,"results":[]}`,
		`{"a":{"b":{"c":[{}]}},"x":[[],{"y":-1},-1,1.50,"]}\"é<"]}`:           `{"a":{"b":{"c":[{}]}},"x":[[],{},-1,1.50,"]}\"é\u003c"]}`,
	} {
		var out bytes.Buffer
		if err := prune([]byte(in), &out); err != nil || out.String() != want {
			t.Errorf("%s: %s, %v, want %s", in, out.String(), err, want)
		}
		if !json.Valid(out.Bytes()) {
			t.Errorf("%s is not JSON", out.String())
		}
	}
}
