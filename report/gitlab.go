package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"github.com/neokeys/neokeys/finding"
)

// gitlabSchema is the version of GitLab's report format: an early one that all supported
// releases accept. The report is also valid in later versions. https://gitlab.com/gitlab-org/security-products/security-report-schemas
const gitlabSchema = "15.0.7"

type gitlabReport struct {
	Version         string                `json:"version"`
	Schema          string                `json:"schema"`
	Scan            gitlabScan            `json:"scan"`
	Vulnerabilities []gitlabVulnerability `json:"vulnerabilities"`
}

type gitlabScan struct {
	Analyzer  gitlabTool      `json:"analyzer"`
	Scanner   gitlabTool      `json:"scanner"`
	Type      string          `json:"type"`
	StartTime string          `json:"start_time"`
	EndTime   string          `json:"end_time"`
	Status    string          `json:"status"`
	Messages  []gitlabMessage `json:"messages,omitempty"`
}

type gitlabTool struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	URL     string       `json:"url"`
	Version string       `json:"version"`
	Vendor  gitlabVendor `json:"vendor"`
}

type gitlabVendor struct {
	Name string `json:"name"`
}

type gitlabMessage struct {
	Level string `json:"level"`
	Value string `json:"value"`
}

type gitlabVulnerability struct {
	ID          string                  `json:"id"`
	Name        string                  `json:"name"`
	Description string                  `json:"description"`
	Severity    string                  `json:"severity"`
	Solution    string                  `json:"solution,omitempty"`
	Identifiers []gitlabIdentifier      `json:"identifiers"`
	Links       []gitlabLink            `json:"links,omitempty"`
	Details     map[string]gitlabDetail `json:"details"`
	Location    gitlabLocation          `json:"location"`
	Extract     string                  `json:"raw_source_code_extract,omitempty"` // redacted
}

type gitlabIdentifier struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
	URL   string `json:"url"`
}

type gitlabLink struct {
	URL string `json:"url"`
}

type gitlabDetail struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

type gitlabLocation struct {
	File      string       `json:"file"`
	StartLine int          `json:"start_line,omitempty"`
	EndLine   int          `json:"end_line,omitempty"`
	Commit    gitlabCommit `json:"commit"`
}

type gitlabCommit struct {
	SHA     string `json:"sha"`
	Author  string `json:"author,omitempty"`
	Date    string `json:"date,omitempty"`
	Message string `json:"message,omitempty"`
}

// writeGitLab writes GitLab's report for secret detection.
func writeGitLab(w io.Writer, r *finding.Result, o Options) error {
	const local = "2006-01-02T15:04:05"
	tool := gitlabTool{"neokeys", "neokeys", homeURL, o.Tool.Version, gitlabVendor{"neokeys"}}
	report := gitlabReport{
		Version: gitlabSchema,
		Schema: "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v" +
			gitlabSchema + "/dist/secret-detection-report-format.json",
		Scan: gitlabScan{
			Analyzer: tool, Scanner: tool, Type: "secret_detection", Status: "success",
			StartTime: o.Started.UTC().Format(local),
			EndTime:   o.Started.Add(r.Summary.Duration).UTC().Format(local),
		},
		Vulnerabilities: []gitlabVulnerability{},
	}
	say := func(level, text string) {
		report.Scan.Messages = append(report.Scan.Messages, gitlabMessage{level, text})
	}
	if o.ExitStatus == 2 {
		report.Scan.Status = "failure"
	}
	for _, p := range r.Problems {
		say("warn", strings.TrimPrefix(printable(p.Path)+": "+printable(p.Message), ": "))
	}
	if nothingScanned(r.Summary) {
		say("warn", "Nothing was scanned: this is not an all-clear.")
	}
	// Suppressed findings are not listed: GitLab would show them as open.
	if aside := notCounted(r); aside != "" {
		say("info", aside)
	}
	advice := advices(r, o)
	seen := map[string]int{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Counts() {
			v := newGitLabVulnerability(f, advice, o)
			v.ID = gitlabID(f, seen)
			report.Vulnerabilities = append(report.Vulnerabilities, v)
		}
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(inert(text), '\n'))
	return err
}

