package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/neokeys/neokeys/finding"
)

// writeText writes the dossier for a person, question by question.
func (d *Dossier) writeText(w io.Writer, o Options) error {
	t := newText(w, o)
	t.heading(&d.entry)
	t.printf("\n")
	d.who(t)
	d.steps(t)
	d.windows(t)
	d.places(t)
	d.reach(t)
	d.shares(t)
	t.problems("Not everything could be read or checked", "more problem", d.problems)
	d.remaining(t)
	return t.Flush()
}

// section begins a part of the dossier.
func (t *textReport) section(title string) { t.printf("%s\n", t.bold(title)) }

// who says who brought the key in, and whether it works.
func (d *Dossier) who(t *textReport) {
	if c := d.Oldest(); c != nil {
		t.wrap(2, 4, plain(fmt.Sprintf("Brought in on %s by %s <%s> in", day(c), printable(c.Author), printable(c.Email))),
			span{text: shortOID(c), link: t.commitURL(c)}, plain("("+printable(c.Subject)+")."))
	} else {
		t.wrap(2, 4, plain("No commit has it: it is in files that git does not keep, or there is no repository."))
	}
	switch v := d.Findings[0].Verification; {
	case v == nil:
		t.wrap(2, 4, plain("Whether it works was not asked: add --verify."))
	case v.CheckedAt.IsZero():
		t.wrap(2, 4, plain("Whether it works is not known: "+printable(v.Reason)+"."))
	default:
		t.wrap(2, 4, plain(fmt.Sprintf("The API was asked on %s: %s.", v.CheckedAt.UTC().Format("2006-01-02 15:04:05 MST"), verdict(d.Findings[0]))))
	}
	t.printf("\n")
}

// steps lists the commits through which the key went.
func (d *Dossier) steps(t *textReport) {
	if len(d.story.Steps) == 0 {
		return
	}
	t.section("What became of it")
	for i := range d.story.Steps {
		if i == maxSteps && !t.Verbose {
			t.printf("  and %s; -v lists all\n", number(len(d.story.Steps)-i, "more step"))
			break
		}
		s := &d.story.Steps[i]
		words := []span{plain(s.Date.Format(time.DateOnly)), gap, plain(stepText(s))}
		if c := s.Commit; c != nil {
			words = append(words, plain("by "+printable(c.Author)+","), span{text: shortOID(c), link: t.commitURL(c)}, plain("("+printable(c.Subject)+")"))
			if !s.OnRef {
				words = append(words, plain("on no branch or tag"))
			} else if !s.InHead {
				words = append(words, plain("not in HEAD's history"))
			}
		}
		t.wrap(2, 14, words...)
	}
	t.printf("\n")
}

// windows says for how long the key could be read where.
func (d *Dossier) windows(t *textReport) {
	s := d.story
	if s.History.From.IsZero() && s.Head.From.IsZero() {
		return
	}
	t.section("How long")
	for _, w := range []struct {
		name string
		finding.Window
	}{{"HEAD", s.Head}, {"any branch or tag", s.Branches}, {"the history", s.History}} {
		text := "never"
		if !w.From.IsZero() {
			text = duration(w.From, w.To) + ", " + w.From.Format(time.DateOnly) + " to " + w.To.Format(time.DateOnly)
			if w.Open {
				text = duration(w.From, w.To) + ", since " + w.From.Format(time.DateOnly) + " and still"
			}
		}
		t.wrap(2, 22, plain(fmt.Sprintf("%-18s", w.name)), plain(text))
	}
	for _, group := range []struct{ name, prefix string }{{"branches", "refs/heads/"}, {"remote branches", "refs/remotes/"}, {"tags", "refs/tags/"}} {
		if list := d.refNames(group.prefix); len(list) > 0 {
			if n := len(list) - 2*maxPlaces; n > 0 && !t.Verbose {
				list = append(list[:2*maxPlaces], fmt.Sprintf("and %d more; -v lists all", n))
			}
			t.wrap(2, 22, plain(fmt.Sprintf("%-18s", group.name)), plain(strings.Join(list, ", ")))
		}
	}
	t.printf("\n")
}

// refNames lists refs of one kind, and says of each whether its files have the key.
func (d *Dossier) refNames(prefix string) (list []string) {
	for _, r := range d.story.Refs {
		name, ok := strings.CutPrefix(r.Name, prefix)
		if !ok {
			continue
		}
		where := "in its history only"
		if r.Holds {
			where = "in its files"
		}
		list = append(list, printable(name)+" ("+where+")")
	}
	return list
}

// places lists the places, the first with its line.
func (d *Dossier) places(t *textReport) {
	t.section("Where")
	shown := d.entry.places
	if !t.Verbose {
		shown = shown[:min(len(shown), 2*maxPlaces)]
	}
	for i, f := range shown {
		t.wrap(2, 4, t.place(f, ""), gap, span{text: facts(f), style: t.dim})
		if i == 0 || t.Verbose {
			t.frame(f)
		}
		if f.Suppressed != nil {
			t.wrap(4, 4, plain("suppressed: "+strings.TrimSuffix(f.Suppressed.By+": "+printable(f.Suppressed.Reason), ": ")))
		}
	}
	if n := len(d.entry.places) - len(shown); n > 0 {
		t.printf("  and %s; -v lists all\n", number(n, "more place"))
	}
	for _, h := range d.habits {
		t.wrap(2, 4, t.tag(h.Rule), plain(printable(h.Message)))
	}
	t.printf("\n")
}

// reach says in which public places it was.
func (d *Dossier) reach(t *textReport) {
	t.section("Public places")
	if len(d.public) == 0 {
		t.wrap(2, 2, plain("None in what was searched. Whether the repository itself is public cannot be seen here."))
	}
	for _, p := range d.public {
		when := "in earlier versions"
		if p.Now {
			when = "now"
		}
		t.wrap(2, 4, plain(p.Kind+", "+when+":"), span{text: named(p.Paths), style: t.path})
	}
	t.printf("\n")
}

// shares lists the other keys in its files.
func (d *Dossier) shares(t *textReport) {
	if len(d.neighbours) == 0 {
		return
	}
	t.section("Other keys in its files")
	for i, n := range d.neighbours {
		if i == maxSteps {
			t.printf("  and %s\n", number(len(d.neighbours)-i, "more key"))
			break
		}
		text := fmt.Sprintf("%s, key id %s, in %s", printable(n.Key.Redacted), n.Key.ID, printable(n.Path))
		if c := n.Commit; c != nil {
			text += ", from " + printable(c.Author) + " on " + day(c)
		}
		t.wrap(2, 4, plain(text))
	}
	t.printf("\n")
}

// remaining lists the steps that remain.
func (d *Dossier) remaining(t *textReport) {
	if len(d.Remaining) == 0 {
		t.wrap(0, 0, span{text: "Nothing remains to be done.", style: t.good}, plain("It no longer works; what the history keeps of it opens nothing."))
		return
	}
	t.section("What remains to be done")
	for i, task := range d.Remaining {
		what := task.What
		if task.Optional {
			what = "Optional: " + what
		}
		t.wrap(2, 5, plain(fmt.Sprintf("%d.", i+1)), plain(what))
		if task.Command != "" {
			t.wrap(5, 7, plain("proof:"), span{text: task.Command, style: t.bold}, plain("("+task.Proof+")"))
		}
	}
}
