package report

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
)

// schemaVersion is that of the JSON form, whose schema is docs/report.schema.json.
// It changes when a member is removed or changes its meaning, not when one is added.
const schemaVersion = 1

type jsonReport struct {
	SchemaVersion int           `json:"schema_version"`
	Tool          jsonTool      `json:"tool"`
	Findings      []jsonFinding `json:"findings"`
	Errors        []jsonError   `json:"errors"`
	Notices       []jsonError   `json:"notices,omitempty"`
	Summary       jsonSummary   `json:"summary"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonFinding struct {
	// These are there where several repositories were searched. Path is relative to the
	// repository.
	Repository string  `json:"repository,omitempty"`
	HeadCommit *string `json:"head,omitempty"` // of the repository
	ScannedAt  string  `json:"scanned_at,omitempty"`

	Rule        string           `json:"rule"`
	Severity    string           `json:"severity"`
	Confidence  string           `json:"confidence"`
	Message     string           `json:"message"`
	Path        string           `json:"path"`
	PathBase64  string           `json:"path_base64,omitempty"` // see pathBytes
	Container   string           `json:"container,omitempty"`
	Line        int              `json:"line"`
	Column      int              `json:"column"`
	EndLine     int              `json:"end_line"`
	EndColumn   int              `json:"end_column"`
	Original    *jsonOriginal    `json:"original,omitempty"`
	Places      []jsonPlace      `json:"places,omitempty"`
	Commit      *jsonCommit      `json:"commit"`
	FirstCommit *jsonCommit      `json:"first_commit,omitempty"` // of the key, at whatever path
	RemovedIn   *jsonCommit      `json:"removed_in"`
	InHead      *bool            `json:"in_head"`
	Head        *jsonPlace       `json:"place_in_head,omitempty"` // where it is now, if the place above is that in a commit
	Object      string           `json:"object,omitempty"`
	Refs        []string         `json:"refs,omitempty"`
	Owners      []string         `json:"owners,omitempty"` // by CODEOWNERS, in a fleet's report
	Key         *jsonKey         `json:"key"`
	Exposure    string           `json:"exposure"`
	DecodedFrom []string         `json:"decoded_from"`
	Liveness    string           `json:"liveness"`
	Fingerprint string           `json:"fingerprint"`
	Suppressed  *jsonSuppression `json:"suppressed"`

	// Fix is null where no edit mends the finding, and outside of a scan of files.
	Fix *jsonFix `json:"fix"`

	// Verification is present only with --verify.
	Verification *jsonVerification `json:"verification,omitempty"`
}

// A jsonFix is what mends a finding: places and new text, never the old.
type jsonFix struct {
	Safe     bool       `json:"safe"`
	Title    string     `json:"title"`
	Variable *string    `json:"variable"`          // to set before the files are deployed
	Untrack  string     `json:"untrack,omitempty"` // a file for git to track no longer
	Edits    []jsonEdit `json:"edits"`
}

// A jsonEdit replaces what is from a place to another by new text.
type jsonEdit struct {
	jsonPlace
	Offset    int64  `json:"offset"` // in bytes
	EndOffset int64  `json:"end_offset"`
	NewText   string `json:"new_text"`
}

func newJSONFix(f *finding.Fix) *jsonFix {
	if f == nil {
		return nil
	}
	j := &jsonFix{Safe: f.Safe, Title: f.Title, Variable: stated(f.Variable), Untrack: f.Untrack, Edits: []jsonEdit{}}
	for i := range f.Edits {
		e := &f.Edits[i]
		j.Edits = append(j.Edits, jsonEdit{newJSONPlaces([]finding.Location{e.Location})[0], e.Offset, e.EndOffset, e.New})
	}
	return j
}

// A jsonPlace is another place of what was found.
type jsonPlace struct {
	Path       string `json:"path"`
	PathBase64 string `json:"path_base64,omitempty"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	EndLine    int    `json:"end_line"`
	EndColumn  int    `json:"end_column"`
}

// A jsonOriginal is the place in the source that a bundle was made from.
type jsonOriginal struct {
	Path       string `json:"path"`
	PathBase64 string `json:"path_base64,omitempty"`
	Line       int    `json:"line"`
	Column     int    `json:"column"`
	Variable   string `json:"variable,omitempty"`
	Map        string `json:"map,omitempty"`
}

