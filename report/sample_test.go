package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Keys are put together here so that no file of the repository holds one.
var (
	prodKey   = finding.NewAPIKey("prod", "Zk4Tq9"+"Lw2Xv7"+"Rb1Ns8"+"Hd5Mf3")
	testKey   = finding.NewAPIKey("test", "Qp3Vn8"+"Jc6Wz1"+"Ty9Gk4"+"Bs2Lx7")
	legacyKey = finding.NewLegacyToken("w7Yp2Kd9" + "Rm4Xc1Vt" + "8Hb3Nq6J" + "z5Ls0Gfa")
)

var secrets = []*finding.Key{prodKey, testKey, legacyKey}

// someRules stand for the real ones, whose pages change.
var someRules = []*rules.Rule{
	{ID: "neo-api-key", Title: "Neo API key", Severity: finding.Error, CWEs: []int{798, 540}, SecuritySeverity: 9.1, Doc: "# neo-api-key\n\nA key.\n"},
	{ID: "neo-legacy-token", Title: "Token of the older API", Severity: finding.Error, CWEs: []int{798}, SecuritySeverity: 9.1, Doc: "# neo-legacy-token\n\nA token.\n"},
	{ID: "removed-not-revoked", Title: "Deleted, not revoked", Severity: finding.Error, CWEs: []int{798}, SecuritySeverity: 8.8, Doc: "# removed-not-revoked\n\nDeleted.\n"},
	{ID: "stale-key", Title: "Old key", Severity: finding.Warning, CWEs: []int{324}, SecuritySeverity: 5, Doc: "# stale-key\n\nOld.\n"},
	{ID: "neo-plain-http", Title: "Key sent in clear", Severity: finding.Warning, CWEs: []int{319, 99999}, SecuritySeverity: 5, Doc: "# neo-plain-http\n\nNo TLS.\n"},
}

func options() Options {
	return Options{
		Rules: someRules, Tool: Tool{"1.2.3"}, Scanned: ".",
		Root: "/home/me/project", Started: noon, ExitStatus: 1,
	}
}

// at returns a finding of key k on a line of a file, in the column after before.
func at(k *finding.Key, path string, line int, before, after string) finding.Finding {
	start := len([]rune(before)) + 1
	f := finding.Finding{
		Rule: "neo-api-key", Severity: finding.Error, Confidence: finding.High,
		Message: "Neo API key for the " + k.Env + " environment",
		Location: finding.Location{
			Path: path, Line: line, Column: start, EndLine: line,
			EndColumn: start + len(k.Secret.Reveal()), Offset: int64(line) * 100,
		},
		Key: k, Exposure: finding.Source, Liveness: finding.NotChecked,
		Snippet: finding.Snippet{Text: before + k.Redacted + after, Start: len(before), End: len(before) + len(k.Redacted)},
	}
	if k.Env == "test" {
		f.Severity = finding.Warning
	}
	if k.Kind == finding.KindLegacy {
		f.Rule, f.Message = "neo-legacy-token", "Token of the older Neo API"
	}
	return f
}

func habit(path string, line int, text string) finding.Finding {
	return finding.Finding{
		Rule: "neo-plain-http", Severity: finding.Warning, Confidence: finding.High,
		Message:  "The key is sent without encryption",
		Location: finding.Location{Path: path, Line: line, Column: 1, EndLine: line, EndColumn: len(text) + 1},
		Exposure: finding.Source, Liveness: finding.NotChecked,
		Snippet: finding.Snippet{Text: text, Start: 0, End: len(text)},
	}
}

func result(findings ...finding.Finding) *finding.Result {
	r := &finding.Result{Findings: findings, Summary: finding.Summary{
		Files: 1234, Bytes: 5_600_000, Duration: 420 * time.Millisecond,
	}}
	r.Finish()
	return r
}

