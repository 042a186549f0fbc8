package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/rules"
)

const (
	homeURL  = "https://github.com/neokeys/neokeys"
	rulesURL = homeURL + "/blob/main/docs/rules/"

	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// srcRoot is the name by which code-scanning services know the folder that
	// relative addresses start from.
	srcRoot = "%SRCROOT%"
	// unreadable is the id of notifications about files that could not be read.
	unreadable = "unreadable"
	// worthKnowing is the id of notifications that do not affect completeness.
	worthKnowing = "worth-knowing"
	// maxSARIFResults is the most that GitHub takes in one run. It refuses files
	// with more.
	maxSARIFResults = 25_000
)

// writeSARIF writes SARIF 2.1.0, an OASIS standard, for code-scanning services.
func writeSARIF(w io.Writer, r *finding.Result, o Options) error {
	driver, taxonomy := sarifDriver(o)
	findings := r.Findings
	if !o.IncludeSuppressed { // GitHub opens an alert for each result, suppressed or not
		findings = counting(r)
	}
	shown, dropped := worst(findings, maxSARIFResults)
	run := sarifRun{
		ColumnKind:       "unicodeCodePoints",
		Invocations:      []*sarifInvocation{newSARIFInvocation(r, o, dropped)},
		Language:         sarifLanguage,
		NewlineSequences: []string{"\r\n", "\n"},
		Properties: map[string]any{
			"files": r.Summary.Files, "objects": r.Summary.Objects, "bytes": r.Summary.Bytes,
			"examples": len(r.Examples), "suppressed": r.Suppressed(),
		},
		RedactionTokens: []string{"..."},
		Results:         []*sarifResult{},
		Tool:            sarifTool{driver},
	}
	if len(taxonomy.Taxa) > 0 {
		run.Taxonomies = []*sarifComponent{taxonomy}
		driver.SupportedTaxonomies = []*sarifComponentReference{cweReference()}
	}
	if o.Root != "" {
		run.OriginalURIBaseIDs = map[string]*sarifArtifactLocation{srcRoot: {
			URI:         strings.TrimSuffix(fileURI(o.Root), "/") + "/",
			Description: sarifText("The folder that the scan was started in."),
		}}
	}
	advice := advices(r, o)
	for _, f := range shown {
		result := newSARIFResult(f, o)
		result.Message = sarifText(resultText(f, advice))
		run.Results = append(run.Results, result)
	}
	text, err := json.Marshal(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, inert(text), "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	_, err = indented.WriteTo(w)
	return err
}

// worst returns the n findings of the highest severity, and how many it omitted.
func worst(findings []finding.Finding, n int) (list []*finding.Finding, dropped int) {
	for i := range findings {
		list = append(list, &findings[i])
	}
	if dropped = len(list) - n; dropped <= 0 {
		return list, 0
	}
	slices.SortStableFunc(list, func(a, b *finding.Finding) int { return int(b.Severity) - int(a.Severity) })
	return list[:n], dropped
}

func newSARIFResult(f *finding.Finding, o Options) *sarifResult {
	result := &sarifResult{
		// GitHub's upload adds its own primaryLocationLineHash and warns if ours differs.
		PartialFingerprints: map[string]string{"neokeys/v1": f.Fingerprint},
		Kind:                "fail",
		Level:               sarifLevel(f),
		Locations:           []*sarifLocation{newSARIFLocation(f, o)},
		RelatedLocations:    sarifRelated(f, o),
		RuleID:              f.Rule,
	}
	for i, rule := range o.Rules {
		if rule.ID == f.Rule {
			result.RuleIndex = &i
		}
	}
	if s := f.Suppressed; s != nil {
		kind := "external"
		if s.By == "inline" {
			kind = "inSource"
		}
		result.Suppressions = []*sarifSuppression{{Kind: kind, Status: "accepted", Justification: printable(s.Reason)}}
	}
	if f.Fix != nil && len(f.Fix.Edits) > 0 {
		result.Fixes = []*sarifFix{newSARIFFix(f.Fix, o)}
	}
	result.Properties = sarifProperties(f)
	return result
}

// sarifProperties are what SARIF itself has no members for.
func sarifProperties(f *finding.Finding) map[string]any {
	p := map[string]any{
		"exposure": f.Exposure, "confidence": f.Confidence, "liveness": f.Liveness,
	}
	if k := f.Key; k != nil {
		p["keyId"], p["key"] = k.ID, k.Redacted
	}
	if v := f.Verification; v != nil {
		p["verification"] = withoutNulls(newJSONVerification(v))
	}
	if len(f.DecodedFrom) > 0 {
		p["decodedFrom"] = f.DecodedFrom
	}
	if c := f.Commit; c != nil {
		p["commit"] = newJSONCommit(c)
	}
	if c := f.RemovedIn; c != nil {
		p["removedIn"] = newJSONCommit(c)
	}
	if f.InHead != nil {
		p["inHead"] = *f.InHead
	}
	if f.Object != "" {
		p["object"] = f.Object
	}
	if len(f.Refs) > 0 {
		p["refs"] = f.Refs
	}
	return p
}

// withoutNulls returns v as JSON has it, but for members that are null.
func withoutNulls(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return nil // it is made of strings, numbers and lists of them
	}
	var plain any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return nil
	}
	dropNulls(plain)
	return plain
}