type jsonCommit struct {
	OID     string `json:"oid"`
	Author  string `json:"author"`
	Email   string `json:"email"`
	Date    string `json:"date"`
	Subject string `json:"subject"`
}

type jsonKey struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"`
	Env      *string `json:"env"`
	Redacted string  `json:"redacted"`
	Secret   string  `json:"secret,omitempty"` // with --show-secrets
	// Readings are the ids of the ways to take a key whose edges are in doubt.
	Readings []string `json:"readings,omitempty"`
}

type jsonVerification struct {
	Code       *string `json:"code"`
	RequestID  *string `json:"request_id"`
	Reason     string  `json:"reason"`
	Advice     string  `json:"advice"`
	Agents     *int    `json:"agents"`
	MoreAgents bool    `json:"more_agents"`
	CheckedAt  *string `json:"checked_at"`
	// Reach is there only where it was asked for.
	Reach []JSONReach `json:"reach,omitempty"`
}

// A JSONReach is a finding.Reach, with null for what is not known.
type JSONReach struct {
	Scope     string `json:"scope"`
	Method    string `json:"method"`
	URL       string `json:"url"`
	Reference string `json:"reference"`
	Status    *int   `json:"status"`
	Count     *int   `json:"count"`
	More      bool   `json:"more"`
}

// NewJSONReach is for reports that are not about findings.
func NewJSONReach(reach []finding.Reach) (list []JSONReach) {
	for _, r := range reach {
		j := JSONReach{Scope: r.Scope, Method: "GET", URL: r.URL, Reference: r.Reference, Count: r.Count, More: r.More}
		if r.Status != 0 {
			j.Status = &r.Status
		}
		list = append(list, j)
	}
	return list
}

type jsonSuppression struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
}

type jsonError struct {
	Repository string `json:"repository,omitempty"`
	Path       string `json:"path"`
	PathBase64 string `json:"path_base64,omitempty"`
	Message    string `json:"message"`
}

type jsonSummary struct {
	Files      int64 `json:"files"`
	Objects    int64 `json:"objects"`
	Bytes      int64 `json:"bytes"`
	Keys       int   `json:"keys"`
	Findings   int   `json:"findings"`
	Suppressed int   `json:"suppressed"`
	Filtered   int64 `json:"filtered,omitempty"`
	Examples   int   `json:"examples"`
	DurationMS int64 `json:"duration_ms"`
}

func writeJSON(w io.Writer, r *finding.Result, o Options) error {
	report := jsonReport{
		SchemaVersion: schemaVersion,
		Tool:          jsonTool{"neokeys", o.Tool.Version},
		Findings:      []jsonFinding{},
		Errors:        append([]jsonError{}, newJSONErrors(r.Problems)...),
		Notices:       newJSONErrors(r.Notices),
		Summary:       newJSONSummary(r),
	}
	for i := range r.Findings {
		report.Findings = append(report.Findings, newJSONFinding(&r.Findings[i], o))
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(inert(text), '\n'))
	return err
}

// writeJSONL writes one finding per line, in the form of the JSON report.
func writeJSONL(w io.Writer, r *finding.Result, o Options) error {
	b := bufio.NewWriter(w)
	for i := range r.Findings {
		text, err := json.Marshal(newJSONFinding(&r.Findings[i], o))
		if err != nil {
			return err
		}
		_, _ = b.Write(append(inert(text), '\n'))
	}
	return b.Flush()
}

// pathBytes returns the base64 of a path that is not valid UTF-8, which JSON cannot represent:
// there, each invalid byte becomes U+FFFD.
func pathBytes(path string) string {
	if utf8.ValidString(path) {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(path))
}

