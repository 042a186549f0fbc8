package finding

import (
	"cmp"
	"slices"
	"strings"
)

// Merge returns one result of two scans of a repository: of its files and of its history,
// with paths relative to the same folder. It has all findings of both; a key in a file and the
// commit that brought it there are one finding.
func Merge(files, history *Result) *Result {
	r := &Result{
		Findings:      merge(files.Findings, history.Findings),
		Examples:      merge(files.Examples, history.Examples),
		Problems:      slices.Concat(files.Problems, history.Problems),
		Notices:       slices.Concat(files.Notices, history.Notices),
		UnusedIgnores: files.UnusedIgnores + history.UnusedIgnores,
		LeftOut:       slices.Concat(files.LeftOut, history.LeftOut),
		Histories:     slices.Concat(files.Histories, history.Histories),
		Summary: Summary{
			Files:    files.Summary.Files + history.Summary.Files,
			Objects:  files.Summary.Objects + history.Summary.Objects,
			Bytes:    files.Summary.Bytes + history.Summary.Bytes,
			Skipped:  files.Summary.Skipped + history.Summary.Skipped,
			Duration: files.Summary.Duration + history.Summary.Duration,
		},
	}
	// The numbers of like habits are to be counted over all of them.
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		for i := range list {
			list[i].Fingerprint = ""
		}
	}
	r.Finish()
	return r
}

// merge adds history's findings to those of files. One that HEAD holds at a place where the
// files have it too adds its commit to the findings there; every other is one of its own.
func merge(files, history []Finding) []Finding {
	merged := slices.Clone(files)
	here := map[common][]int{}
	for i := range merged {
		c := commonOf(&merged[i])
		here[c] = append(here[c], i)
	}
	for i := range history {
		h := &history[i]
		same := here[commonOf(h)]
		if len(same) == 0 || h.InHead == nil || !*h.InHead {
			merged = append(merged, *h)
			continue
		}
		for _, n := range same {
			merged[n].attribute(h)
		}
	}
	return merged
}

// common is what a finding in a file and the one about its history have in common.
type common struct{ rule, path, what string }

func commonOf(f *Finding) common {
	if f.Key != nil {
		return common{f.Rule, f.Path, f.Key.ID}
	}
	return common{f.Rule, f.Path, f.line()}
}

// attribute gives f, a finding in a file, what its history h says of it. Of several that
// have brought it in, the oldest counts, whatever their order. The exposure is the widest that
// it has had.
func (f *Finding) attribute(h *Finding) {
	if h.Exposure.WiderThan(f.Exposure) {
		f.Exposure, f.Severity = h.Exposure, max(f.Severity, h.Severity)
	}
	if f.Commit != nil && (h.Commit == nil || !h.Commit.before(f.Commit)) {
		return
	}
	here := f.Location
	f.Commit, f.First, f.InHead, f.Head, f.Object, f.Refs = h.Commit, h.First, h.InHead, &here, h.Object, h.Refs
	f.Trace = h.Trace
}

// before reports whether c is older than o; of two of one date, the order is arbitrary but fixed.
func (c *Commit) before(o *Commit) bool {
	return cmp.Or(c.Date.Compare(o.Date), strings.Compare(c.OID, o.OID)) < 0
}