func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, member any) bool { return member == nil })
		for _, member := range v {
			dropNulls(member)
		}
	case []any:
		for _, item := range v {
			dropNulls(item)
		}
	}
}

// sarifLevel is the severity, raised for a key that is known to work.
func sarifLevel(f *finding.Finding) string {
	if f.Liveness.Works() {
		return finding.Error.String()
	}
	return f.Severity.String()
}

// resultText is the text that a viewer shows beside the line. Some show only its first
// sentence.
func resultText(f *finding.Finding, byKey map[string]advice) string {
	text := strings.TrimSuffix(printable(f.Message), ".") + "."
	if brought := then(f); brought != "" {
		text += " " + brought
	} else if f.Container != "" {
		text += fmt.Sprintf(" Unpacked, it is at '%s'.", place(f))
	} else if f.Original != nil {
		text += fmt.Sprintf(" It is from '%s'.", placeOf(&f.Original.Location))
	}
	if k := f.Key; k != nil {
		text += fmt.Sprintf(" The key is '%s', key id '%s', exposure '%s'", printable(k.Redacted), k.ID, f.Exposure)
		if l := verdict(f); l != "" {
			text += fmt.Sprintf(", liveness '%s'", l)
		}
		a := byKey[k.ID]
		text += ". " + a.full()
		if a.Where != "" {
			text += " (" + a.Where + ")."
		}
	}
	return text
}

// newSARIFLocation returns f's location in the current files. If they do not contain it, that is
// line 1 of its file: GitHub rejects a SARIF file with a result that has no location.
func newSARIFLocation(f *finding.Finding, o Options) *sarifLocation {
	l, there := now(f)
	physical := &sarifPhysicalLocation{ArtifactLocation: artifact(l.File(), o.Root)}
	location := &sarifLocation{PhysicalLocation: physical}
	if l.Path != l.File() {
		location.LogicalLocations = []*sarifLogicalLocation{{FullyQualifiedName: visible(l.Path), Kind: "resource"}}
	}
	if !there || l.Line == 0 || l.Container != "" {
		physical.Region = &sarifRegion{StartLine: 1}
		return location
	}
	physical.Region = sarifPlace(&l)
	s := f.Snippet
	if s.End > s.Start {
		physical.Region.Snippet = &sarifContent{s.Text[s.Start:s.End]}
	}
	if s.Text != "" && l == f.Location { // the snippet is the line of this version
		physical.ContextRegion = &sarifRegion{StartLine: l.Line, EndLine: l.EndLine, Snippet: &sarifContent{s.Text}}
	}
	return location
}

func sarifPlace(l *finding.Location) *sarifRegion {
	return &sarifRegion{StartLine: l.Line, StartColumn: l.Column, EndLine: l.EndLine, EndColumn: l.EndColumn}
}

func artifact(path, root string) *sarifArtifactLocation {
	uri, relative := pathURI(path, root)
	location := &sarifArtifactLocation{URI: uri}
	if relative {
		location.URIBaseID = srcRoot
	}
	return location
}