func newJSONFinding(f *finding.Finding, o Options) jsonFinding {
	j := jsonFinding{
		Rule:        f.Rule,
		Severity:    f.Severity.String(),
		Confidence:  string(f.Confidence),
		Message:     f.Message,
		Path:        f.Path,
		PathBase64:  pathBytes(f.Path),
		Container:   f.Container,
		Line:        f.Line,
		Column:      f.Column,
		EndLine:     f.EndLine,
		EndColumn:   f.EndColumn,
		Original:    newJSONOriginal(f.Original),
		Places:      newJSONPlaces(f.Places),
		Commit:      newJSONCommit(f.Commit),
		FirstCommit: newJSONCommit(f.First),
		RemovedIn:   newJSONCommit(f.RemovedIn),
		InHead:      f.InHead,
		Object:      f.Object,
		Refs:        f.Refs,
		Owners:      f.Owners,
		Exposure:    string(f.Exposure),
		DecodedFrom: append([]string{}, f.DecodedFrom...),
		Liveness:    string(f.Liveness),
		Fingerprint: f.Fingerprint,
	}
	if r := f.Repository; r != nil {
		j.Repository, j.HeadCommit, j.ScannedAt = r.Name, stated(r.Head), timestamp(r.ScannedAt)
	}
	j.Key = newJSONKey(f.Key, o)
	if l := f.Head; l != nil {
		j.Head = &newJSONPlaces([]finding.Location{*l})[0]
	}
	j.Fix = newJSONFix(f.Fix)
	j.Verification = newJSONVerification(f.Verification)
	if s := f.Suppressed; s != nil {
		j.Suppressed = &jsonSuppression{s.By, s.Reason}
	}
	return j
}

func newJSONKey(k *finding.Key, o Options) *jsonKey {
	if k == nil {
		return nil
	}
	j := &jsonKey{ID: k.ID, Kind: string(k.Kind), Redacted: k.Redacted}
	if k.Kind != finding.KindLegacy {
		j.Env = &k.Env
	}
	if o.ShowSecrets {
		j.Secret = k.Secret.Reveal()
	}
	for _, r := range k.Readings {
		j.Readings = append(j.Readings, r.ID)
	}
	return j
}

func newJSONOriginal(o *finding.Original) *jsonOriginal {
	if o == nil {
		return nil
	}
	return &jsonOriginal{Path: o.Path, PathBase64: pathBytes(o.Path), Line: o.Line, Column: o.Column, Variable: o.Variable, Map: o.Map}
}

func newJSONPlaces(places []finding.Location) (list []jsonPlace) {
	for _, p := range places {
		list = append(list, jsonPlace{p.Path, pathBytes(p.Path), p.Line, p.Column, p.EndLine, p.EndColumn})
	}
	return list
}

func newJSONVerification(v *finding.Verification) *jsonVerification {
	if v == nil {
		return nil
	}
	j := &jsonVerification{Code: stated(v.Code), RequestID: stated(v.RequestID), Reason: v.Reason, Advice: v.Advice, Agents: v.Agents, MoreAgents: v.MoreAgents, Reach: NewJSONReach(v.Reach)}
	if !v.CheckedAt.IsZero() {
		at := timestamp(v.CheckedAt)
		j.CheckedAt = &at
	}
	return j
}

// stated returns null for an empty string.
func stated(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func newJSONErrors(problems []finding.Problem) (list []jsonError) {
	for _, p := range problems {
		list = append(list, jsonError{p.Repository, p.Path, pathBytes(p.Path), p.Message})
	}
	return list
}

func newJSONCommit(c *finding.Commit) *jsonCommit {
	if c == nil {
		return nil
	}
	return &jsonCommit{c.OID, c.Author, c.Email, timestamp(c.Date), c.Subject}
}

// timestamp formats t as RFC 3339, whose years have four digits; a commit can claim any year.
func timestamp(t time.Time) string {
	if y := t.Year(); y < 0 || y > 9999 {
		t = time.Date(min(max(y, 0), 9999), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.Format(time.RFC3339)
}

func newJSONSummary(r *finding.Result) jsonSummary {
	keys, _ := finding.Groups(counting(r))
	return jsonSummary{
		Files:      r.Summary.Files,
		Objects:    r.Summary.Objects,
		Bytes:      r.Summary.Bytes,
		Keys:       len(keys),
		Findings:   len(r.Findings) - r.Suppressed(),
		Suppressed: r.Suppressed(),
		Filtered:   r.Summary.Filtered,
		Examples:   len(r.Examples),
		DurationMS: r.Summary.Duration.Milliseconds(),
	}
}
