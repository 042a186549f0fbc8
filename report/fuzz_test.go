package report

import (
	"encoding/xml"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"golang.org/x/net/html"

	"github.com/neokeys/neokeys/finding"
)

// FuzzReports writes every report of a result whose names, lines and messages are
// arbitrary bytes, and checks that none of them reaches its reader as anything but text.
func FuzzReports(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, s, s, s, s, uint8(0))
	}
	f.Add("::error file=x::y", "::stop-commands::z", "::add-mask::", "##[group]a", "a\n::debug::b", uint8(255))
	f.Add("a/../../b", "##vso[task.x]", "#", "[", "\xff\xfe", uint8(3))
	f.Add("-", "", "", "", "", uint8(7))
	f.Fuzz(func(t *testing.T, path, line, message, subject, reason string, flags uint8) {
		// A path has no NUL and is not empty; a line has no end of a line in it.
		path = strings.ReplaceAll(path, "\x00", "")
		line = strings.NewReplacer("\n", "", "\r", "").Replace(line)
		if path == "" {
			path = "a"
		}
		r := fuzzed(path, line, message, subject, reason, flags)
		o := options()
		o.Verbose, o.Width, o.Scanned = flags&1 != 0, int(flags), path
		check(t, r, o)
	})
}

func TestReportsOfHostileContent(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for range 100 {
		o := options()
		o.Verbose, o.Width = rng.IntN(2) == 0, rng.IntN(200)
		check(t, random(rng), o)
	}
}

func fuzzed(path, line, message, subject, reason string, flags uint8) *finding.Result {
	yes := flags&2 != 0
	plain := at(prodKey, path, 3, line, line)
	plain.Message += message
	past := at(legacyKey, path, 4, line, "")
	past.Commit = &finding.Commit{OID: strings.Repeat("ab", 20), Author: subject, Email: message, Date: noon, Subject: subject}
	past.InHead, past.Refs = &yes, []string{"refs/heads/" + subject, subject}
	ignored := at(testKey, path, 5, "", line)
	ignored.Suppressed = &finding.Suppression{By: "inline", Reason: reason}
	// The line of another key's finding holds a third.
	both := at(testKey, path+prodKey.Secret.Reveal(), 6, line+legacyKey.Secret.Reveal(), prodKey.Secret.Reveal()+line)
	both.Verification, both.Liveness = &finding.Verification{Reason: reason}, finding.Live
	rule := habit(path, 7, "x"+line)
	rule.Message = "m" + message
	whole := at(prodKey, path, 0, "", "")
	whole.Column, whole.EndColumn, whole.Snippet = 0, 0, finding.Snippet{}
	r := &finding.Result{
		Findings: []finding.Finding{plain, past, ignored, both, rule, whole},
		Examples: []finding.Finding{at(testKey, path, 9, line, line)},
		Problems: []finding.Problem{{Path: path, Message: "m" + message}, {Message: "m" + message + prodKey.Secret.Reveal()}},
		Summary:  finding.Summary{Files: int64(flags & 1), Bytes: int64(flags)},
	}
	r.Finish()
	return r
}

var (
	// A CI service takes these for commands wherever they stand in a line.
	logCommand = regexp.MustCompile(`##[A-Za-z]*\[`)
	annotation = regexp.MustCompile(`^::(error|warning|notice) ((file|line|col|endColumn|title)=[^:,\n]*,?)+::[^\n]*$`)
	markup     = regexp.MustCompile(`</?code>`)
)

func check(t *testing.T, r *finding.Result, o Options) {
	t.Helper()
	for _, k := range secrets {
		checkDossier(t, r, k, o)
	}
	for _, f := range Formats() {
		text := render(t, f, r, o)
		if !utf8.ValidString(text) {
			t.Fatalf("%s is not UTF-8: %q", f, text)
		}
		for _, c := range text {
			if c != '\n' && !strconv.IsGraphic(c) {
				t.Fatalf("%s has a raw %q:\n%q", f, c, text)
			}
		}
		if at := logCommand.FindString(text); at != "" {
			t.Fatalf("%s has %q:\n%s", f, at, text)
		}
		for _, k := range secrets {
			if strings.Contains(text, k.Secret.Reveal()) {
				t.Fatalf("%s holds a key:\n%s", f, text)
			}
		}
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "::") && (f != GitHub || !annotation.MatchString(line)) {
				t.Fatalf("%s has a command: %q", f, line)
			}
		}
		switch f {
		case JSON, GitLab:
			decode(t, text)
		case JSONL:
			for line := range strings.Lines(text) {
				decode(t, line)
			}
		case SARIF:
			if _, err := sarif.FromString(text); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		case JUnit:
			if err := xml.Unmarshal([]byte(text), new(junitSuites)); err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
		case Markdown:
			checkMarkdown(t, text)
		case HTML:
			checkHTML(t, text)
		}
	}
	// The quiet report has one line for each finding that counts.
	o.Quiet = true
	if got, want := strings.Count(render(t, Text, r, o), "\n"), len(r.Findings)-r.Suppressed(); got != want {
		t.Fatalf("%d lines for %d findings", got, want)
	}
}

// checkDossier fails if what is said of k holds a key, or what moves a terminal's cursor.
func checkDossier(t *testing.T, r *finding.Result, k *finding.Key, o Options) {
	t.Helper()
	d := NewDossier(r, func(other *finding.Key) bool { return other.ID == k.ID }, nil, o)
	if d == nil {
		return
	}
	for _, f := range []Format{Text, JSON} {
		var b strings.Builder
		if err := WriteDossier(&b, f, d, o); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, c := range text {
			if c != '\n' && !strconv.IsGraphic(c) {
				t.Fatalf("what is said of a key has a raw %q:\n%q", c, text)
			}
		}
		if logCommand.MatchString(text) || slices.ContainsFunc(secrets, func(k *finding.Key) bool { return strings.Contains(text, k.Secret.Reveal()) }) {
			t.Fatalf("what is said of a key is not harmless:\n%s", text)
		}
		if f == JSON {
			decode(t, text)
		}
	}
}

// checkHTML fails if there is an element or an attribute that the page does not write itself.
func checkHTML(t *testing.T, text string) {
	t.Helper()
	scripts := 0
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if scripts != 1 {
				t.Fatalf("%d scripts", scripts)
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			if scripts += btoi(token.Data == "script"); slices.Contains([]string{"img", "iframe", "object", "embed", "base", "link"}, token.Data) {
				t.Fatalf("there is an element %s", token.Data)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" ||
					a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "#") {
					t.Fatalf("there is an attribute %s=%q", a.Key, a.Val)
				}
			}
		}
	}
}

// checkMarkdown fails if there is markup that the report does not write itself.
func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if rest := markup.ReplaceAllString(line, ""); strings.ContainsAny(rest, "<>`~@") {
			t.Fatalf("markup in %q", line)
		}
		if line[0] == '|' && strings.Count(line, "|") != 5 {
			t.Fatalf("columns in %q", line)
		}
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "## neokeys ") && !strings.HasPrefix(line, "### ") {
			t.Fatalf("heading in %q", line)
		}
	}
}