// tree is what a scan of files finds.
func tree() *finding.Result {
	bundle := at(prodKey, "dist/app.js", 1, strings.Repeat("var a=1;", 12)+`x={apiKey:"`, `",retries:3};`+strings.Repeat("b();", 20))
	bundle.Exposure, bundle.Snippet.CutLeft, bundle.Snippet.CutRight = finding.Browser, true, true
	decoded := at(testKey, "deploy/secret.yaml", 7, "  NEO_API_KEY: ", "")
	decoded.Exposure, decoded.DecodedFrom, decoded.Confidence = finding.Container, []string{"base64"}, finding.Medium
	token := at(legacyKey, "legacy/client.py", 3, "SECRET_KEY = '", "'")
	ignored := at(testKey, "test/fixture.js", 2, "\tconst key = '", "'; // a fixture")
	ignored.Suppressed = &finding.Suppression{By: "inline", Reason: "fixture"}
	name := at(prodKey, "keys/"+prodKey.Redacted+".txt", 0, "", "")
	name.Column, name.EndLine, name.EndColumn, name.Snippet, name.Exposure = 0, 0, 0, finding.Snippet{}, finding.Name
	source := at(prodKey, "src/app.js", 12, "const key = '", "';")
	source.Fix = &finding.Fix{Title: "read NEO_API_KEY from the environment", Safe: true, Variable: "NEO_API_KEY", Edits: []finding.Edit{
		{Location: finding.Location{Path: "src/app.js", Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, New: "import process from \"node:process\";\n"},
		{Location: finding.Location{Path: "src/app.js", Line: 12, Column: 13, EndLine: 12, EndColumn: 51, Offset: 300}, EndOffset: 338, New: "process.env.NEO_API_KEY"},
	}}
	r := result(
		source,
		bundle, decoded, token, ignored, name,
		habit("src/http.js", 3, `fetch("http://api.neoagent.io/public-api/agents")`),
		habit("src/http.js", 9, `fetch("http://api.neoagent.io/public-api/agents?x")`),
		habit("src/other.js", 1, `get("http://api.neoagent.io")`),
	)
	r.Examples = []finding.Finding{at(testKey, "docs/readme.md", 4, "key: ", "")}
	r.Problems = []finding.Problem{{Path: "src/secret\x1b[31m", Message: "not readable: permission denied"}}
	r.Summary.Skipped = 3
	r.Finish()
	return r
}

func author(oid string, daysAgo int, subject string) *finding.Commit {
	return &finding.Commit{
		OID: strings.Repeat(oid, 40)[:40], Author: "A U Thor", Email: "author@example.com",
		Date: noon.AddDate(0, 0, -daysAgo), Subject: subject,
	}
}

// past is what a scan of a history finds.
func past() *finding.Result {
	yes, no := true, false
	recent := at(testKey, "config/dev.yaml", 3, "key: ", "")
	recent.Commit, recent.InHead, recent.Refs = author("1a2b", 5, "Add config"), &yes, []string{"refs/heads/main"}
	recent.Head = &finding.Location{Path: "config/dev.yaml", Line: 51, Column: 8, EndLine: 51, EndColumn: 44}
	old := at(prodKey, "src/app.js", 12, "const key = '", "';")
	old.Commit, old.RemovedIn, old.InHead = author("3c4d", 400, "First version"), author("5e6f", 380, "Oops"), &no
	old.Refs = []string{"refs/heads/main", "refs/heads/next", "refs/remotes/origin/main", "refs/tags/v1", "refs/tags/v2"}
	message := at(prodKey, "commit "+strings.Repeat("7a", 20), 1, "Use ", " for now")
	message.Exposure, message.Commit, message.InHead = finding.Message, author("7a", 100, "Use "+prodKey.Redacted+" for now"), &yes
	message.Refs = []string{"refs/heads/main"}
	lost := at(legacyKey, "client.py", 1, "SECRET_KEY = '", "'")
	lost.InHead, lost.Object, lost.Refs = &no, strings.Repeat("9b", 20), []string{}
	deleted := at(testKey, "config/next.yaml", 2, "key: ", "")
	deleted.Commit, deleted.InHead, deleted.Refs = author("2e4f", 4, "On a branch that was deleted"), &no, []string{}
	for _, f := range []*finding.Finding{&recent, &old, &deleted} {
		f.Object = strings.Repeat("8c", 20)
	}
	r := result(recent, message, old, lost, deleted)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.RemovedIn != nil {
			r.Findings = append(r.Findings,
				f.AboutKey("removed-not-revoked", finding.Error, "commit 5e6f5e6f took this key out"),
				f.AboutKey("stale-key", finding.Warning, "this key was committed 400 days ago"))
			break
		}
	}
	r.Finish()
	r.Summary = finding.Summary{Objects: 5000, Bytes: 81_000_000, Duration: 1700 * time.Millisecond}
	return r
}

// asked is what a scan of files finds when it has asked whether the keys work.
func asked() *finding.Result {
	r, three := tree(), 3
	for i := range r.Findings {
		f := &r.Findings[i]
		switch f.Key {
		case testKey:
			f.Liveness, f.Severity = finding.Live, finding.Error
			f.Verification = &finding.Verification{RequestID: "req_01live", Reason: "lists 3 agents", Advice: "Revoke it.", Agents: &three, CheckedAt: noon}
		case prodKey:
			f.Liveness = finding.Inactive
			f.Verification = &finding.Verification{Code: "unauthorized", RequestID: "req_02dead", Reason: "401 Unauthorized", Advice: "Remove it.", CheckedAt: noon}
		case legacyKey:
			f.Liveness = finding.Unknown
			f.Verification = &finding.Verification{Reason: "no answer in 10 s", Advice: "Take it for live.", CheckedAt: noon}
		}
	}
	r.Summary.Filtered = 2
	return r
}