// gitlabID returns a unique id for f. The places of a key in one path share a fingerprint, so
// all but the first get a number.
func gitlabID(f *finding.Finding, seen map[string]int) string {
	name := f.Fingerprint
	seen[name]++
	if n := seen[name]; n > 1 {
		name = fmt.Sprintf("%s/%d", name, n)
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(homeURL+"#"+name)).String()
}

func newGitLabVulnerability(f *finding.Finding, byKey map[string]advice, o Options) gitlabVulnerability {
	from := introduced(f)
	f = atHead(f)
	v := gitlabVulnerability{
		Name:        f.Rule,
		Description: printable(f.Message),
		Severity:    gitlabSeverity(f),
		Identifiers: []gitlabIdentifier{{"neokeys_rule_id", "neokeys rule " + f.Rule, f.Rule, rulesURL + f.Rule + ".md"}},
		Details:     map[string]gitlabDetail{},
		Location:    gitlabLocation{File: f.File(), StartLine: f.Line, EndLine: f.EndLine, Commit: gitlabSHA(f, o)},
		Extract:     f.Snippet.Text,
	}
	if uri, relative := pathURI(f.File(), o.Root); relative {
		v.Location.File = unescape(uri)
	}
	for _, rule := range o.Rules {
		if rule.ID != f.Rule {
			continue
		}
		v.Name = rule.Title
		for _, cwe := range rule.CWEs {
			v.Identifiers = append(v.Identifiers, gitlabIdentifier{"cwe", fmt.Sprintf("CWE-%d", cwe), fmt.Sprint(cwe),
				fmt.Sprintf("https://cwe.mitre.org/data/definitions/%d.html", cwe)})
		}
	}
	detail := func(id, name, value string) { v.Details[id] = gitlabDetail{name, "text", value} }
	if f.Container != "" {
		v.Location.StartLine, v.Location.EndLine = 0, 0
		detail("place", "Place in the archive", place(f))
	}
	if f.Original != nil {
		detail("original", "Place in the source", placeOf(&f.Original.Location))
	}
	if from != "" {
		detail("introduced", "Place in the commit that introduced it", from)
	}
	detail("exposure", "Exposure", string(f.Exposure))
	detail("confidence", "Confidence", string(f.Confidence))
	if k := f.Key; k != nil {
		v.Description += ": " + printable(k.Redacted)
		detail("key", "Key", printable(k.Redacted))
		detail("key_id", "Key id", k.ID)
		detail("liveness", "Liveness", cmp.Or(verdict(f), string(f.Liveness)))
		a := byKey[k.ID]
		v.Solution = a.full()
		if strings.HasPrefix(a.Where, "https:") {
			v.Links = []gitlabLink{{a.Where}}
		} else if a.Where != "" {
			v.Solution += " (" + a.Where + ")"
		}
	}
	return v
}

func gitlabSeverity(f *finding.Finding) string {
	switch {
	case f.Severity == finding.Error || f.Liveness.Works():
		return "Critical"
	case f.Severity == finding.Warning:
		return "Medium"
	}
	return "Low"
}

// gitlabSHA returns the commit that introduced f or, in a scan of files, the one that is checked
// out. GitLab requires one: zeros are git's way to name none.
func gitlabSHA(f *finding.Finding, o Options) gitlabCommit {
	if c := f.Commit; c != nil {
		return gitlabCommit{c.OID, printable(c.Author), timestamp(c.Date), printable(c.Subject)}
	}
	if o.Commit != "" {
		return gitlabCommit{SHA: o.Commit}
	}
	return gitlabCommit{SHA: strings.Repeat("0", 40)}
}
