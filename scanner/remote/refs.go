package remote

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
)

// Refs are the refs of a repository on a server.
type Refs struct {
	// List are all refs by name, without HEAD.
	List []Ref
	// Head is the branch that HEAD names; empty if it is detached, unborn or not known.
	Head string
	// HeadID is the hexadecimal id that HEAD leads to; empty if it is unborn.
	HeadID string
}

// A Ref is a name for an object.
type Ref struct {
	Name string // full, such as refs/heads/main
	ID   string // hexadecimal
}

// newRefs makes refs of what a server advertises. Names that git does not allow are left out, as
// git does.
func newRefs(adv *packp.AdvRefs, most int) (*Refs, error) {
	if len(adv.References) > most {
		return nil, fmt.Errorf("%w of %d refs", ErrTooMuch, most)
	}
	r := &Refs{}
	for name, id := range adv.References {
		if validName(name) {
			r.List = append(r.List, Ref{name, id.String()})
		}
	}
	sort.Slice(r.List, func(i, j int) bool { return r.List[i].Name < r.List[j].Name })
	if adv.Head == nil {
		return r, nil
	}
	r.HeadID = adv.Head.String()
	for _, s := range adv.Capabilities.Get(capability.SymRef) {
		if target, ok := strings.CutPrefix(s, "HEAD:"); ok && r.ID(target) == r.HeadID {
			r.Head = target
			return r, nil
		}
	}
	if !adv.Capabilities.Supports(capability.SymRef) {
		r.Head = r.likelyHead()
	}
	return r, nil
}

// likelyHead returns the branch that HEAD probably names, where an old server does not say it.
func (r *Refs) likelyHead() string {
	for _, name := range []string{"refs/heads/main", "refs/heads/master"} {
		if r.ID(name) == r.HeadID {
			return name
		}
	}
	for _, ref := range r.List {
		if ref.ID == r.HeadID && strings.HasPrefix(ref.Name, "refs/heads/") {
			return ref.Name
		}
	}
	return ""
}

// ID returns the id of the ref with a full name; empty if there is none.
func (r *Refs) ID(name string) string {
	i, ok := slices.BinarySearchFunc(r.List, name, func(ref Ref, name string) int { return cmp.Compare(ref.Name, name) })
	if !ok {
		return ""
	}
	return r.List[i].ID
}

// Digest returns a hash of all refs: while it is the same, so is all that they lead to.
func (r *Refs) Digest() string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "HEAD %s %s\n", r.Head, r.HeadID) // never fails
	for _, ref := range r.List {
		_, _ = fmt.Fprintf(h, "%s %s\n", ref.ID, ref.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Select returns the refs whose names match one of the patterns: full names, or what a person
// writes for a branch or tag, with * for any part of a name. HEAD stays if its branch does.
func (r *Refs) Select(patterns []string) (*Refs, error) {
	if len(patterns) == 0 {
		return r, nil
	}
	selected := &Refs{}
	for _, p := range patterns {
		any := p == "HEAD" && r.HeadID != ""
		for _, ref := range r.List {
			if (p == "HEAD" && ref.Name == r.Head || matches(p, ref.Name)) && !slices.Contains(selected.List, ref) {
				selected.List = append(selected.List, ref)
				any = true
			}
		}
		if !any {
			return nil, fmt.Errorf("the repository has no ref %q: write a branch, a tag, or a full name such as refs/pull/1/head", p)
		}
		if p == "HEAD" {
			selected.HeadID = r.HeadID
		}
	}
	sort.Slice(selected.List, func(i, j int) bool { return selected.List[i].Name < selected.List[j].Name })
	selected.keepHead(r)
	return selected, nil
}

// keepHead makes HEAD what it is in all, or the one ref that is left.
func (r *Refs) keepHead(all *Refs) {
	switch {
	case r.ID(all.Head) != "" && all.Head != "":
		r.Head, r.HeadID = all.Head, all.HeadID
	case r.HeadID == "" && len(r.List) == 1:
		r.HeadID = r.List[0].ID
		if strings.HasPrefix(r.List[0].Name, "refs/heads/") {
			r.Head = r.List[0].Name
		}
	}
}

// matches reports whether a pattern stands for a ref.
func matches(pattern, name string) bool {
	for _, prefix := range []string{"", "refs/", "refs/heads/", "refs/tags/"} {
		if glob(prefix+pattern, name) {
			return true
		}
	}
	return false
}

// glob matches a name with a pattern in which * stands for any part, slashes included.
func glob(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(name, part)
		if at < 0 {
			return false
		}
		name = name[at+len(part):]
	}
	return strings.HasSuffix(name, last)
}

// maxRefName is the longest name that is kept, in bytes: file systems have about as much.
const maxRefName = 4 << 10

// validName reports whether git allows the name of a ref: git-check-ref-format(1).
func validName(name string) bool {
	if !strings.HasPrefix(name, "refs/") || len(name) > maxRefName || strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(c rune) bool { return isControl(c) || strings.ContainsRune(" ~^:?*[\\", c) })
}

// wants returns the distinct ids that the refs and HEAD lead to.
func (r *Refs) wants() []plumbing.Hash {
	seen := map[plumbing.Hash]bool{}
	var list []plumbing.Hash
	add := func(id string) {
		if h := plumbing.NewHash(id); id != "" && !seen[h] {
			seen[h] = true
			list = append(list, h)
		}
	}
	for _, ref := range r.List {
		add(ref.ID)
	}
	add(r.HeadID)
	sort.Slice(list, func(i, j int) bool { return bytes.Compare(list[i][:], list[j][:]) < 0 })
	return list
}
