package cli

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/report"
)

// show prints the diff, and what there is to say of it.
func (c *fixCommand) show(s *fixSession) error {
	if c.check {
		return c.conclude(s, "To fix")
	}
	options := report.Options{ShowSecrets: c.output.showSecrets && !isTerminal(c.env.out), Color: c.output.colored(c.env.out) && !c.output.showSecrets}
	if err := report.WritePatches(c.env.out, s.patches(), s.result, options); err != nil {
		return fmt.Errorf("writing the diff to standard output: %w", err)
	}
	return c.conclude(s, "Fixes")
}

// patches returns the changes of files, with paths from the root of the worktree, or from the
// current folder where there is none.
func (s *fixSession) patches() (list []report.Patch) {
	root := absolute(".")
	for _, f := range s.changes {
		if top := config.WorktreeRoot(f.full); top != "" {
			root = top
		}
		list = append(list, report.Patch{Path: filepath.ToSlash(relative(root, f.full)), Old: f.text, Edits: f.edits, Created: f.created})
	}
	return list
}

// conclude says what was fixed or is to be, what to set, and what was left. Its error is how the
// command ends.
func (c *fixCommand) conclude(s *fixSession, title string) error {
	var b bytes.Buffer
	writeFixed(&b, title, s.fixed)
	writeFixed(&b, "Fixed in a second run, because other edits stand in the way", s.later)
	writeFixed(&b, "Not applied without --unsafe", s.withheld)
	if len(s.untracked) > 0 && title == "Fixes" {
		fmt.Fprintf(&b, "\n--write also takes out of git's index, as `git rm --cached` does: %s\n", report.Printable(strings.Join(s.untracked, ", ")))
	}
	if len(s.kept) > 0 {
		fmt.Fprintf(&b, "\nKept in .env, on this machine only: %s\n", strings.Join(s.kept, ", "))
	}
	writeVariables(&b, s.fixed)
	writeLeft(&b, s.left)
	if s.skipped > 0 {
		fmt.Fprintf(&b, "\nLeft as accepted: %s.\n", english.Plural(s.skipped, "suppressed finding", ""))
	}
	if n := s.result.Summary.Skipped; n > 0 {
		fmt.Fprintf(&b, "\nNot searched, and so not edited: %s, which ignore rules leave out (`neokeys scan -v` lists them).\n", english.Plural(int(n), "file or folder", "files and folders"))
	}
	for _, p := range s.result.Problems {
		if !p.Unopened {
			fmt.Fprintf(&b, "\nIncomplete: %s: %s\n", report.Printable(p.Path), report.Printable(p.Message))
		}
	}
	if len(s.fixed)+len(s.withheld)+len(s.left) == 0 {
		fmt.Fprintf(&b, "%s: nothing to fix\n", s.plan.target.name)
	}
	if err := c.say(s, b.String()); err != nil {
		return err
	}
	switch {
	case c.check && len(s.fixed)+len(s.withheld)+len(s.later) > 0:
		return statusFindings
	case incomplete(s):
		return statusFailed
	}
	return nil
}

// say writes what there is to say of the files, and then the files of a proxy, whose lines are not to
// be wrapped.
func (c *fixCommand) say(s *fixSession, text string) error {
	var lines, files bytes.Buffer
	if err := report.WriteLines(&lines, text, s.result); err != nil {
		return err
	}
	if _, err := wrapping(c.aside()).Write(lines.Bytes()); err != nil {
		return err
	}
	if c.check {
		return nil
	}
	writeInstead(&files, s)
	return report.WriteLines(c.aside(), files.String(), s.result)
}

// incomplete reports whether the search, but for archives, which are not edited, has missed
// something.
func incomplete(s *fixSession) bool {
	for _, p := range s.result.Problems {
		if !p.Unopened {
			return true
		}
	}
	return s.plan.nothing(s.result)
}

// aside is where to say things: not in a patch.
func (c *fixCommand) aside() io.Writer {
	if c.output.showSecrets && !c.write && !c.check {
		return c.env.err
	}
	return c.env.out
}

// writeFixed lists fixes.
func writeFixed(w io.Writer, title string, list []fixed) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, same := range alike(list) {
		label := "unsafe"
		if same[0].fix.Safe {
			label = "safe  "
		}
		at, rules := &same[0], []string{}
		for i := range same {
			if same[i].Key != nil && at.Key == nil {
				at = &same[i]
			}
			if !slices.Contains(rules, same[i].Rule) {
				rules = append(rules, same[i].Rule)
			}
		}
		fmt.Fprintf(w, "  %s  %s:%d:%d: %s (%s)\n", label, report.Printable(at.Path), at.Line, at.Column, at.fix.Title, strings.Join(rules, ", "))
	}
}

// alike groups the findings that the same edits mend, in the order of list.
func alike(list []fixed) (groups [][]fixed) {
	type same struct {
		title, untrack string
		first          finding.Edit
	}
	at := map[same]int{}
	for _, f := range list {
		k := same{title: f.fix.Title, untrack: f.fix.Untrack}
		if len(f.fix.Edits) > 0 {
			k.first = f.fix.Edits[0]
		}
		n, known := at[k]
		if !known {
			n = len(groups)
			at[k], groups = n, append(groups, nil)
		}
		groups[n] = append(groups[n], f)
	}
	return groups
}

// writeVariables lists what to set before the files are deployed.
func writeVariables(w io.Writer, list []fixed) {
	var variables []string
	keys := map[string][]string{}
	for _, f := range list {
		v := f.fix.Variable
		if v == "" {
			continue
		}
		if !slices.Contains(variables, v) {
			variables = append(variables, v)
		}
		if f.Key != nil && !slices.Contains(keys[v], f.Key.Redacted) {
			keys[v] = append(keys[v], f.Key.Redacted)
		}
	}
	var lines []string
	for _, v := range variables {
		line := "  " + v
		if len(keys[v]) > 0 {
			line += ": " + strings.Join(keys[v], ", ") + ", or better the key that replaces it"
		}
		lines = append(lines, line)
	}
	if len(lines) > 0 {
		fmt.Fprintf(w, "\nSet before you deploy:\n%s\n", strings.Join(lines, "\n"))
		fmt.Fprintln(w, "\nA key that was committed or shared stays in other copies and in the history: rotate or revoke it.")
	}
}

// maxPlaces is how many places in a file are listed for one reason.
const maxPlaces = 6

// writeLeft lists the findings that no edit mends, with the reasons, each once for a file.
func writeLeft(w io.Writer, list []fixed) {
	if len(list) == 0 {
		return
	}
	type same struct{ path, reason string }
	var order []same
	places, rules := map[same][]string{}, map[same][]string{}
	for _, f := range list {
		s := same{f.Path, f.reason}
		if places[s] == nil {
			order = append(order, s)
		}
		if place := fmt.Sprintf("%d:%d", f.Line, f.Column); !slices.Contains(places[s], place) {
			places[s] = append(places[s], place)
		}
		if !slices.Contains(rules[s], f.Rule) {
			rules[s] = append(rules[s], f.Rule)
		}
	}
	fmt.Fprintln(w, "\nLeft:")
	for _, s := range order {
		at := places[s]
		shown := strings.Join(at[:min(len(at), maxPlaces)], ", ")
		if n := len(at) - maxPlaces; n > 0 {
			shown += fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(w, "  %s:%s: %s (%s)\n", report.Printable(s.path), shown, s.reason, strings.Join(rules[s], ", "))
	}
}
