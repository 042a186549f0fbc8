package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A Purge is a plan to take keys out of a repository's history.
type Purge struct {
	origin Origin
	keys   []*finding.Key
	// refs are those that lead to a key, by their kind.
	refs map[string][]string
	// commits are those that bring a key in, the oldest first.
	commits []*finding.Commit
	// lost are objects with a key that no ref leads to.
	lost []string
	// encoded are files in which a key is not written as it is, named are paths, refs and people with
	// a key in their names: what a literal replacement does not reach.
	encoded, named []string
	problems       []finding.Problem
}

// An Origin is where the repository is and where the file with the keys was written.
type Origin struct {
	File    string   // of WriteReplaceText; empty if it was not written
	URL     string   // of the server; empty if that is not known
	Remotes []string // names and addresses
}

// refKinds are the kinds of refs, in the order in which they are listed.
var refKinds = []struct{ name, prefix string }{
	{"branches", "refs/heads/"}, {"tags", "refs/tags/"}, {"remote branches", "refs/remotes/"}, {"notes", "refs/notes/"},
	{"pull requests", "refs/pull/"}, {"merge requests", "refs/merge-requests/"}, {"stashes", "refs/stash"}, {"other refs", "refs/"},
}

// NewPurge makes the plan for all keys of r, whose findings have a trace.
func NewPurge(r *finding.Result, origin Origin) *Purge {
	shown := Mask(r)
	p := &Purge{origin: origin, refs: map[string][]string{}, problems: shown.Problems}
	groups, _ := finding.Groups(shown.Findings)
	for i := range groups {
		p.keys = append(p.keys, groups[i].Key)
		for _, f := range groups[i].Findings {
			p.take(f)
		}
	}
	for _, list := range p.refs {
		slices.Sort(list)
	}
	slices.SortFunc(p.commits, func(a, b *finding.Commit) int {
		return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.OID, b.OID))
	})
	return p
}

// take takes in one place of a key.
func (p *Purge) take(f *finding.Finding) {
	for _, name := range f.Refs {
		for _, kind := range refKinds {
			if strings.HasPrefix(name, kind.prefix) {
				add(p.refs, kind.name, name)
				break
			}
		}
	}
	commits := []*finding.Commit{}
	if f.Commit != nil {
		commits = append(commits, f.Commit)
	}
	if f.Trace != nil {
		for _, e := range f.Trace.Events {
			if !e.Removed {
				commits = append(commits, e.Commit)
			}
		}
	}
	for _, c := range commits {
		if !slices.ContainsFunc(p.commits, func(o *finding.Commit) bool { return o.OID == c.OID }) {
			p.commits = append(p.commits, c)
		}
	}
	switch {
	case f.Exposure == finding.Name || f.Line == 0 && f.Exposure != finding.Message:
		addOnce(&p.named, f.Path)
	case len(f.DecodedFrom) > 0 || f.Container != "":
		addOnce(&p.encoded, f.File())
	}
	if f.Refs != nil && len(f.Refs) == 0 && f.Object != "" {
		addOnce(&p.lost, f.Object)
	}
}

func add(lists map[string][]string, name, value string) {
	list := lists[name]
	addOnce(&list, value)
	lists[name] = list
}

func addOnce(list *[]string, value string) {
	if !slices.Contains(*list, value) {
		*list = append(*list, value)
	}
}

// Complete reports whether git-filter-repo's replacement of the keys reaches all of them.
func (p *Purge) Complete() bool { return len(p.encoded) == 0 && len(p.named) == 0 }

// WriteReplaceText writes the keys in r as git filter-repo takes them with --replace-text and
// --replace-message. Longer ones come first, so that no key is cut by another that it begins with.
func WriteReplaceText(w io.Writer, r *finding.Result) error {
	var keys []string
	groups, _ := finding.Groups(r.Findings)
	for i := range groups {
		for _, k := range append([]*finding.Key{groups[i].Key}, groups[i].Key.Readings...) {
			if s := k.Secret.Reveal(); s != "" && !strings.ContainsAny(s, "\r\n") {
				addOnce(&keys, s)
			}
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, k := range keys {
		if _, err := fmt.Fprintf(w, "literal:%s==>***REMOVED***\n", k); err != nil {
			return err
		}
	}
	return nil
}

// ids lists the ids of the keys.
func (p *Purge) ids() (list []string) {
	for _, k := range p.keys {
		list = append(list, k.ID)
	}
	return list
}
