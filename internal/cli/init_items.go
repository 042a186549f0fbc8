package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/dustin/go-humanize/english"
	"github.com/rogpeppe/go-internal/diff"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/config"
	"github.com/neokeys/neokeys/internal/setup"
	"github.com/neokeys/neokeys/rules"
)

// carryOut shows the changes of a plan, item by item, writes those that the user takes, and
// records them.
func (c *initCommand) carryOut(plan *setup.Plan, record func([]setup.Change) error) error {
	chosen, err := c.choose(plan)
	if err != nil || len(chosen) == 0 {
		return err
	}
	if err := setup.Apply(chosen, record); err != nil {
		return err
	}
	for i := range chosen {
		ch := &chosen[i]
		c.printf("%s %s\n", map[bool]string{false: "Wrote", true: "Set"}[ch.Setting], nameOf(ch))
		if ch.Baseline() {
			c.printf("The baseline keeps old findings from failing. It does not make them harmless: rotate or revoke the keys.\n")
		}
	}
	if !c.hook && !c.server && !c.global {
		c.printf("Look at what was written outside .git, tune %s, and commit it.\n", config.FileName)
	}
	return nil
}

// takeBack shows what --remove would take back, and does it.
func (c *initCommand) takeBack(plan *setup.Plan, forget func() error) error {
	chosen, err := c.choose(plan)
	if err != nil || len(chosen) == 0 {
		return err
	}
	// The record has what is not taken back.
	unrecorded := func([]setup.Change) error {
		if len(chosen) < len(plan.Changes) {
			return nil
		}
		return forget()
	}
	if err := setup.Apply(chosen, unrecorded); err != nil {
		return err
	}
	for i := range chosen {
		switch ch := &chosen[i]; {
		case ch.Setting:
			c.printf("Unset %s\n", ch.Path)
		case ch.Edit:
			c.printf("Edited %s\n", nameOf(ch))
		default:
			c.printf("Removed %s\n", nameOf(ch))
		}
	}
	return nil
}

// choose shows the changes one by one, and returns those that the user wants.
func (c *initCommand) choose(plan *setup.Plan) ([]setup.Change, error) {
	var chosen []setup.Change
	all, none := c.yes, !c.dryRun && !c.yes && !c.canAsk()
	for i := range plan.Changes {
		ch := &plan.Changes[i]
		if ch.Baseline() {
			c.urge()
		}
		c.show(ch)
		switch {
		case all:
			chosen = append(chosen, *ch)
			continue
		case c.dryRun || none:
			continue // it is shown all the same
		}
		answer, err := c.ask(question(ch))
		if err != nil {
			return nil, err
		}
		switch answer {
		case "a", "all":
			all = true
			fallthrough
		case "y", "yes":
			chosen = append(chosen, *ch)
		case "q", "quit":
			none = true
		}
	}
	for _, note := range plan.Notes {
		c.printf("\n%s\n", note)
	}
	c.printf("\n")
	switch {
	case len(plan.Changes) == 0 && c.remove:
		c.printf("There is nothing to take back.\n")
	case len(plan.Changes) == 0:
		c.printf("There is nothing to write.\n")
	case c.dryRun:
		c.printf("Nothing was written: this was a dry run.\n")
	case !c.yes && !c.canAsk():
		return nil, errors.New("nothing was written: standard input is no terminal to ask at; --yes writes without asking, --dry-run only shows")
	case len(chosen) == 0:
		c.printf("Nothing was written.\n")
	}
	return chosen, nil
}

// question asks about one change.
func question(ch *setup.Change) string {
	verb := "Write"
	switch {
	case ch.Remove && ch.Setting:
		verb = "Unset"
	case ch.Remove:
		verb = "Remove"
	case ch.Setting:
		verb = "Set"
	case ch.Edit || ch.Add:
		verb = "Edit"
	}
	return fmt.Sprintf("%s %s? [y]es, [n]o, [a]ll from here, [q]uit (n): ", verb, nameOf(ch))
}

// nameOf names a change in a line: a path as it is short, or a setting.
func nameOf(ch *setup.Change) string {
	if ch.Setting {
		return ch.Path
	}
	return shortest(ch.Path)
}

// show shows one change: a new file as a whole, an edit as a difference.
func (c *initCommand) show(ch *setup.Change) {
	switch {
	case ch.Setting && ch.Remove:
		c.printf("\nGlobal git setting %s is unset: %s.\n", ch.Path, ch.Why)
		return
	case ch.Setting:
		c.printf("\nGlobal git setting %s: %s.\n    %s\n", ch.Path, ch.Why, ch.Text)
		return
	case ch.Remove:
		c.printf("\nRemoved: %s: %s.\n", nameOf(ch), ch.Why)
		return
	case ch.Edit:
		c.printf("\nEdited %s: %s.\n", nameOf(ch), ch.Why)
		name := filepath.ToSlash(nameOf(ch))
		c.lines(string(diff.Diff("a/"+name, []byte(ch.Old), "b/"+name, []byte(ch.Text))))
		return
	case ch.Add:
		c.printf("\nAdded to %s: %s.\n", nameOf(ch), ch.Why)
	default:
		c.printf("\nNew file %s: %s.\n", nameOf(ch), ch.Why)
	}
	if ch.MoveTo != "" {
		c.printf("What is there now becomes %s, and is run first.\n", shortest(ch.MoveTo))
	}
	c.lines(strings.TrimLeft(ch.Text, "\n"))
}

// lines prints a text, indented.
func (c *initCommand) lines(text string) {
	for line := range strings.Lines(rules.Mask(text)) {
		c.printf("    %s\n", plainly(strings.TrimSuffix(line, "\n")))
	}
}

// plainly returns text of a file as it can be printed to a terminal.
func plainly(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// mostUrged is how many keys are listed before a baseline.
const mostUrged = 10

// leakedIn returns the keys of findings that count, the most urgent first.
func leakedIn(results ...*finding.Result) []finding.KeyGroup {
	var counting []finding.Finding
	for _, r := range results {
		counting = append(counting, slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return !f.Counts() })...)
	}
	keys, _ := finding.Groups(counting)
	return keys
}

// urge says which keys to revoke, before a baseline has them forgotten.
func (c *initCommand) urge() {
	if len(c.leaked) == 0 {
		return
	}
	these := "these " + english.Plural(len(c.leaked), "key", "")
	if len(c.leaked) == 1 {
		these = "this key"
	}
	c.printf("\nRevoke %s first: a baseline keeps a key from failing a check, not from being used.\n", these)
	for i, g := range c.leaked {
		if i == mostUrged {
			c.printf("    %d more: `neokeys audit` lists them\n", len(c.leaked)-i)
			break
		}
		f := g.Findings[0]
		c.printf("    %s  key id %s  %s:%d\n", g.Key.Redacted, g.Key.ID, plainly(f.Path), f.Line)
	}
}

// canAsk reports whether there is a terminal to ask at.
func (c *initCommand) canAsk() bool {
	in, ok := c.env.in.(*os.File)
	return ok && isTerminal(in)
}

// ask asks the user a question, and returns the answer in lower case.
func (c *initCommand) ask(question string) (string, error) {
	if c.answers == nil {
		c.answers = bufio.NewReader(c.env.in)
	}
	c.printf("%s", question)
	answer, err := c.answers.ReadString('\n')
	if err != nil && answer == "" {
		return "", errors.New("nothing was written: there was no answer")
	}
	return strings.ToLower(strings.TrimSpace(answer)), nil
}
