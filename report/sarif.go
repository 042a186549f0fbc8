package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
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
	run := sarif.NewRun().WithColumnKind("unicodeCodePoints")
	driver, taxonomy := sarifDriver(o)
	run.Tool = sarif.NewTool().WithDriver(driver)
	run.RedactionTokens = []string{"..."}
	if len(taxonomy.Taxa) > 0 {
		run.Taxonomies = []*sarif.ToolComponent{taxonomy}
		driver.SupportedTaxonomies = []*sarif.ToolComponentReference{cweReference()}
	}
	if o.Root != "" {
		root := sarif.NewArtifactLocation().WithURI(strings.TrimSuffix(fileURI(o.Root), "/") + "/")
		root.Description = sarif.NewTextMessage("The folder that the scan was started in.")
		run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{srcRoot: *root}
	}
	findings := r.Findings
	if !o.IncludeSuppressed { // GitHub opens an alert for each result, suppressed or not
		findings = counting(r)
	}
	shown, dropped := worst(findings, maxSARIFResults)
	advice := advices(r, o)
	for _, f := range shown {
		result := sarifResult(f, o)
		result.Message = sarif.NewTextMessage(sarifMessage(f, advice))
		run.AddResult(result)
	}
	run.AddInvocation(sarifInvocation(r, o, dropped))
	run.Properties = properties(map[string]any{
		"files": r.Summary.Files, "objects": r.Summary.Objects, "bytes": r.Summary.Bytes,
		"examples": len(r.Examples), "suppressed": r.Suppressed(),
	})

	log := sarif.NewReport().AddRun(run)
	log.Schema = sarifSchema
	text, err := json.Marshal(log)
	if err != nil {
		return err
	}
	var pruned, indented bytes.Buffer
	if err := prune(text, &pruned); err != nil {
		return err
	}
	if err := json.Indent(&indented, inert(pruned.Bytes()), "", "  "); err != nil {
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

func sarifResult(f *finding.Finding, o Options) *sarif.Result {
	result := sarif.NewRuleResult(f.Rule).
		WithLevel(sarifLevel(f)).
		WithLocations([]*sarif.Location{sarifLocation(f, o)}).
		// GitHub's upload adds its own primaryLocationLineHash and warns if ours differs.
		WithPartialFingerprints(map[string]string{"neokeys/v1": f.Fingerprint})
	if related := sarifRelated(f, o); len(related) > 0 {
		result.WithRelatedLocations(related)
	}
	for i, rule := range o.Rules {
		if rule.ID == f.Rule {
			result.WithRuleIndex(i)
		}
	}
	if s := f.Suppressed; s != nil {
		kind := "external"
		if s.By == "inline" {
			kind = "inSource"
		}
		suppression := sarif.NewSuppression().WithKind(kind).WithStatus("accepted")
		if s.Reason != "" {
			suppression.WithJustification(printable(s.Reason))
		}
		result.AddSuppression(suppression)
	}
	if f.Fix != nil && len(f.Fix.Edits) > 0 {
		result.Fixes = []*sarif.Fix{sarifFix(f.Fix, o)}
	}
	p := map[string]any{
		"exposure": f.Exposure, "confidence": f.Confidence, "liveness": f.Liveness,
	}
	if k := f.Key; k != nil {
		p["keyId"], p["key"] = k.ID, k.Redacted
	}
	if v := f.Verification; v != nil {
		p["verification"] = newJSONVerification(v)
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
	return result.WithProperties(properties(p))
}

// sarifLevel is the severity, raised for a key that is known to work.
func sarifLevel(f *finding.Finding) string {
	if f.Liveness.Works() {
		return sarif.LevelError
	}
	return f.Severity.String()
}

// sarifMessage is the text that a viewer shows beside the line. Some show only its first
// sentence.
func sarifMessage(f *finding.Finding, byKey map[string]advice) string {
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

// sarifLocation returns f's location in the current files. If they do not contain it, that is
// line 1 of its file: GitHub rejects a SARIF file with a result that has no location.
func sarifLocation(f *finding.Finding, o Options) *sarif.Location {
	l, there := now(f)
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(artifact(l.File(), o.Root))
	location := sarif.NewLocation().WithPhysicalLocation(physical)
	if l.Path != l.File() {
		location.AddLogicalLocation(sarif.NewLogicalLocation().WithFullyQualifiedName(visible(l.Path)).WithKind("resource"))
	}
	if !there || l.Line == 0 || l.Container != "" {
		physical.Region = sarif.NewRegion().WithStartLine(1)
		return location
	}
	physical.Region = sarif.NewRegion().WithStartLine(l.Line).WithStartColumn(l.Column).
		WithEndLine(l.EndLine).WithEndColumn(l.EndColumn)
	s := f.Snippet
	if s.End > s.Start {
		physical.Region.WithSnippet(sarif.NewArtifactContent().WithText(s.Text[s.Start:s.End]))
	}
	if s.Text != "" && l == f.Location { // the snippet is the line of this version
		physical.ContextRegion = sarif.NewRegion().WithStartLine(l.Line).WithEndLine(l.EndLine).
			WithSnippet(sarif.NewArtifactContent().WithText(s.Text))
	}
	return location
}

func artifact(path, root string) *sarif.ArtifactLocation {
	uri, relative := pathURI(path, root)
	location := sarif.NewArtifactLocation().WithURI(uri)
	if relative {
		location.WithURIBaseID(srcRoot)
	}
	return location
}

func sarifInvocation(r *finding.Result, o Options, dropped int) *sarif.Invocation {
	failed := o.ExitStatus == 2
	invocation := sarif.NewInvocation().WithExecutionSuccessful(!failed).WithExitCode(o.ExitStatus)
	if !o.Started.IsZero() {
		const utc = "2006-01-02T15:04:05.000Z"
		invocation.WithStartTimeUtc(o.Started.UTC().Format(utc)).
			WithEndTimeUtc(o.Started.Add(r.Summary.Duration).UTC().Format(utc))
	}
	notify := func(id string, index int, level, path, message string) {
		n := sarif.NewNotification().WithMessage(sarif.NewTextMessage(message)).
			WithDescriptor(sarif.NewReportingDescriptorReference().WithID(id).WithIndex(index)).
			WithLevel(level)
		if path != "" {
			n.AddLocation(sarif.NewLocation().WithPhysicalLocation(
				sarif.NewPhysicalLocation().WithArtifactLocation(artifact(path, o.Root))))
		}
		invocation.AddToolExecutionNotification(n)
	}
	level := sarif.LevelWarning
	if failed {
		level = sarif.LevelError
	}
	for _, p := range r.Problems {
		notify(unreadable, 0, level, p.Path, printable(p.Message))
	}
	for _, p := range r.Notices {
		notify(worthKnowing, 1, sarif.LevelNote, p.Path, printable(p.Message))
	}
	if dropped > 0 {
		notify(unreadable, 0, level, "", fmt.Sprintf("%d more findings are not in this file: code-scanning services accept %d.", dropped, maxSARIFResults))
	}
	return invocation
}

// sarifDriver describes neokeys and its rules, and the CWE entries that they refer to.
func sarifDriver(o Options) (driver, taxonomy *sarif.ToolComponent) {
	version := strings.TrimPrefix(o.Tool.Version, "v")
	if !semver.MatchString(version) {
		version = "0.0.0-dev" // a build without a version; readers want to compare numbers
	}
	driver = sarif.NewToolComponent().WithName("neokeys").WithInformationURI(homeURL).
		WithVersion(version).WithSemanticVersion(version).
		WithShortDescription(multiformat("Finds leaked Neo API keys and bad key habits."))
	driver.Notifications = []*sarif.ReportingDescriptor{
		sarif.NewReportingDescriptor().WithID(unreadable).
			WithShortDescription(multiformat("Something could not be read.")).
			WithFullDescription(multiformat("Something could not be read, so the scan is incomplete: " +
				"it may have missed findings.")).
			WithHelp(multiformat("Make it readable for the user who runs the scan, or exclude it in .neokeysignore.")),
		sarif.NewReportingDescriptor().WithID(worthKnowing).
			WithShortDescription(multiformat("A note about suppressions.")).
			WithFullDescription(multiformat("A note about how findings are suppressed: " +
				"a suppression is unused, or the scanned change edits one.")).
			WithHelp(multiformat("Remove unused suppressions; review the ones that the change edits.")),
	}
	taxonomy = cweTaxonomy()
	for _, rule := range o.Rules {
		doc := strings.TrimSpace(rule.Doc)
		descriptor := sarif.NewReportingDescriptor().WithID(rule.ID).WithName(pascal(rule.ID)).
			WithShortDescription(multiformat(strings.TrimSuffix(rule.Title, ".") + ".")).
			WithFullDescription(multiformat(lead(doc))).
			WithHelp(multiformat(doc).WithMarkdown(doc)).
			WithHelpURI(rulesURL + rule.ID + ".md").
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithEnabled(true).WithLevel(rule.Severity.String()))
		tags := []string{"security", "secrets"}
		for _, cwe := range rule.CWEs {
			tags = append(tags, fmt.Sprintf("external/cwe/cwe-%d", cwe))
			descriptor.AddRelationship(sarif.NewReportingDescriptorRelationship().WithKinds([]string{"superset"}).
				WithTarget(sarif.NewReportingDescriptorReference().WithID(fmt.Sprint(cwe)).
					WithIndex(addCWE(taxonomy, cwe)).WithToolComponent(cweReference())))
		}
		descriptor.WithProperties(properties(map[string]any{
			"security-severity": fmt.Sprintf("%.1f", rule.SecuritySeverity),
			"precision":         "high",
			"problem.severity":  problemSeverity(rule.Severity),
		}).WithTags(tags))
		driver.AddRule(descriptor)
	}
	return driver, taxonomy
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

func multiformat(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(s)
}

func properties(p map[string]any) *sarif.PropertyBag {
	bag := sarif.NewPropertyBag()
	bag.Properties = p
	return bag
}

// prune copies JSON without what go-sarif writes for members that were not set: empty
// arrays and objects, null, and the -1 of an index that points nowhere. Only "results"
// may be an empty array: it says that there are none.
func prune(text []byte, out *bytes.Buffer) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	_, err := pruneValue(d, out)
	return err
}

// pruneValue copies the next value and reports whether it holds anything.
func pruneValue(d *json.Decoder, out *bytes.Buffer) (full bool, err error) {
	token, err := d.Token()
	if err != nil {
		return false, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return token != nil && token != json.Number("-1"), writeToken(out, token)
	}
	out.WriteByte(byte(open))
	for d.More() {
		start := out.Len()
		if full {
			out.WriteByte(',')
		}
		keep := open == '['
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return false, err
			}
			if err := writeToken(out, name); err != nil {
				return false, err
			}
			out.WriteByte(':')
			keep = name == "results"
		}
		member, err := pruneValue(d, out)
		if err != nil {
			return false, err
		}
		if member || keep {
			full = true
		} else {
			out.Truncate(start)
		}
	}
	out.WriteByte(byte(open) + 2) // ] follows [, and } follows {, at this distance
	_, err = d.Token()
	return full, err
}

func writeToken(out *bytes.Buffer, token json.Token) error {
	b, err := json.Marshal(token)
	out.Write(b)
	return err
}
