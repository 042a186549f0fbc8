// Package report shows what a scan found to one kind of reader at a time: a person, a
// program, a code-scanning service. One file holds one format, and each escapes what
// comes from the scanned files for its reader.
//
// Other programs may import this package; before version 1.0 of the module, a minor version
// may change it. The JSON format is stable; see its schema_version.
package report

import (
	"fmt"
	"io"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// A Format is the name of a kind of report.
type Format string

// The formats.
const (
	Text     Format = "text"
	JSON     Format = "json"
	JSONL    Format = "jsonl"
	SARIF    Format = "sarif"
	GitHub   Format = "github"
	Markdown Format = "markdown"
	Outputs  Format = "github-output"
	GitLab   Format = "gitlab"
	JUnit    Format = "junit"
	HTML     Format = "html"
	CSV      Format = "csv"
	CSVKeys  Format = "csv=keys"
)

// formats describes each format, in the order in which they are listed.
var formats = []struct {
	name  Format
	about string
	write func(io.Writer, *finding.Result, Options) error
}{
	{Text, "human-readable: keys, locations, next steps", writeText},
	{JSON, "for programs; docs/report.schema.json describes it", writeJSON},
	{JSONL, "the findings of the JSON report, one per line", writeJSONL},
	{SARIF, "SARIF 2.1.0, for GitHub code scanning and others", writeSARIF},
	{GitHub, "annotations in the log of a GitHub workflow", writeGitHub},
	{Markdown, "the summary of a GitHub job: $GITHUB_STEP_SUMMARY", writeMarkdown},
	{Outputs, "counts for later steps of a GitHub job: $GITHUB_OUTPUT", writeOutputs},
	{GitLab, "GitLab's secret detection report", writeGitLab},
	{JUnit, "JUnit XML: a failed test for each finding", writeJUnit},
	{HTML, "a page to read, filter, print and pass on; it loads nothing", writeHTML},
	{CSV, "for a spreadsheet: one line per finding; no cell is a formula", writeCSV},
	{CSVKeys, "one line per key (csv=keys=FILE to write it to a file)", writeCSVKeys},
}

// Formats returns the formats in the order in which they are listed.
func Formats() []Format {
	var names []Format
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// namesRepositories reports whether the format has its own place for a finding's repository.
func (f Format) namesRepositories() bool {
	return f == JSON || f == JSONL || f == CSV || f == CSVKeys
}

// About says in a few words what f is for.
func (f Format) About() string {
	for _, known := range formats {
		if known.name == f {
			return known.about
		}
	}
	return ""
}

// Options are what a report needs to know besides the result.
type Options struct {
	// Rules are those that ran.
	Rules []*rules.Rule
	Tool  Tool
	// ShowSecrets prints keys in full.
	ShowSecrets bool
	// Stage says how far what was scanned has got, by which the advice differs.
	Stage Stage
	// Published are the ids of keys that had left the machine before they were stopped.
	Published map[string]bool
	// IncludeSuppressed puts suppressed findings into SARIF. Code-scanning services show
	// them as open.
	IncludeSuppressed bool
	// Color, Verbose, Quiet and Width, the number of columns (0 if that is not known), are
	// for text alone, and so is Links, for a terminal that shows them; see [Hyperlinks].
	Color, Verbose, Quiet, Links bool
	// Explain has text print the page of each rule under the first of its findings.
	Explain bool
	Width   int
	// Web is where the repository can be looked at.
	Web Web
	// Hint is a line for the end of text: what else there is to search. It may be empty.
	Hint string
	// Scanned is what was scanned, as the user named it.
	Scanned string
	// Root is the absolute path of the folder that paths are relative to; empty if
	// that is not known.
	Root string
	// Commit is the id of the commit that is checked out; empty if that is not known.
	Commit string
	// Several says that more than one repository was searched: a finding's path is in its
	// repository, which all formats name.
	Several    bool
	Started    time.Time
	ExitStatus int
}

// Tool is what made the report.
type Tool struct{ Version string }

// Write writes r to w in format f, with the findings in the order in which to deal with them;
// see [finding.Order].
func Write(w io.Writer, f Format, r *finding.Result, o Options) error {
	for _, known := range formats {
		if known.name == f {
			shown := Mask(r)
			shown.Findings = finding.Order(shown.Findings)
			if o.Several && !f.namesRepositories() {
				withRepositories(shown)
			}
			return known.write(w, shown, o)
		}
	}
	return fmt.Errorf("unknown report format %q", f)
}
