package finding

import (
	"cmp"
	"slices"
	"strings"
)

// mask redacts the keys that were found wherever else they occur in text that will be printed.
// What of a secret may be shown is decided by [Redact]; CONTRIBUTING.md lists all places that hide
// text.
// The scan of one line cannot do it: nothing about another raw token on that line shows that
// it is one.
func (r *Result) mask() {
	masker := r.masker()
	if masker == nil {
		return
	}
	commits := map[*Commit]bool{nil: true}
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			f.maskSnippet(masker)
			f.Message = masker.Replace(f.Message)
			f.mask(masker)
			if f.Head != nil {
				f.Head.mask(masker)
			}
			for i := range f.Places {
				f.Places[i].mask(masker)
			}
			if o := f.Original; o != nil {
				o.mask(masker)
				o.Map = masker.Replace(o.Map)
			}
			for i := range f.Refs {
				f.Refs[i] = masker.Replace(f.Refs[i])
			}
			for _, c := range []*Commit{f.Commit, f.First, f.RemovedIn} {
				if !commits[c] {
					commits[c] = true
					c.Author, c.Email, c.Subject = masker.Replace(c.Author), masker.Replace(c.Email), masker.Replace(c.Subject)
				}
			}
		}
	}
	for _, list := range [][]Problem{r.Problems, r.Notices} {
		for i := range list {
			p := &list[i]
			p.Path, p.Message = masker.Replace(p.Path), masker.Replace(p.Message)
		}
	}
}

func (l *Location) mask(masker *strings.Replacer) {
	l.Path, l.Container = masker.Replace(l.Path), masker.Replace(l.Container)
}

// maskSnippet redacts keys in the finding's snippet, except its own, which is redacted already.
func (f *Finding) maskSnippet(masker *strings.Replacer) {
	s := &f.Snippet
	left, own, right := masker.Replace(s.Text[:s.Start]), s.Text[s.Start:s.End], masker.Replace(s.Text[s.End:])
	if f.Key == nil {
		own = masker.Replace(own)
	}
	s.Text = left + own + right
	s.Start, s.End = len(left), len(left)+len(own)
}

// MaskHabits redacts the keys of found and examples, all that one file contains, in the messages
// and snippets of findings that are not about a key. Call it before dropping any of them.
func MaskHabits(found, examples []Finding) {
	masker := (&Result{Findings: found, Examples: examples}).masker()
	if masker == nil {
		return
	}
	for i := range found {
		if found[i].Key == nil {
			found[i].maskSnippet(masker)
			found[i].Message = masker.Replace(found[i].Message)
		}
	}
}

// Redact returns text with each of r's keys cut down to what may be printed of it.
func (r *Result) Redact(text string) string {
	if masker := r.masker(); masker != nil {
		return masker.Replace(text)
	}
	return text
}

// masker returns a replacer of keys by their redacted forms; nil if there are no keys.
func (r *Result) masker() *strings.Replacer {
	var keys []*Key
	known := map[string]bool{}
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		for i := range list {
			if list[i].Key == nil {
				continue
			}
			for _, k := range append([]*Key{list[i].Key}, list[i].Key.Readings...) {
				if !known[k.ID] && k.Secret.Reveal() != "" {
					known[k.ID] = true
					keys = append(keys, k)
				}
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	// Among keys that begin at the same place, the replacer uses the first pair: the longest
	// key must come first, or its rest would stay.
	slices.SortStableFunc(keys, func(a, b *Key) int {
		return cmp.Compare(len(b.Secret.Reveal()), len(a.Secret.Reveal()))
	})
	pairs := make([]string, 0, 2*len(keys))
	for _, k := range keys {
		pairs = append(pairs, k.Secret.Reveal(), k.Redacted)
	}
	return strings.NewReplacer(pairs...)
}
