package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// The elements of JUnit's XML that CI services agree on; see Jenkins' junit-10.xsd.
type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Time     string     `xml:"time,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
	Output    string      `xml:"system-out,omitempty"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Skipped *junitOutcome `xml:"skipped"`
	Error   *junitOutcome `xml:"error"`
	Failure *junitOutcome `xml:"failure"`
}

type junitOutcome struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a failed test for each finding, or a skipped one if it is suppressed; a test
// in error for each file that could not be read; and one for the scan as a whole, so that there
// is always a test.
func writeJUnit(w io.Writer, r *finding.Result, o Options) error {
	suite := junitSuite{Name: "neokeys", Time: fmt.Sprintf("%.3f", r.Summary.Duration.Seconds())}
	if !o.Started.IsZero() {
		suite.Timestamp = o.Started.UTC().Format("2006-01-02T15:04:05")
	}
	advice := advices(r, o)
	for i := range r.Findings {
		suite.add(junitFinding(&r.Findings[i], advice))
	}
	for _, p := range r.Problems {
		suite.add(junitCase{Name: xmlSafe(p.Path + " is read"), Class: "neokeys.scan",
			Error: &junitOutcome{Type: "unreadable", Message: xmlSafe(p.Message)}})
	}
	whole := junitCase{Name: "searched " + searched(r.Summary), Class: "neokeys.scan"}
	if nothingScanned(r.Summary) {
		whole.Name = "something is scanned"
		whole.Skipped = &junitOutcome{Message: "Nothing was scanned: this is not an all-clear."}
	}
	suite.add(whole)
	suite.Output = notCounted(r)

	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{
		Name: suite.Name, Time: suite.Time, Tests: suite.Tests,
		Failures: suite.Failures, Errors: suite.Errors, Suite: suite,
	}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Skipped != nil:
		s.Skipped++
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	}
	s.Cases = append(s.Cases, c)
}

func junitFinding(f *finding.Finding, byKey map[string]advice) junitCase {
	from := introduced(f)
	f = atHead(f)
	c := junitCase{Name: xmlSafe(place(f)), Class: "neokeys." + xmlSafe(f.Rule)}
	if s := f.Suppressed; s != nil {
		c.Skipped = &junitOutcome{Message: xmlSafe(s.By + ": " + s.Reason)}
		return c
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s: %s [%s]\n", fullPlace(f), f.Severity, printable(f.Message), f.Rule)
	if s := f.Snippet; s.Text != "" {
		left, matched, right := cutSnippet(f, defaultWidth, false)
		b.WriteString(gutter + left + matched + right + "\n")
	}
	if from != "" {
		fmt.Fprintf(&b, "Commit %s introduced it at %s.\n", shortOID(f.Commit), from)
	} else if when := then(f); when != "" {
		b.WriteString(when + "\n")
	}
	if k := f.Key; k != nil {
		fmt.Fprintf(&b, "%s, key id %s, exposure %s, liveness %s\n", k.Redacted, k.ID, f.Exposure, cmp.Or(verdict(f), string(f.Liveness)))
		a := byKey[k.ID]
		b.WriteString(strings.TrimSpace(a.full() + " " + a.Where))
	}
	c.Failure = &junitOutcome{Type: f.Severity.String(), Message: xmlSafe(f.Message), Text: xmlSafe(b.String())}
	return c
}

// xmlSafe applies printable to each line of s: XML cannot represent most control characters.
func xmlSafe(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	return strings.Join(lines, "\n")
}
