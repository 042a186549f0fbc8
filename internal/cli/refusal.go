package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/report"
	"github.com/neokeys/neokeys/rules"
)

// A refusal is what to say to whom a hook stops.
type refusal struct {
	what  string // that is refused
	fix   func([]*finding.Finding) string
	once  string // how to go on this once without the check
	stage report.Stage
	known string // what is to be done with a baseline so that it counts
	hint  string // what else may be the matter; may be empty
	// noComment says that comments excuse nothing here.
	noComment bool
}

var (
	refusedCommit = refusal{
		what: "This commit is refused. The files are as they were.",
		fix: func([]*finding.Finding) string {
			return "Take the key out of the file, git add it, and commit again."
		},
		once:  "git commit --no-verify",
		stage: report.Stopped,
		known: ", committed by itself first:\n" +
			"                 git add .neokeys-baseline.json\n" +
			"                 git commit -m \"Known findings\" .neokeys-baseline.json",
	}
	refusedFiles = refusal{
		what: "These files do not pass.",
		fix: func([]*finding.Finding) string {
			return "Take the key out of the file. If it was committed, it stays in the\nhistory: Rotate or Revoke it."
		},
		once: "SKIP=neokeys",
	}
	refusedPush = refusal{
		what: "This push is refused. Nothing was sent.",
		once: "git push --no-verify", stage: report.Stopped,
	}
	refusedReceive = refusal{
		what:  "This push is refused. Nothing of it is kept here.",
		known: " --history, pushed by itself first, to the default\n               branch",
		stage: report.Refused,
	}
)

// rewrite says how to take a key out of commits that nobody else has yet. exists says whether
// there is a commit of that name.
func rewrite(findings []*finding.Finding, exists func(rev string) bool) string {
	var oldest *finding.Commit
	for _, f := range findings {
		if c := f.Commit; c != nil && (oldest == nil || c.Date.Before(oldest.Date)) {
			oldest = c
		}
	}
	if oldest == nil {
		return "Take the key out, and push again."
	}
	from := oldest.OID[:min(len(oldest.OID), 10)] + "^"
	first := !exists(oldest.OID + "^")
	if !slices.ContainsFunc(findings, func(f *finding.Finding) bool { return !strings.HasPrefix(f.Path, "note:") }) {
		back := "git update-ref REF " + from
		if first {
			back = "git update-ref -d REF"
		}
		return "Take the ref of the notes, such as refs/notes/commits, back to before the\n" +
			"commit that brought the key in, and write the later notes again.\n" +
			"    " + back
	}
	if first {
		from = "--root     "
	}
	return "Take the key out of the commit that brought it in. It is not enough\n" +
		"that a later one removes it.\n" +
		"    git commit --amend           # if it is the last commit\n" +
		"    git rebase -i " + from + "   # if not: mark it \"edit\""
}

// unchecked says what follows when the check could not be carried out, or not to its end.
func (f *refusal) unchecked() string {
	text := f.what + "\nIt could not be checked, so it is not known whether it holds a key."
	if f.once != "" {
		text += "\nOnce without the check: " + f.once
	}
	return text
}

// maxRemedies is how many ways to write a program are shown at a time, and maxRemedyFiles how many
// files are named for each.
const (
	maxRemedies    = 12
	maxRemedyFiles = 4
)

// remedies says what to write in the place of the keys, for each kind of file that has one.
func (f *refusal) remedies(keys []*finding.Finding, line func(format string, args ...any)) {
	var told []*remedy
	files := map[*remedy][]string{}
	of := map[*remedy]*finding.Key{}
	for _, at := range keys {
		if at.Line == 0 || at.Exposure == finding.Message {
			continue
		}
		m := remedyFor(at.Path, at.Exposure)
		if !slices.Contains(told, m) {
			told = append(told, m)
			of[m] = at.Key
		}
		if name := fmt.Sprintf("%q", at.File()); !slices.Contains(files[m], name) {
			files[m] = append(files[m], name)
		}
	}
	for i, m := range told {
		if i == maxRemedies {
			line("\n  and likewise in %d more kinds of files", len(told)-i)
			break
		}
		if i == 0 {
			line("\nInstead of the key, use a variable that the environment, or a secret\nmanager, sets; `neokeys fix` shows the change where it can make it:")
		}
		line("\n  %s (%s):", strings.Join(someNames(files[m]), ", "), m.name)
		for text := range strings.Lines(m.text(of[m])) {
			line("    %s", strings.TrimRight(text, "\n"))
		}
	}
}

// someNames returns the first names, as they are written without need for quotes.
func someNames(names []string) (some []string) {
	for _, name := range names[:min(len(names), maxRemedyFiles)] {
		if plain := strings.Trim(name, `"`); !strings.Contains(plain, `\`) {
			name = plain
		}
		some = append(some, name)
	}
	if n := len(names) - maxRemedyFiles; n > 0 {
		some = append(some, fmt.Sprintf("and %d more", n))
	}
	return some
}

// explain says what to do instead, and how to go on if it is a false alarm. Of what was
// found, only the findings of severity least or worse refuse anything.
func (f *refusal) explain(r *finding.Result, least finding.Severity) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	var all, keys []*finding.Finding
	for i := range r.Findings {
		if at := &r.Findings[i]; at.Counts() && at.Severity >= least {
			all = append(all, at)
			if at.Key != nil {
				keys = append(keys, at)
			}
		}
	}
	line("\n%s\n", f.what)
	first := all[0]
	if len(keys) == 0 {
		line("`neokeys rules %s` says how to put it right.", first.Rule)
	} else {
		first = keys[0]
		line("%s", f.fix(keys))
	}
	f.remedies(keys, line)
	line("\nA false alarm?")
	if c := remedyFor(first.Path, first.Exposure).comment; c != "" && !f.noComment && first.Line > 0 && first.Container == "" && first.Exposure != finding.Message {
		line("  on the line: %s", strings.Replace(c, "%", rules.IgnoreMark+"["+first.Rule+"] the reason", 1))
	}
	if f.known != "" {
		line("  for many:    neokeys baseline%s", f.known)
	}
	if f.once != "" {
		line("  just once:   %s", f.once)
	}
	if f.hint != "" {
		line("\n%s", f.hint)
	}
	return b.String()
}