func newSARIFInvocation(r *finding.Result, o Options, dropped int) *sarifInvocation {
	failed := o.ExitStatus == 2
	invocation := &sarifInvocation{ExecutionSuccessful: !failed, ExitCode: o.ExitStatus}
	if !o.Started.IsZero() {
		const utc = "2006-01-02T15:04:05.000Z"
		invocation.StartTimeUTC = o.Started.UTC().Format(utc)
		invocation.EndTimeUTC = o.Started.Add(r.Summary.Duration).UTC().Format(utc)
	}
	notify := func(id string, index int, level finding.Severity, path, message string) {
		n := &sarifNotification{Message: sarifText(message), Descriptor: sarifDescriptorReference{ID: id, Index: index}, Level: level.String()}
		if path != "" {
			n.Locations = []*sarifLocation{{PhysicalLocation: &sarifPhysicalLocation{ArtifactLocation: artifact(path, o.Root)}}}
		}
		invocation.ToolExecutionNotifications = append(invocation.ToolExecutionNotifications, n)
	}
	level := finding.Warning
	if failed {
		level = finding.Error
	}
	for _, p := range r.Problems {
		notify(unreadable, 0, level, p.Path, printable(p.Message))
	}
	for _, p := range r.Notices {
		notify(worthKnowing, 1, finding.Note, p.Path, printable(p.Message))
	}
	if dropped > 0 {
		notify(unreadable, 0, level, "", fmt.Sprintf("%d more findings are not in this file: code-scanning services accept %d.", dropped, maxSARIFResults))
	}
	return invocation
}

// sarifDriver describes neokeys and its rules, and the CWE entries that they refer to.
func sarifDriver(o Options) (driver, taxonomy *sarifComponent) {
	version := strings.TrimPrefix(o.Tool.Version, "v")
	if !semver.MatchString(version) {
		version = "0.0.0-dev" // a build without a version; readers want to compare numbers
	}
	driver = newSARIFComponent("neokeys", homeURL, "Finds leaked Neo API keys and bad key habits.")
	driver.Version, driver.SemanticVersion = version, version
	driver.Notifications = []*sarifDescriptor{
		{
			ID:               unreadable,
			ShortDescription: sarifText("Something could not be read."),
			FullDescription:  sarifText("Something could not be read, so the scan is incomplete: it may have missed findings."),
			Help:             sarifText("Make it readable for the user who runs the scan, or exclude it in .neokeysignore."),
		},
		{
			ID:               worthKnowing,
			ShortDescription: sarifText("A note about suppressions."),
			FullDescription: sarifText("A note about how findings are suppressed: " +
				"a suppression is unused, or the scanned change edits one."),
			Help: sarifText("Remove unused suppressions; review the ones that the change edits."),
		},
	}
	taxonomy = cweTaxonomy()
	for _, rule := range o.Rules {
		driver.Rules = append(driver.Rules, sarifRule(rule, taxonomy))
	}
	return driver, taxonomy
}

// sarifRule describes a rule, and adds the CWE entries that it refers to to the taxonomy.
func sarifRule(rule *rules.Rule, taxonomy *sarifComponent) *sarifDescriptor {
	doc := strings.TrimSpace(rule.Doc)
	descriptor := &sarifDescriptor{
		ID: rule.ID, Name: pascal(rule.ID), HelpURI: rulesURL + rule.ID + ".md",
		ShortDescription:     sarifText(strings.TrimSuffix(rule.Title, ".") + "."),
		FullDescription:      sarifText(lead(doc)),
		Help:                 &sarifMessage{Text: doc, Markdown: doc},
		DefaultConfiguration: &sarifConfiguration{Enabled: true, Level: rule.Severity.String()},
	}
	tags := []string{"security", "secrets"}
	for _, cwe := range rule.CWEs {
		tags = append(tags, fmt.Sprintf("external/cwe/cwe-%d", cwe))
		descriptor.Relationships = append(descriptor.Relationships, &sarifRelationship{
			Kinds:  []string{"superset"},
			Target: sarifDescriptorReference{ID: fmt.Sprint(cwe), Index: addCWE(taxonomy, cwe), ToolComponent: cweReference()},
		})
	}
	descriptor.Properties = map[string]any{
		"security-severity": fmt.Sprintf("%.1f", rule.SecuritySeverity),
		"precision":         "high",
		"problem.severity":  problemSeverity(rule.Severity),
		"tags":              tags,
	}
	return descriptor
}

// problemSeverity is severity in the words of GitHub code scanning.
func problemSeverity(s finding.Severity) string {
	if s == finding.Note {
		return "recommendation"
	}
	return s.String()
}

var semver = lazyregexp.New(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// lead returns the first paragraph of a rule's page, on one line.
func lead(doc string) string {
	for paragraph := range strings.SplitSeq(doc, "\n\n") {
		if p := strings.TrimSpace(paragraph); p != "" && p[0] != '#' {
			return strings.Join(strings.Fields(p), " ")
		}
	}
	return doc
}

// pascal turns "neo-api-key" into "NeoApiKey", the form that SARIF asks of names.
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
