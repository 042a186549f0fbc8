// Package htmlreport opens reports of format html in Debian's chromium, and does there what a
// person would do.
package htmlreport

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/report"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// write writes a report and returns its address.
func write(t *testing.T, r *finding.Result) string {
	t.Helper()
	r.Finish()
	file := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	err = report.Write(f, report.HTML, r, report.Options{
		Tool: report.Tool{Version: "1.2.3"}, Scanned: ".", Root: "/project", Started: noon,
		Web: report.Web{URL: "https://github.com/acme/app"},
	})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

func key(env string, seed uint64) *finding.Key { return finding.NewAPIKey(env, secret(seed)) }

func secret(seed uint64) string { return testkey.Secret(rand.New(rand.NewPCG(seed, 0)), 24) }

// at returns a finding of a key in a line of a file.
func at(k *finding.Key, path string, line int, before, after string) finding.Finding {
	return finding.Finding{
		Rule: "neo-api-key", Severity: finding.Error, Confidence: finding.High, Message: "Neo API key",
		Location: finding.Location{Path: path, Line: line, Column: len(before) + 1, EndLine: line, EndColumn: len(before) + 37},
		Key:      k, Exposure: finding.Source, Liveness: finding.NotChecked,
		Snippet: finding.Snippet{Text: before + k.Redacted + after, Start: len(before), End: len(before) + len(k.Redacted)},
	}
}

func commit(n, daysAgo int, author, subject string) *finding.Commit {
	return &finding.Commit{OID: fmt.Sprintf("%040x", n), Author: author, Email: "a@example.com", Date: noon.AddDate(0, 0, -daysAgo), Subject: subject}
}

// leak has a key that was moved, released, rotated and verified, one that works in a bundle, and one
// that never was in a commit.
func leak() (r *finding.Result, moved, live, plain *finding.Key) {
	yes, no := true, false
	moved, live, plain = key("prod", 1), key("prod", 2), key("test", 3)
	first, move, rotation := commit(1, 300, "A U Thor", "First"), commit(2, 200, "A U Thor", "Move"), commit(3, 100, "B Other", "Rotate")
	main := finding.Ref{Name: "refs/heads/main", OID: rotation.OID, Date: rotation.Date}
	next := finding.Ref{Name: "refs/heads/next", OID: move.OID, Date: move.Date, Holds: true}
	tag := finding.Ref{Name: "refs/tags/v1", OID: first.OID, Date: first.Date.AddDate(0, 0, 20), Holds: true}
	a := at(moved, "src/old.js", 3, "key = '", "'")
	a.Commit, a.First, a.RemovedIn, a.InHead = first, first, move, &no
	a.Trace = &finding.Trace{Events: []finding.Event{{Commit: first, InHead: true, OnRef: true}, {Commit: move, Removed: true, InHead: true, OnRef: true}}, Refs: []finding.Ref{main, next, tag}}
	b := at(moved, "src/new.js", 9, "key = '", "'")
	b.Commit, b.First, b.RemovedIn, b.InHead = move, first, rotation, &no
	b.Trace = &finding.Trace{Events: []finding.Event{{Commit: move, InHead: true, OnRef: true}, {Commit: rotation, Removed: true, InHead: true, OnRef: true}}, Refs: []finding.Ref{main, next}}
	c := at(live, "src/new.js", 9, "key = '", "'")
	c.Commit, c.First, c.InHead = rotation, rotation, &yes
	c.Trace = &finding.Trace{Events: []finding.Event{{Commit: rotation, InHead: true, OnRef: true}}, Refs: []finding.Ref{{Name: "refs/heads/main", OID: rotation.OID, Date: rotation.Date, Holds: true}}}
	d := at(live, "dist/app.js", 1, "x={apiKey:\"", "\"}")
	d.Exposure = finding.Browser
	d.Original = &finding.Original{Location: finding.Location{Path: "src/new.js", Line: 9, Column: 8}, Here: true}
	r = &finding.Result{Findings: []finding.Finding{a, b, c, d}}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Liveness = finding.Inactive
		if f.Key == live {
			f.Liveness = finding.Live
		}
		f.Verification = &finding.Verification{Reason: "the API answered", RequestID: "req_1", CheckedAt: noon.AddDate(0, 0, -1)}
	}
	for n := range 8 {
		r.Findings = append(r.Findings, at(plain, fmt.Sprintf("test/fixture%d.js", n), n+1, "k = '", "'"))
	}
	r.Findings = append(r.Findings, finding.Finding{
		Rule: "plaintext-transport", Severity: finding.Warning, Message: "the key is sent without encryption",
		Location: finding.Location{Path: "src/http.js", Line: 4, Column: 1, EndLine: 4, EndColumn: 5}, Exposure: finding.Source,
		Snippet: finding.Snippet{Text: "http://", End: 7},
	})
	return r, moved, live, plain
}

