package report

import (
	"encoding/xml"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/neokeys/neokeys/finding"
)

func TestGitHubShowsWhatGitHubShows(t *testing.T) {
	var findings []finding.Finding
	for i := range 15 {
		e, w, n := at(prodKey, "e", i+1, "", ""), at(testKey, "w", i+1, "", ""), habit("n", i+1, "x")
		n.Severity = finding.Note
		findings = append(findings, e, w, n)
	}
	r := result(findings...)
	r.Problems = []finding.Problem{{Path: "p", Message: "gone"}, {Path: "q", Message: "gone"}}
	got := render(t, GitHub, r, options())
	for _, level := range []string{"error", "warning", "notice"} {
		if n := strings.Count("\n"+got, "\n::"+level+" "); n != maxAnnotations {
			t.Errorf("%d of %s:\n%s", n, level, got)
		}
	}
	for _, want := range []string{
		"::warning title=neokeys::The scan is incomplete: p: gone (and 1 more problem)\n",
		"::notice title=neokeys::Not shown here: 5 more errors, 6 more warnings and 6 more notices.",
		"::error file=e,line=1,col=1,endColumn=37,title=",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing:\n%s", want, got)
		}
	}
}

func TestGitHubCommand(t *testing.T) {
	got := githubCommand("error", "a:b,c%", "50%: x, y\nz\r", [][2]string{{"file", "d,e:f\n%0A.js"}})
	want := "::error file=d%2Ce%3Af\\n%250A.js,title=a%3Ab%2Cc%25::50%25: x, y\\nz\\r\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMarkdownFitsIntoASummary(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	long := strings.Repeat("x|", 500)
	var findings []finding.Finding
	for range 500 {
		b := make([]byte, 24)
		for i := range b {
			b[i] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rng.IntN(26)]
		}
		findings = append(findings, at(finding.NewAPIKey("prod", string(b)), long, 1, long, long))
	}
	r := result(findings...)
	r.Problems = []finding.Problem{{Path: "p", Message: "gone"}}
	got := render(t, Markdown, r, options())
	if len(got) > 1<<20 || !strings.Contains(got, "more keys not shown here") || !strings.HasSuffix(got, "<code>p</code>: gone\n") {
		t.Errorf("%d bytes, ends with %q", len(got), got[len(got)-200:])
	}
}

// TestGitLabSchema checks against a restatement of what GitLab's schemas 15.0 to 15.2 ask
// for. GitLab refuses a report that does not fit as a whole.
func TestGitLabSchema(t *testing.T) {
	text, err := os.ReadFile("testdata/gitlab.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("gitlab.json", decode(t, string(text))); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("gitlab.json")
	rng := rand.New(rand.NewPCG(7, 8))
	results := []*finding.Result{{}, tree(), past()}
	for range 200 {
		results = append(results, random(rng))
	}
	for _, r := range results {
		got := render(t, GitLab, r, options())
		document := decode(t, got)
		if err := schema.Validate(document); err != nil {
			t.Fatalf("%v\n%s", err, got)
		}
		ids := map[any]bool{}
		for _, v := range document.(map[string]any)["vulnerabilities"].([]any) {
			ids[v.(map[string]any)["id"]] = true
		}
		if want := len(r.Findings) - r.Suppressed(); len(ids) != want {
			t.Fatalf("%d ids for %d findings that count", len(ids), want)
		}
	}
}

func TestGitLabCommit(t *testing.T) {
	r, o := result(at(prodKey, "a", 1, "", "")), options()
	if got := render(t, GitLab, r, o); !strings.Contains(got, `"sha": "`+strings.Repeat("0", 40)+`"`) {
		t.Error(got)
	}
	o.Commit = strings.Repeat("ab", 20)
	if got := render(t, GitLab, r, o); !strings.Contains(got, `"sha": "`+o.Commit+`"`) {
		t.Error(got)
	}
}

func TestJUnitCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		r := random(rng)
		text := render(t, JUnit, r, options())
		var got junitSuites
		if err := xml.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		s := got.Suite
		failed := len(r.Findings) - r.Suppressed()
		if s.Tests != len(s.Cases) || s.Failures != failed || s.Errors != len(r.Problems) || got.Failures != failed ||
			s.Tests != len(r.Findings)+len(r.Problems)+1 {
			t.Fatalf("%+v of %d findings, %d suppressed, %d problems", s, len(r.Findings), r.Suppressed(), len(r.Problems))
		}
	}
}

func TestFormatsAreDescribed(t *testing.T) {
	for _, f := range Formats() {
		if f.About() == "" {
			t.Errorf("%s is not described", f)
		}
	}
	if err := Write(nil, "yaml", nil, Options{}); err == nil {
		t.Error("an unknown format is written")
	}
}