// hostile are pieces of the names, lines and messages that a scanned repository may
// hold.
var hostile = []string{
	"a", "é", "日本", "😀", " ", "\t", "\n", "\r", "\x00", "\x07", "\x1b[31m", "\x1b]0;x\x07", "\x7f", "\u009b31m",
	"\u2028", "\u202e", "\u2066", "\ufeff", "\xff", "\xc3", "::error::x", "\n::error file=a::b", "%0A", "%", ",", ":",
	"<script>", "</testcase>", "]]>", "&amp;", "`", "```", "|", "*", "_", "[x](http://x)", "![x](y)", "\\", "\"", "'",
	"../", "/", "//", "C:\\", "\U000e0041", "\U0010ffff", "\ufffe", "##[error]", "@everyone", "~", "#1",
}

// random returns a result that has a bit of everything, much of it hostile.
func random(rng *rand.Rand) *finding.Result {
	junk := func() string {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(hostile[rng.IntN(len(hostile))])
		}
		return b.String()
	}
	text := func() string { return strings.ReplaceAll(junk(), "\n", "") }
	path := func() string { return "p" + strings.ReplaceAll(junk(), "\x00", "") }
	commit := func() *finding.Commit {
		return &finding.Commit{
			OID: fmt.Sprintf("%040x", rng.Uint64()), Author: junk(), Email: junk(),
			Date: time.Unix(rng.Int64N(1<<uint(rng.IntN(60))), 0).UTC(), Subject: junk(),
		}
	}
	one := func() finding.Finding {
		f := at(secrets[rng.IntN(len(secrets))], path(), rng.IntN(5), text(), text())
		f.EndLine = f.Line
		f.Severity = finding.Severity(1 + rng.IntN(3))
		f.Message += junk()
		f.Confidence = []finding.Confidence{finding.High, finding.Medium, finding.Low}[rng.IntN(3)]
		f.Exposure = []finding.Exposure{finding.Source, finding.Browser, finding.Mobile, finding.Log, finding.Message}[rng.IntN(5)]
		f.Liveness = []finding.Liveness{finding.NotChecked, finding.Live, finding.Inactive, finding.Unknown, finding.Restricted}[rng.IntN(5)]
		if f.Liveness != finding.NotChecked {
			agents := rng.IntN(3)
			f.Verification = &finding.Verification{Code: "c" + junk(), RequestID: "q" + junk(), Reason: "r" + junk(), Advice: "a", Agents: &agents, CheckedAt: noon}
		}
		f.Snippet.CutLeft, f.Snippet.CutRight = rng.IntN(2) == 0, rng.IntN(2) == 0
		if f.Line == 0 {
			f.Column, f.EndColumn, f.Snippet = 0, 0, finding.Snippet{}
		}
		if rng.IntN(4) == 0 {
			f.Key = nil
		}
		if rng.IntN(3) == 0 {
			in := rng.IntN(2) == 0
			f.Commit, f.InHead, f.Object = commit(), &in, fmt.Sprintf("%064x", rng.Uint64())
			if !in {
				f.RemovedIn = commit()
			} else if rng.IntN(2) == 0 {
				there := f.Location
				there.Line, there.EndLine = there.Line*7, there.EndLine*7
				f.Head = &there
			}
			if rng.IntN(2) == 0 {
				f.Refs = []string{"refs/heads/" + junk(), "refs/tags/" + junk()}
			}
		}
		if rng.IntN(4) == 0 {
			f.DecodedFrom = []string{"base64", "gzip"}
		}
		if rng.IntN(4) == 0 {
			f.Suppressed = &finding.Suppression{By: []string{"inline", "baseline", "config"}[rng.IntN(3)], Reason: junk()}
		}
		return f
	}
	r := &finding.Result{Summary: finding.Summary{Files: rng.Int64N(3), Bytes: rng.Int64N(1e6), Duration: time.Duration(rng.Int64N(1e10)), Filtered: rng.Int64N(2)}}
	for range rng.IntN(12) {
		r.Findings = append(r.Findings, one())
	}
	for range rng.IntN(3) {
		r.Examples = append(r.Examples, one())
	}
	for range rng.IntN(3) {
		r.Problems = append(r.Problems, finding.Problem{Path: path(), Message: "m" + junk()})
	}
	r.Finish()
	return r
}

func render(t testing.TB, f Format, r *finding.Result, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f, r, o); err != nil {
		t.Fatalf("%s: %v", f, err)
	}
	return b.String()
}

func decode(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, text)
	}
	return v
}