func TestPageIsUsed(t *testing.T) {
	b := open(t)
	r, moved, live, plain := leak()
	address := write(t, r)
	b.do(chromedp.Navigate(address))
	equal := func(what string, want ...*finding.Key) {
		t.Helper()
		var ids []string
		for _, k := range want {
			ids = append(ids, k.ID)
		}
		if got := b.keys(); !slices.Equal(got, ids) {
			t.Errorf("%s: the page shows %s, want %s", what, got, ids)
		}
	}
	equal("at first", live, plain, moved)
	b.shot("light")

	b.do(chromedp.SetValue("#sort", "oldest"), chromedp.Sleep(300*time.Millisecond))
	equal("the oldest first", moved, live, plain)
	b.do(chromedp.Click("#reset"), chromedp.Sleep(300*time.Millisecond))
	equal("reset", live, plain, moved)

	b.do(chromedp.Click("#find"), chromedp.SendKeys("#find", "old.js"), chromedp.Sleep(500*time.Millisecond))
	equal("filtered by a path", moved)
	if got := ask[string](b, `document.getElementById('count').textContent`); got != "1 of 3 keys" {
		t.Errorf("the count is %q", got)
	}
	b.do(chromedp.Click("#reset"), chromedp.Sleep(300*time.Millisecond))
	// A person chooses with the keyboard.
	b.do(chromedp.Focus("#liveness"), chromedp.SendKeys("#liveness", "inactive"), chromedp.Sleep(300*time.Millisecond))
	equal("filtered by liveness", moved)
	b.do(chromedp.Click("#reset"), chromedp.Sleep(300*time.Millisecond))

	hidden := fmt.Sprintf(`[...document.querySelectorAll('#key-%s .path')].filter((e) => e.checkVisibility({contentVisibilityAuto: false})).length`, plain.ID)
	if got := ask[int](b, hidden); got != 5 {
		t.Errorf("%d places are shown at first, want 5", got)
	}
	b.do(chromedp.Click("#key-" + plain.ID + " details:not(.steps) summary"))
	if got := ask[int](b, hidden); got != 8 {
		t.Errorf("%d places are shown after the click, want 8", got)
	}
	kinds := ask[[]string](b, fmt.Sprintf(`[...document.querySelectorAll('#key-%s .timeline .mark')].map((e) => e.classList[1])`, moved.ID))
	for _, kind := range []string{"added", "moved", "rotated", "verified", "release"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("the timeline has no mark for %s: %s", kind, kinds)
		}
	}
	lanes := ask[[]string](b, fmt.Sprintf(`[...document.querySelectorAll('#key-%s .timeline > g > text')].map((e) => e.textContent)`, moved.ID))
	if want := []string{"HEAD", "main", "next", "releases"}; !slices.Equal(lanes, want) {
		t.Errorf("the lanes are %s, want %s", lanes, want)
	}
	if got := ask[string](b, `document.body.textContent`); !strings.Contains(got, "in src/new.js:9:8, bundled as dist/app.js:1:12") {
		t.Error("the place in the source is not shown")
	}
	b.quiet(address)
}

// Without a script, all is there to be read, and what would need the script is not.
func TestPageIsReadWithoutScript(t *testing.T) {
	b := open(t)
	r, _, _, _ := leak()
	address := write(t, r)
	b.do(call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}), chromedp.Navigate(address), chromedp.WaitReady("footer"))
	shown := get(b, chromedp.Text("main"))
	for _, want := range []string{"src/old.js:3:8", "moved from src/old.js to src/new.js", "live", "the key is sent without encryption"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not shown:\n%s", want, shown)
		}
	}
	if ask[bool](b, `document.getElementById('controls').checkVisibility()`) {
		t.Error("there are controls that nothing heeds")
	}
	b.quiet(address)
}

// contrast finds texts whose color is too near to that of what is behind them, by WCAG 2.1, 1.4.3.
const contrast = `(() => {
  const rgb = (s) => s.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) bad.push(e.className + ': ' + e.textContent.slice(0, 40));
  }
  return bad;
})()`

