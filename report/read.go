package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// ErrNotReport says that a file is no JSON report of this program.
var ErrNotReport = errors.New("not a JSON report of neokeys: `neokeys audit -f json=FILE` writes one")

// ReadJSON reads a report that [Write] has written as [JSON]. The result has no keys, lines or
// offsets, which a report does not hold; what it says may be anybody's and is escaped when it is written.
func ReadJSON(r io.Reader) (*finding.Result, error) {
	var j jsonReport
	err := json.NewDecoder(r).Decode(&j)
	if errors.Is(err, context.Canceled) {
		return nil, err
	}
	if err != nil || j.Tool.Name != "neokeys" || j.SchemaVersion == 0 {
		return nil, ErrNotReport
	}
	if j.SchemaVersion != schemaVersion {
		return nil, fmt.Errorf("the report has schema_version %d, and this program knows %d: use the version of neokeys that wrote it", j.SchemaVersion, schemaVersion)
	}
	result := &finding.Result{
		Problems: readErrors(j.Errors), Notices: readErrors(j.Notices),
		Summary: finding.Summary{Files: j.Summary.Files, Objects: j.Summary.Objects, Bytes: j.Summary.Bytes, Filtered: j.Summary.Filtered},
	}
	repositories := map[string]*finding.Repository{}
	for i := range j.Findings {
		f, err := readFinding(&j.Findings[i], repositories)
		if err != nil {
			return nil, fmt.Errorf("finding %d of the report: %w", i+1, err)
		}
		result.Findings = append(result.Findings, *f)
	}
	return result, nil
}

func readErrors(list []jsonError) (problems []finding.Problem) {
	for _, e := range list {
		problems = append(problems, finding.Problem{Repository: e.Repository, Path: e.Path, Message: e.Message})
	}
	return problems
}

func readFinding(j *jsonFinding, repositories map[string]*finding.Repository) (*finding.Finding, error) {
	severity, err := finding.ParseSeverity(j.Severity)
	if err != nil {
		return nil, err
	}
	f := &finding.Finding{
		Rule: j.Rule, Severity: severity, Confidence: finding.Confidence(j.Confidence), Message: j.Message,
		Location: finding.Location{Path: j.Path, Container: j.Container, Line: j.Line, Column: j.Column, EndLine: j.EndLine, EndColumn: j.EndColumn},
		Commit:   readCommit(j.Commit), First: readCommit(j.FirstCommit), RemovedIn: readCommit(j.RemovedIn),
		InHead: j.InHead, Object: j.Object, Refs: j.Refs, Owners: j.Owners,
		Exposure: finding.Exposure(j.Exposure), DecodedFrom: j.DecodedFrom, Liveness: finding.Liveness(j.Liveness), Fingerprint: j.Fingerprint,
	}
	if h := j.Head; h != nil {
		f.Head = &finding.Location{Path: h.Path, Line: h.Line, Column: h.Column, EndLine: h.EndLine, EndColumn: h.EndColumn}
	}
	if o := j.Original; o != nil {
		f.Original = &finding.Original{Location: finding.Location{Path: o.Path, Line: o.Line, Column: o.Column}, Variable: o.Variable, Map: o.Map}
	}
	for _, p := range j.Places {
		f.Places = append(f.Places, finding.Location{Path: p.Path, Line: p.Line, Column: p.Column, EndLine: p.EndLine, EndColumn: p.EndColumn})
	}
	if k := j.Key; k != nil {
		f.Key = &finding.Key{ID: k.ID, Kind: finding.KeyKind(k.Kind), Redacted: k.Redacted}
		if k.Env != nil {
			f.Key.Env = *k.Env
		}
	}
	if s := j.Suppressed; s != nil {
		f.Suppressed = &finding.Suppression{By: s.By, Reason: s.Reason}
	}
	if j.Repository != "" {
		f.Repository = readRepository(j, repositories)
	}
	if v := j.Verification; v != nil {
		f.Verification = &finding.Verification{Reason: v.Reason, Advice: v.Advice, CheckedAt: readTime(v.CheckedAt)}
	}
	return f, nil
}

func readRepository(j *jsonFinding, known map[string]*finding.Repository) *finding.Repository {
	r := known[j.Repository]
	if r == nil {
		r = &finding.Repository{Name: j.Repository, ScannedAt: readTime(&j.ScannedAt)}
		if j.HeadCommit != nil {
			r.Head = *j.HeadCommit
		}
		known[j.Repository] = r
	}
	return r
}

func readCommit(c *jsonCommit) *finding.Commit {
	if c == nil {
		return nil
	}
	return &finding.Commit{OID: c.OID, Author: c.Author, Email: c.Email, Date: readTime(&c.Date), Subject: c.Subject}
}

// readTime reads a time; zero for none.
func readTime(s *string) time.Time {
	if s == nil {
		return time.Time{}
	}
	t, _ := time.Parse(time.RFC3339, *s) // zero
	return t
}
