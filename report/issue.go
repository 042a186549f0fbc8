package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// An Issue is what a tracker of issues is given about one key, in GitHub's Markdown.
type Issue struct{ Title, Body string }

// NewIssue returns an issue about the key with an id, of all results together, and false if none of
// them has it. The title begins the same for the same key, and the body ends with its id in a comment,
// so that an issue that exists already can be found.
func NewIssue(results []*finding.Result, id string, o Options) (*Issue, bool) {
	all := finding.Join(results)
	mine := &finding.Result{}
	for _, f := range all.Findings {
		if f.Key != nil && f.Key.ID == id {
			mine.Findings = append(mine.Findings, f)
		}
	}
	mine = Mask(mine)
	repositories, _ := whereabouts(&finding.KeyGroup{Findings: pointers(mine.Findings)})
	withRepositories(mine)
	keys, _ := entries(mine, o)
	if len(keys) == 0 { // all of it is suppressed, or it is not there
		return nil, false
	}
	e := &keys[0]
	what := "Neo key"
	if e.Key.Kind == finding.KindLegacy {
		what = "Neo token"
	}
	title := fmt.Sprintf("%s %s: %s in %s", what, e.Key.ID, e.advice.Action, number(len(e.places), "place"))
	if e.advice.Action == nothing || e.advice.Action == remove {
		title = fmt.Sprintf("%s %s: in %s", what, e.Key.ID, number(len(e.places), "place"))
	}
	if len(repositories) > 1 {
		title += fmt.Sprintf(" of %d repositories", len(repositories))
	}
	return &Issue{title, issueBody(e, o)}, true
}

func pointers(findings []finding.Finding) []*finding.Finding {
	list := make([]*finding.Finding, len(findings))
	for i := range findings {
		list[i] = &findings[i]
	}
	return list
}

// issueBody describes a key, its places and what is to be done, as a list to tick off.
func issueBody(e *entry, o Options) string {
	var b strings.Builder
	b.WriteString(strings.TrimLeft(markdownKey(e, o), "\n"))
	if owners := e.Owners(); len(owners) > 0 {
		b.WriteString("\nOwners by CODEOWNERS: " + codes(owners) + "\n")
	}
	b.WriteString("\n#### To do\n\n")
	for _, step := range issueSteps(e) {
		fmt.Fprintf(&b, "- [ ] %s\n", step)
	}
	fmt.Fprintf(&b, "\n<!-- neokeys key %s -->\n", commentSafe(e.Key.ID))
	return b.String()
}

// issueSteps are what remains to be done about a key, each with what proves it done.
func issueSteps(e *entry) (steps []string) {
	a := e.advice
	switch a.Action {
	case revoke, rotate, regenerate:
		steps = append(steps, fmt.Sprintf("%s the key, and check that the old one is rejected: `neokeys verify`", a.Action))
		steps = append(steps, "Give the new key to whatever used the old one, from a secret store or the environment")
	}
	if todo := workOf(&e.KeyGroup, Kept); len(todo.all) > 0 {
		steps = append(steps, capital(todo.phrase(codes, code))+": `neokeys audit` no longer lists it under HEAD")
	}
	if slices.ContainsFunc(e.Findings, func(f *finding.Finding) bool { return f.Exposure.WiderThan(finding.Source) }) {
		steps = append(steps, "Replace what was handed out with it: bundles, images, packages")
	}
	return append(steps, fmt.Sprintf("Close this when `neokeys key %s` says that nothing remains", commentSafe(e.Key.ID)))
}

// codes joins names as code, of which very many are not listed.
func codes(names []string) string {
	var list []string
	for _, name := range names[:min(len(names), maxListed)] {
		list = append(list, code(name))
	}
	if n := len(names) - maxListed; n > 0 {
		list = append(list, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(list, ", ")
}

// commentSafe returns an id that a report claims, without what could end a comment or a code span.
func commentSafe(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'f' {
			return r
		}
		return -1
	}, id)
}

// WriteTo writes the issue's body.
func (i *Issue) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, i.Body)
	return int64(n), err
}
