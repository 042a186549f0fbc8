package finding

// Merge returns one result of two scans of a repository: of its files and of its history,
// with paths relative to the same folder. A key that lies in a file, and of which history
// tells since when, is one finding.
func Merge(files, history *Result) *Result {
	r := &Result{
		Findings: merge(files.Findings, history.Findings),
		Examples: merge(files.Examples, history.Examples),
		Problems: append(files.Problems, history.Problems...),
		Notices:  append(files.Notices, history.Notices...),
		Summary: Summary{
			Files:    files.Summary.Files + history.Summary.Files,
			Objects:  files.Summary.Objects + history.Summary.Objects,
			Bytes:    files.Summary.Bytes + history.Summary.Bytes,
			Skipped:  files.Summary.Skipped + history.Summary.Skipped,
			Duration: files.Summary.Duration + history.Summary.Duration,
		},
	}
	// What tells like findings apart is to be counted over all of them.
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		for i := range list {
			list[i].Fingerprint = ""
		}
	}
	r.Finish()
	return r
}

func merge(files, history []Finding) []Finding {
	// place is what a finding in a file and the one about its history have in common.
	type place struct{ rule, path, what string }
	placeOf := func(f *Finding) place {
		p := place{rule: f.Rule, path: f.Path, what: f.line()}
		if f.Key != nil {
			p.what = f.Key.ID
		}
		return p
	}
	here := map[place][]*Finding{}
	for i := range files {
		p := placeOf(&files[i])
		here[p] = append(here[p], &files[i])
	}
	merged := files[:len(files):len(files)]
	for i := range history {
		h := &history[i]
		same := here[placeOf(h)]
		if len(same) == 0 || h.InHead == nil || !*h.InHead {
			merged = append(merged, *h)
			continue
		}
		for _, f := range same {
			f.Commit, f.InHead, f.Object, f.Refs = h.Commit, h.InHead, h.Object, h.Refs
		}
	}
	return merged
}
