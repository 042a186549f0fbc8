package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
)

func TestTextShowSecrets(t *testing.T) {
	o := options()
	o.ShowSecrets = true
	got := render(t, Text, tree(), o)
	for _, k := range []*finding.Key{prodKey, testKey, legacyKey} {
		// Once in the heading, once in the line.
		if n := strings.Count(got, k.Secret.Reveal()); n < 2 {
			t.Errorf("%s is shown %d times:\n%s", k.Redacted, n, got)
		}
	}
}

func TestTextPlacesAreCapped(t *testing.T) {
	var findings []finding.Finding
	for i := range 25 {
		findings = append(findings, at(prodKey, "a.txt", i+1, "", ""))
	}
	got := render(t, Text, result(findings...), options())
	if !strings.Contains(got, "a.txt:5:1") || strings.Contains(got, "a.txt:6:1") || !strings.Contains(got, "and 20 more places; -v lists all") {
		t.Error(got)
	}
	o := options()
	o.Verbose = true
	if got := render(t, Text, result(findings...), o); !strings.Contains(got, "a.txt:25:1") {
		t.Error(got)
	}
}

// What to do is said for each key in a few words, and once what that does.
func TestTextAdviceIsNotRepeated(t *testing.T) {
	var findings []finding.Finding
	for i := range 9 {
		key := finding.NewAPIKey("prod", fmt.Sprintf("AbCdEf0123456789AbCdEf%02d", i))
		findings = append(findings, at(key, "a.txt", i+1, "", ""))
	}
	got := render(t, Text, result(findings...), options())
	if full, short := strings.Count(got, dashboardURL), strings.Count(got, "  Rotate it. Then remove it from a.txt.\n"); full != 1 || short != 9 {
		t.Errorf("said %d times in full, %d times in short:\n%s", full, short, got)
	}
	findings[4].Exposure = finding.Browser
	got = render(t, Text, result(findings...), options())
	if full, short := strings.Count(got, dashboardURL), strings.Count(got, "  Rotate it. Then"); full != 2 || short != 8 {
		t.Errorf("said %d times in full, %d times in short:\n%s", full, short, got)
	}
}

// A key that works is dealt with before all others, whatever their severity and age.
func TestTextLiveKeysFirst(t *testing.T) {
	r := past()
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Liveness = finding.Inactive
		if f.Key == legacyKey {
			f.Liveness = finding.Restricted
		}
	}
	got := render(t, Text, r, options())
	order := []string{legacyKey.Redacted + "  restricted", prodKey.Redacted + "  inactive", testKey.Redacted + "  inactive"}
	last := -1
	for _, s := range order {
		i := strings.Index(got, s)
		if i <= last {
			t.Fatalf("%q is not in its place:\n%s", s, got)
		}
		last = i
	}
	if !strings.Contains(got, "nothing left to revoke") {
		t.Error("an inactive key has no advice of its own")
	}
}

func TestAllClearIsNotSaidOfNothing(t *testing.T) {
	skipped := &finding.Result{Summary: finding.Summary{Skipped: 12}}
	got := render(t, Text, skipped, options())
	if !strings.Contains(got, "Nothing was scanned") || !strings.Contains(got, "not an all-clear") || !strings.Contains(got, "12 files skipped") {
		t.Error(got)
	}
}

