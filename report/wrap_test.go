package report

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/finding"
)

// No line is wider than the terminal, but for a word that is, and for a key.
func TestTextFitsTheTerminal(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	results := []*finding.Result{tree(), past(), asked(), withHabits()}
	for range 30 {
		results = append(results, random(rng))
	}
	for _, r := range results {
		for _, width := range []int{40, 80, 120} {
			for _, verbose := range []bool{false, true} {
				o := options()
				o.Width, o.Verbose = width, verbose
				for line := range strings.Lines(render(t, Text, r, o)) {
					line = strings.TrimSuffix(line, "\n")
					longest := 0
					for word := range strings.FieldsSeq(line) {
						longest = max(longest, cells(word))
					}
					if cells(line) > width && longest+len("    \"object   ") < width-2*15 {
						t.Errorf("%d columns, not %d: %q", cells(line), width, line)
					}
				}
			}
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		width int
		spans []span
		want  string
	}{
		{0, []span{plain("aa bb"), plain("cc")}, "  aa bb cc\n"},
		{8, []span{plain("aa bb"), plain("cc")}, "  aa bb\n    cc\n"},
		{8, []span{plain("aa"), gap, plain("cc")}, "  aa  cc\n"},
		{7, []span{plain("aa"), gap, plain("cc")}, "  aa\n    cc\n"},
		{8, []span{plain("aa"), plain("::error::x")}, "  aa\n    \\x3a:error::x\n"},
		{8, []span{plain("::error::x")}, "  \\x3a:error::x\n"},
		{12, []span{plain("日本 日本 日本")}, "  日本 日本\n    日本\n"},
		{5, []span{plain("a longer word"), plain("b")}, "  a longer\n    word\n    b\n"},
	} {
		var b strings.Builder
		tr := newText(&b, Options{Width: test.width})
		tr.wrap(2, 4, test.spans...)
		if err := tr.Flush(); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != test.want {
			t.Errorf("%v in %d: %q, want %q", test.spans, test.width, got, test.want)
		}
	}
}

var hyperlink = regexp.MustCompile(`\x1b\]8;;([^\x1b]*)\x1b\\([^\x1b]*)\x1b\]8;;\x1b\\`)

func TestHyperlinks(t *testing.T) {
	o := options()
	o.Links = true
	links := map[string]string{}
	for _, r := range []*finding.Result{tree(), past()} {
		for _, m := range hyperlink.FindAllStringSubmatch(render(t, Text, r, o), -1) {
			links[m[2]] = m[1]
		}
	}
	for text, address := range map[string]string{
		"src/app.js:12:14":      "file:///home/me/project/src/app.js",
		"[removed-not-revoked]": rulesURL + "removed-not-revoked.md",
		dashboardURL:            dashboardURL,
	} {
		if links[text] != address {
			t.Errorf("%s leads to %q, want %q", text, links[text], address)
		}
	}
	o.Web, o.Commit = Web{URL: "https://github.com/o/r", Folder: "a b"}, strings.Repeat("ff", 20)
	got := render(t, Text, past(), o)
	if want := "https://github.com/o/r/blob/" + strings.Repeat("3c4d", 10) + "/a%20b/src/app.js#L12"; !strings.Contains(got, want) {
		t.Errorf("%s is not in\n%s", want, got)
	}
	got = render(t, Markdown, past(), o)
	for _, want := range []string{
		"[<code>src/app.js&#58;12&#58;14</code>](https://github.com/o/r/blob/" + strings.Repeat("3c4d", 10) + "/a%20b/src/app.js#L12)",
		"[<code>3c4d3c4d</code>](https://github.com/o/r/commit/" + strings.Repeat("3c4d", 10) + ")",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
	if got := render(t, Markdown, tree(), o); !strings.Contains(got, "https://github.com/o/r/blob/"+o.Commit+"/a%20b/src/app.js#L12") {
		t.Error(got)
	}
}

func TestHyperlinksInTerminals(t *testing.T) {
	for _, test := range []struct {
		env  map[string]string
		want bool
	}{
		{map[string]string{"TERM": "xterm-256color"}, false},
		{map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "7600"}, true},
		{map[string]string{"VTE_VERSION": "4800"}, false},
		{map[string]string{"TERM_PROGRAM": "vscode"}, true},
		{map[string]string{"TERM_PROGRAM": "vscode", "CI": "true"}, false},
		{map[string]string{"TERM": "dumb", "WT_SESSION": "1"}, false},
		{map[string]string{"WT_SESSION": "1"}, true},
		{map[string]string{"WT_SESSION": "1", "FORCE_HYPERLINK": "0"}, false},
		{map[string]string{"CI": "true", "FORCE_HYPERLINK": "1"}, true},
	} {
		if got := Hyperlinks(func(name string) string { return test.env[name] }); got != test.want {
			t.Errorf("%v: %v", test.env, got)
		}
	}
}
