package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// A refusal is what to say to whom a hook stops.
type refusal struct {
	what string // that is refused
	fix  func(*finding.Result) string
	once string // how to go on this once without the check
	// first says when a baseline has to be there to count.
	first string
}

var (
	refusedCommit = refusal{
		what: "This commit is refused. The files are as they were.",
		fix: func(*finding.Result) string {
			return "Take the key out of the file, git add it, and commit again."
		},
		once:  "git commit --no-verify",
		first: ", committed by itself first",
	}
	refusedFiles = refusal{
		what: "These files do not pass.",
		fix: func(*finding.Result) string {
			return "Take the key out of the file. If it was committed, it stays in the\nhistory: Rotate or Revoke it."
		},
		once: "SKIP=neokeys",
	}
	refusedPush = refusal{
		what: "This push is refused. Nothing was sent.",
		fix:  rewrite,
		once: "git push --no-verify", first: ", pushed by itself first",
	}
	refusedReceive = refusal{
		what: "This push is refused. Nothing of it is kept here.",
		fix:  rewrite, first: ", pushed by itself first",
	}
)

// rewrite says how to take a key out of commits that nobody else has yet.
func rewrite(r *finding.Result) string {
	oldest := ""
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Counts() && f.Commit != nil {
			oldest = f.Commit.OID[:min(len(f.Commit.OID), 10)]
			break
		}
	}
	if oldest == "" {
		return "Take the key out and push again."
	}
	return "Take the key out of the commit that brought it in. It is not enough\n" +
		"that a later one removes it.\n" +
		"    git commit --amend           # if it is the last commit\n" +
		"    git rebase -i " + oldest + "^   # if not: mark it \"edit\""
}

// unchecked says what follows when the check could not be carried out, or not to its end.
func (f *refusal) unchecked() string {
	text := f.what + "\nIt could not be checked: nobody knows whether it holds a key."
	if f.once != "" {
		text += "\nOnce without the check: " + f.once
	}
	return text
}

// maxRemedies is how many ways to write a program are told at a time.
const maxRemedies = 3

// explain says what to do instead, and how to go on if it is a false alarm.
func (f *refusal) explain(r *finding.Result) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("\n%s\n", f.what)
	line("%s", f.fix(r))

	var told []*remedy
	var first *finding.Finding
	for i := range r.Findings {
		at := &r.Findings[i]
		if !at.Counts() {
			continue
		}
		if first == nil {
			first = at
		}
		if at.Key == nil || at.Line == 0 {
			continue
		}
		if m := remedyFor(at.Path, at.Exposure); !slices.Contains(told, m) && len(told) < maxRemedies {
			if len(told) == 0 {
				line("\nInstead of the key, use a variable that the environment, or a secret\nmanager, sets:")
			}
			told = append(told, m)
			line("\n  %s:", m.name)
			for text := range strings.Lines(m.text(at.Key)) {
				line("    %s", strings.TrimRight(text, "\n"))
			}
		}
	}
	if first == nil {
		return b.String()
	}
	line("\nA false alarm?")
	if c := remedyFor(first.Path, first.Exposure).comment; c != "" && first.Line > 0 {
		line("  on the line: %s", strings.Replace(c, "%", rules.IgnoreMark+"["+first.Rule+"] the reason", 1))
	}
	line("  for many:    neokeys baseline%s", f.first)
	if f.once != "" {
		line("  just once:   %s", f.once)
	}
	return b.String()
}
