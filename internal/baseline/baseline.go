// Package baseline records the findings that a project accepts as known, so that only new ones
// fail. It contains fingerprints, never a key or a part of one.
package baseline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/outfile"
)

// FileName is what a project's baseline is called.
const FileName = ".neokeys-baseline.json"

const (
	by      = "baseline" // what suppresses the findings
	version = 1
	// MaxSize is the size of about 300,000 entries, in bytes.
	MaxSize = 64 << 20
)

// A Baseline is the content of a baseline file.
type Baseline struct {
	Entries []Entry

	elsewhere []Entry // those that no finding answers to, because it was not searched for
	renamed   []Entry // those whose finding is in another file now, while a history may have it at their path
	answered  map[place]Entry
}

// An Entry is one known finding.
type Entry struct {
	Fingerprint string `json:"fingerprint"` // see [finding.Result.Finish]
	// Match recognises the finding in a renamed file; see [finding.Finding.Match]. Earlier
	// versions did not write it: their fingerprints did not depend on the path.
	Match  string `json:"match,omitempty"`
	Rule   string `json:"rule"`
	Path   string `json:"path"`             // relative to the file's folder
	Added  string `json:"added"`            // the day, as 2006-01-02
	Reason string `json:"reason,omitempty"` // the user's words
	// History marks a finding that a scan of the files does not show: a removed key, or an old
	// one.
	History bool `json:"history,omitempty"`
}

type file struct {
	Version int     `json:"schema_version"`
	Entries []Entry `json:"findings"`
}

// Parse parses the text of a baseline, for example from a git object. path is for messages.
func Parse(path string, text []byte) (*Baseline, error) {
	const remedy = "write it anew with `neokeys baseline`"
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%s: larger than %d bytes: %s", path, MaxSize, remedy)
	}
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: not a baseline (%w): %s", path, err, remedy)
	}
	if f.Version != version {
		return nil, fmt.Errorf("%s: schema_version is %d, this neokeys knows %d: %s", path, f.Version, version, remedy)
	}
	return &Baseline{Entries: distinct(f.Entries)}, nil
}

// distinct returns the entries without the one that ends the file, and each once: after a merge, a
// finding that both branches accepted has the line of each, with their days and reasons.
func distinct(entries []Entry) []Entry {
	type id struct{ fingerprint, rule, path string }
	seen := map[id]bool{}
	return slices.DeleteFunc(entries, func(e Entry) bool {
		this := id{e.Fingerprint, e.Rule, e.Path}
		again := seen[this]
		seen[this] = true
		return again || e == Entry{}
	})
}

// Attributes is the line of .gitattributes by which git merges baselines: it takes the entries of
// both sides.
const Attributes = FileName + " merge=union\n"

// Write writes the baseline to path, sorted and a line an entry, so that a change of it reads well and
// can be merged. The array ends with null, which is no entry. It follows no link in one of the trees, as [outfile.Write] has it.
func (b *Baseline) Write(ctx context.Context, path string, trees ...string) error {
	entries := slices.Clone(b.Entries)
	sort.Slice(entries, func(i, j int) bool {
		a, b := &entries[i], &entries[j]
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Fingerprint, b.Fingerprint)) < 0
	})
	var text strings.Builder
	fmt.Fprintf(&text, "{\n  \"schema_version\": %d,\n  \"findings\": [", version)
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		text.WriteString("\n    " + string(line) + ",")
	}
	// It ends all lines above in the same way, so that to add one changes no other: two branches
	// that do so can be merged.
	text.WriteString("\n    null\n  ]\n}\n")
	err := outfile.Write(ctx, path, trees, func(w io.Writer) error {
		_, err := io.WriteString(w, text.String())
		return err
	})
	if err != nil {
		return fmt.Errorf("the baseline cannot be written: %w", err)
	}
	return nil
}

// A Tree is what a baseline needs to know of what was scanned.
type Tree struct {
	// Rel turns a finding's path into one relative to the baseline's folder.
	Rel func(path string) string
	// Exists reports whether there is a file at such a path.
	Exists func(path string) bool
	// Covers reports whether this baseline is for a finding; nil if it is for all.
	Covers func(f *finding.Finding) bool
	// Searched reports whether the entry's finding would have been found if it were there.
	Searched func(e Entry) bool
	// InHistory reports whether it took the history to find it.
	InHistory func(f *finding.Finding) bool
}

func (t *Tree) covers(f *finding.Finding) bool { return t.Covers == nil || t.Covers(f) }

// TakeIn suppresses the findings that count, which an update will take in.
func TakeIn(findings []*finding.Finding) {
	for _, f := range findings {
		if f.Counts() {
			f.Suppressed = &finding.Suppression{By: by}
		}
	}
}

// Update returns a baseline of the findings that count, or that b had suppressed, with
// what b said of those it knew, and of those that were not searched for. Call it after
// Apply. b may be nil.
func (b *Baseline) Update(findings []finding.Finding, tree Tree, today time.Time, reason string) *Baseline {
	updated := &Baseline{}
	known := map[place]Entry{}
	if b != nil {
		updated.Entries = slices.Clone(b.elsewhere)
		for _, e := range b.renamed {
			e.History = true
			updated.Entries = append(updated.Entries, e)
		}
		known = b.answered
	}
	taken := map[place]bool{}
	for i := range findings {
		f := &findings[i]
		if !f.Counts() && f.Suppressed.By != by {
			continue
		}
		at := placeOf(f, tree)
		if taken[at] {
			continue
		}
		taken[at] = true
		e := Entry{
			Fingerprint: f.Fingerprint,
			Match:       f.Match(),
			Rule:        f.Rule,
			Path:        tree.Rel(f.Path),
			Added:       today.Format(time.DateOnly),
			Reason:      reason,
			History:     tree.InHistory(f),
		}
		if old, ok := known[at]; ok {
			e.Added, e.Reason = old.Added, cmp.Or(old.Reason, reason)
		} else if !f.Counts() {
			e.Reason = cmp.Or(f.Suppressed.Reason, reason)
		}
		updated.Entries = append(updated.Entries, e)
	}
	return updated
}

// Without returns the baseline without the given entries.
func (b *Baseline) Without(gone []Entry) *Baseline {
	return &Baseline{Entries: slices.DeleteFunc(slices.Clone(b.Entries), func(e Entry) bool { return slices.Contains(gone, e) })}
}
