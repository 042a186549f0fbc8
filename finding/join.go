package finding

import (
	"cmp"
	"slices"
)

// In says of all that r holds that it is in a repository, for r to be joined with others.
func (r *Result) In(repository *Repository) {
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		for i := range list {
			list[i].Repository = repository
		}
	}
	for _, list := range [][]Problem{r.Problems, r.Notices, r.LeftOut} {
		for i := range list {
			list[i].Repository = repository.Name
		}
	}
}

// Join returns one result of several repositories, whose findings say which they are in. A key that
// is in several of them is one key. What a result says of itself by fingerprints stays.
func Join(results []*Result) *Result {
	all := &Result{}
	for _, r := range results {
		all.Findings = append(all.Findings, r.Findings...)
		all.Examples = append(all.Examples, r.Examples...)
		all.Problems = append(all.Problems, r.Problems...)
		all.Notices = append(all.Notices, r.Notices...)
		all.LeftOut = append(all.LeftOut, r.LeftOut...)
		all.Histories = append(all.Histories, r.Histories...)
		all.UnusedIgnores += r.UnusedIgnores
		all.Summary.add(&r.Summary)
	}
	all.Finish()
	for _, list := range [][]Finding{all.Findings, all.Examples} {
		slices.SortStableFunc(list, func(a, b Finding) int { return cmp.Compare(a.repository(), b.repository()) })
	}
	for _, list := range [][]Problem{all.Problems, all.Notices, all.LeftOut} {
		slices.SortStableFunc(list, func(a, b Problem) int { return cmp.Compare(a.Repository, b.Repository) })
	}
	return all
}

// repository returns the name of the finding's repository; empty in a result about one.
func (f *Finding) repository() string {
	if f.Repository == nil {
		return ""
	}
	return f.Repository.Name
}

func (s *Summary) add(o *Summary) {
	s.Files += o.Files
	s.Objects += o.Objects
	s.Bytes += o.Bytes
	s.Skipped += o.Skipped
	s.Filtered += o.Filtered
	s.Duration += o.Duration
}