func TestCutSnippet(t *testing.T) {
	for _, test := range []struct {
		before, after     string
		cutLeft, cutRight bool
		width             int
		want              string
	}{
		{"key = ", ";", false, false, 80, "key = KEY;"},
		{"\t\tkey = ", "; ", false, false, 80, "key = KEY;"},
		{"\tkey = ", ";", true, true, 80, "…  key = KEY;…"},
		{"0123456789", "0123456789", false, false, 13, "…6789KEY0123…"},
		{"0123456789", "0", false, false, 13, "…23456789KEY0"},
		{"0", "0123456789", false, false, 13, "0KEY01234567…"},
		{"0123456789", "0123456789", false, false, 3, "…KEY…"},
		{"0123456789", "0123456789", false, false, 1, "…KEY…"},
		{"日本語日本語", "日本語日本語", false, false, 17, "…日本語KEY日本語…"},
		{"日本語日本語", "日本語日本語", false, false, 16, "…本語KEY日本語…"},
		{"", "", true, true, 80, "…KEY…"},
	} {
		f := finding.Finding{Snippet: finding.Snippet{
			Text: test.before + "KEY" + test.after, Start: len(test.before), End: len(test.before) + 3,
			CutLeft: test.cutLeft, CutRight: test.cutRight,
		}}
		left, matched, right := cutSnippet(&f, test.width, false)
		if got := left + matched + right; got != test.want {
			t.Errorf("%q, %q in %d: %q, want %q", test.before, test.after, test.width, got, test.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "less than a minute", 0: "less than a minute", 61 * time.Second: "1 minute",
		90 * time.Minute: "90 minutes", 30 * time.Hour: "30 hours", 47 * time.Hour: "47 hours",
		48 * time.Hour: "2 days", 45 * 24 * time.Hour: "45 days", 400 * 24 * time.Hour: "13 months",
		800 * 24 * time.Hour: "2 years", 20000 * 24 * time.Hour: "54 years",
	} {
		if got := duration(noon, noon.Add(d)); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"src/app.js": "src/app.js", "日本/é 😀": "日本/é 😀", `a\b`: `a\b`,
		"a\nb": `a\nb`, "\x1b[31m": `\x1b[31m`, "\x7f\u0085": `\x7f\u0085`, "\xff\xc3é": `\xff\xc3é`,
		"\u202e\u2066": `\u202e\u2066`, "\ufeff": `\ufeff`, "\U000e0041": `\U000e0041`, "\ufffd": "\ufffd", "\x00": `\x00`,
		"::error::x": `\x3a:error::x`, "  ::debug::": `  \x3a:debug::`, "std::string": "std::string",
		"a ##[error]b": `a #\x23[error]b`, "##vso[task.x]": `#\x23vso[task.x]`, "## [x]": "## [x]", "###[a]": `##\x23[a]`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Seven keys of a small repository, with what rules say of them, fit on a screen or two.
func TestTextIsShort(t *testing.T) {
	yes, no := true, false
	var findings []finding.Finding
	for i := range 7 {
		key := finding.NewAPIKey("prod", fmt.Sprintf("AbCdEf0123456789AbCdEf%02d", i))
		f := at(key, fmt.Sprintf("services/app%d/config.js", i), 10+i, `const client = new Neo({ apiKey: "`, `", retries: 3 })`)
		f.Commit, f.InHead, f.Refs, f.Object = author(fmt.Sprintf("%da", i), 100+i, "Add the client of a service"), &yes, []string{"refs/heads/main"}, strings.Repeat("8c", 20)
		if i%3 == 0 {
			f.RemovedIn, f.InHead = author(fmt.Sprintf("%db", i), 50, "Take it out"), &no
		}
		findings = append(findings, f)
	}
	findings = append(findings, habit("services/app1/http.js", 3, `fetch("http://api.neoagent.io/public-api/agents")`))
	r := result(findings...)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Key != nil {
			about := f.AboutKey("stale-key", finding.Warning, "old")
			if f.RemovedIn != nil {
				about = f.AboutKey("removed-not-revoked", finding.Error, "removed")
			}
			r.Findings = append(r.Findings, about)
		}
	}
	r.Finish()
	for width, most := range map[int]int{0: 60, 80: 65, 120: 60} {
		o := options()
		o.Width = width
		got := render(t, Text, r, o)
		if n := strings.Count(got, "\n"); n > most {
			t.Errorf("%d lines at a width of %d:\n%s", n, width, got)
		}
		for i := range 7 {
			if strings.Count(got, fmt.Sprintf("AbCd...Ef%02d", i)) != 2 { // heading and line
				t.Errorf("key %d:\n%s", i, got)
			}
		}
	}
}