// Everything has a name for who hears the page, can be read in both schemes, and prints.
func TestPageIsAccessible(t *testing.T) {
	b := open(t)
	r, _, _, _ := leak()
	address := write(t, r)
	for _, scheme := range []string{"light", "dark"} {
		b.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}),
			chromedp.Navigate(address))
		if bad := ask[[]string](b, contrast); len(bad) > 0 {
			t.Errorf("in the %s scheme, these are hard to read: %q", scheme, bad)
		}
		b.shot(scheme + "-scheme")
	}
	tree := get(b, func(ctx context.Context, t *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return cdp.Call(ctx, t, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	for _, n := range tree.Nodes {
		role, name := value(n.Role), value(n.Name)
		if slices.Contains([]string{"textbox", "searchbox", "combobox", "button", "link", "image", "img", "article", "search", "heading"}, role) && name == "" && !n.Ignored {
			t.Errorf("a %s has no name", role)
		}
	}
	levels := ask[[]int](b, `[...document.querySelectorAll('h1, h2, h3')].map((e) => Number(e.tagName[1]))`)
	for i, l := range levels {
		if i == 0 && l != 1 || i > 0 && l > levels[i-1]+1 {
			t.Errorf("the headings have levels %v", levels)
		}
	}
	b.do(chromedp.KeyEvent("\t"))
	if got := ask[string](b, `document.activeElement.textContent`); got != "Skip to the findings" {
		t.Errorf("the first stop of the tab key is %q", got)
	}
	pdf := get(b, chromedp.PrintToPDF(chromedp.PDFPrintBackground()))
	if len(pdf) < 10_000 {
		t.Errorf("the page prints as %d bytes", len(pdf))
	}
	if screenshots != "" {
		if err := os.WriteFile(filepath.Join(screenshots, "print.pdf"), pdf, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	b.do(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if n := ask[int](b, `[...document.querySelectorAll('.key .path')].filter((e) => e.getBoundingClientRect().height === 0).length`); n > 0 {
		t.Errorf("%d places are not printed", n)
	}
	b.quiet(address)
}

func value(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.Trim(string(v.Value), `"`)
}

// Whatever a repository calls its things, it stays text.
func TestHostileNamesStayText(t *testing.T) {
	b := open(t)
	const evil = `"'><script>pwned=1</script><img src=x onerror=pwned=1><svg onload=pwned=1>]]>--></style></title>{{.}}javascript:pwned=1`
	no := false
	f := at(key("prod", 5), evil, 1, evil+" '", "' "+evil)
	f.Commit, f.InHead = commit(7, 20, evil, evil), &no
	f.RemovedIn, f.Refs = commit(8, 10, evil, evil), []string{"refs/heads/" + evil}
	f.Trace = &finding.Trace{Events: []finding.Event{{Commit: f.Commit, InHead: true, OnRef: true}}, Refs: []finding.Ref{{Name: "refs/heads/" + evil, Date: noon}, {Name: "refs/tags/" + evil, Date: noon}}}
	f.Verification, f.Liveness = &finding.Verification{Reason: evil, Code: evil, RequestID: evil, CheckedAt: noon}, finding.Unknown
	odd := at(finding.NewAPIKey(evil, secret(6)), evil, 2, "", "")
	habit := finding.Finding{Rule: "plaintext-transport", Severity: finding.Warning, Message: evil, Location: finding.Location{Path: "javascript:pwned=1"}, Exposure: finding.Source}
	r := &finding.Result{Findings: []finding.Finding{f, odd, habit}, Problems: []finding.Problem{{Path: evil, Message: evil}}, Notices: []finding.Problem{{Path: evil, Message: evil}}}
	address := write(t, r)
	b.do(chromedp.Navigate(address))
	if ask[bool](b, `'pwned' in window`) {
		t.Error("a name was run")
	}
	if n := ask[int](b, `document.querySelectorAll('script, img, iframe, [onerror], [onload], [style], a[href^="javascript"]').length`); n != 1 {
		t.Errorf("%d elements are not the page's own", n-1)
	}
	if n := ask[int](b, `document.body.textContent.split('<img src=x onerror=pwned=1>').length - 1`); n < 10 {
		t.Errorf("names are shown %d times", n)
	}
	b.shot("hostile")
	b.quiet(address)
}

// A report with 10,000 findings opens within two seconds, and heeds its filter within one.
func TestManyFindingsOpenQuickly(t *testing.T) {
	b := open(t)
	r := &finding.Result{}
	in := true
	for n := range 10_000 {
		f := at(key("prod", uint64(100+n%5000)), fmt.Sprintf("src/module%d/file%d.js", n%97, n), n%300+1, "const key = '", "';")
		f.Commit, f.InHead, f.Refs = commit(n+10, n%900+1, "A U Thor", fmt.Sprintf("Change %d", n)), &in, []string{"refs/heads/main"}
		r.Findings = append(r.Findings, f)
	}
	address := write(t, r)
	b.do(call(performance.Enable, performance.EnableParams{}))
	wall, busy := 1e9, 1e9
	for range 2 {
		b.do(chromedp.Navigate(address))
		// The browser's own clock: from the request until the first keys are laid out.
		wall = min(wall, ask[float64](b, `(() => {
			const begun = performance.now();
			document.querySelector('.key').getBoundingClientRect();
			return performance.getEntriesByType('navigation')[0].loadEventEnd + performance.now() - begun;
		})()`))
		busy = min(busy, b.processTime())
	}
	t.Logf("10,000 findings open in %.0f ms, with %.0f ms of processor time since the browser began", wall, 1000*busy)
	// Two seconds is what it is to take on a machine that does nothing else. On a busy one, a processor's
	// time, the browser's own beginning included, grows as well.
	if min(wall/1000, busy) > 3 {
		t.Errorf("10,000 findings open in %.0f ms, with %.0f ms of processor time", wall, 1000*busy)
	}
	if n := ask[int](b, `document.querySelectorAll('.key').length`); n != 5000 {
		t.Errorf("%d keys are shown", n)
	}
	// By the keyboard: to look for the element would have the browser hand over the whole page.
	ask[bool](b, `document.getElementById('find').focus() === undefined`)
	b.do(chromedp.KeyEvent("file4321.js"), chromedp.Sleep(time.Second))
	if got := ask[string](b, `document.getElementById('count').textContent`); got != "1 of 5000 keys" {
		t.Errorf("the filter shows %q", got)
	}
	b.shot("many-filtered")
	b.quiet(address)
}
