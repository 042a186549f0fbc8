package report

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A Gone is the answer to whether a repository still has some keys.
type Gone struct {
	ids    []string
	places []*finding.Finding
	result *finding.Result
	remote bool // it is a repository by URL
	exact  bool // the keys themselves were known
}

// NewGone returns what r, which has nothing but what was found of the keys, says. The
// repository was fetched if remote; exact says that the bytes of the keys were searched for, too.
func NewGone(r *finding.Result, ids []string, remote, exact bool) *Gone {
	g := &Gone{ids: ids, result: Mask(r), remote: remote, exact: exact}
	g.result.Findings = finding.Order(g.result.Findings)
	for i := range g.result.Findings {
		g.places = append(g.places, &g.result.Findings[i])
	}
	return g
}

// There reports whether the repository has a key.
func (g *Gone) There() bool { return len(g.places) > 0 }

// Known reports whether all of the repository could be searched.
func (g *Gone) Known() bool { return len(g.result.Problems) == 0 }

// unseen is what no search of a repository can show.
func (g *Gone) unseen() (list []string) {
	list = append(list,
		"commits that the host has cached and hands out by their id (`neokeys purge` has a text for its support)",
		"forks, and the clones that others have",
		"logs, artifacts and images that were made from it")
	if g.remote {
		list = append(list, "objects on the server that no ref leads to")
	} else {
		list = append(list, "the repository on the server: `neokeys git URL --gone ID` searches that")
	}
	if !g.exact {
		list = append(list, "a raw token of the older API without anything around it that makes it one, and a piece of a key: "+
			"give the key on standard input (`--gone -`) to search for its bytes")
	}
	return list
}

// WriteGone writes the answer as text or JSON.
func WriteGone(w io.Writer, f Format, g *Gone, o Options) error {
	if f == JSON {
		return g.writeJSON(w, o)
	}
	t := newText(w, o)
	named := "the key " + strings.Join(g.ids, ", ")
	where := t.scanned()
	searched := "All " + number(g.result.Summary.Objects, "commit, tag and version of a file", "commits, tags and versions of files") + " were searched, reachable or not"
	if g.remote {
		searched = "All that the server's refs lead to was searched, pull requests included: " + number(g.result.Summary.Objects, "commit, tag and version of a file", "commits, tags and versions of files")
	}
	switch {
	case g.There():
		t.wrap(0, 2, span{text: "There:", style: t.alarm}, plain(where+" has "+named+" in "+number(len(g.places), "place")+"."))
		g.list(t)
	case !g.Known():
		t.wrap(0, 2, span{text: "Unknown:", style: t.alarm}, plain(named+" was not found in "+where+", but not everything could be searched."))
	default:
		t.wrap(0, 2, span{text: "Gone:", style: t.good}, plain(where+" does not have "+named+". "+searched+"."))
	}
	if !o.Quiet {
		t.printf("\n")
		t.problems("Not everything could be searched", "more problem", g.result.Problems)
		t.problems("Notes", "more note", g.result.Notices)
		t.section("What cannot be seen this way")
		for _, line := range g.unseen() {
			t.wrap(2, 4, plain("-"), plain(line))
		}
	}
	return t.Flush()
}

// list writes the places and what leads to them.
func (g *Gone) list(t *textReport) {
	shown := g.places
	if !t.Verbose {
		shown = shown[:min(len(shown), 2*maxPlaces)]
	}
	lost := false
	for _, f := range shown {
		t.wrap(2, 4, t.place(f, ""), gap, span{text: facts(f), style: t.dim})
		switch {
		case len(f.Refs) > 0:
			t.wrap(4, 6, plain("refs that lead to it: "+refs(f.Refs)))
		case f.Object != "":
			t.wrap(4, 6, plain("no ref leads to it; object "+f.Object))
			lost = true
		}
	}
	if n := len(g.places) - len(shown); n > 0 {
		t.printf("  and %s; -v lists all\n", number(n, "more place"))
	}
	if lost {
		t.wrap(2, 2, plain("`git reflog expire --expire=now --all && git gc --prune=now` deletes objects that no ref leads to."))
	}
}

type jsonGone struct {
	SchemaVersion int           `json:"schema_version"`
	Tool          jsonTool      `json:"tool"`
	KeyIDs        []string      `json:"key_ids"`
	Gone          *bool         `json:"gone"` // null where it is not known
	Objects       int64         `json:"objects"`
	Remote        bool          `json:"remote"`
	Exact         bool          `json:"exact"`
	Findings      []jsonFinding `json:"findings"`
	Unseen        []string      `json:"unseen"`
	Errors        []jsonError   `json:"errors"`
}

func (g *Gone) writeJSON(w io.Writer, o Options) error {
	j := jsonGone{
		SchemaVersion: schemaVersion, Tool: jsonTool{"neokeys", o.Tool.Version}, KeyIDs: slices.Clone(g.ids), Objects: g.result.Summary.Objects,
		Remote: g.remote, Exact: g.exact, Findings: []jsonFinding{}, Unseen: g.unseen(), Errors: append([]jsonError{}, newJSONErrors(g.result.Problems)...),
	}
	if g.There() || g.Known() {
		gone := !g.There()
		j.Gone = &gone
	}
	for _, f := range g.places {
		j.Findings = append(j.Findings, newJSONFinding(f, o))
	}
	text, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(inert(text), '\n'))
	return err
}
