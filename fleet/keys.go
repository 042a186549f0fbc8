package fleet

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/fleet/store"
	"github.com/neokeys/neokeys/fleet/view"
	"github.com/neokeys/neokeys/report"
)

// writeKeys writes one entry a key, the most urgent first, then what could not be searched.
func writeKeys(out io.Writer, v *view.View, all bool) error {
	w := &lines{w: out}
	shown, suppressed := 0, 0
	for _, k := range v.Keys {
		if k.Suppressed() {
			suppressed++
			if !all {
				continue
			}
		}
		shown++
		w.key(v, k, all)
	}
	if shown == 0 && suppressed == 0 {
		w.printf("No key was found in %s.\n", repositories(int64(len(v.Repositories))))
	}
	w.totals(v, suppressed)
	w.problems(v, all)
	return w.err
}

// key writes one entry.
func (l *lines) key(v *view.View, k *view.Key, all bool) {
	l.printf("%s  key %s\n", report.Printable(k.Key.Redacted), k.Key.ID)
	l.printf("  %s, %s, exposure %s\n", state(k), severity(k), k.Exposure())
	if !k.Since.IsZero() {
		l.printf("  committed %s; %s\n", k.Since.Format(time.DateOnly), window(v, k))
	}
	l.printf("  first seen %s, last seen %s\n", k.FirstSeen.Format(time.DateOnly), k.LastSeen.Format(time.DateOnly))
	l.people("owners ", k.Owners(), all)
	l.people("authors", k.Authors, all)
	places := placesOf(k)
	l.printf("  %s in %s\n", counted(len(places), "place", "places"), repositories(int64(len(k.Repositories))))
	const most = 5
	for i, place := range places {
		if i == most && !all {
			l.printf("    and %d more: -v lists them\n", len(places)-most)
			break
		}
		l.printf("    %s\n", report.Printable(place))
	}
	l.printf("\n")
}

// state says whether a key works.
func state(k *view.Key) string {
	switch l := k.Liveness(); l {
	case finding.Live, finding.Restricted:
		return fmt.Sprintf("it works (%s, asked %s)", l, k.AskedAt.Format(time.DateOnly))
	case finding.Inactive:
		return fmt.Sprintf("inactive (asked %s)", k.AskedAt.Format(time.DateOnly))
	case finding.Unknown:
		return "not known whether it works"
	}
	return "not checked"
}

func severity(k *view.Key) string {
	if k.Suppressed() {
		return "suppressed: " + report.Printable(suppressedBy(k))
	}
	return k.Severity().String()
}

// suppressedBy says why a key does not count.
func suppressedBy(k *view.Key) string {
	for _, f := range k.Places {
		if s := f.Suppressed; s != nil {
			return strings.TrimSpace(s.By + " " + s.Reason)
		}
	}
	return ""
}

// window says how long a key was in HEAD.
func window(v *view.View, k *view.Key) string {
	days := counted(int(k.Window(v.Now)/(24*time.Hour)), "day", "days")
	if k.Present() {
		return "in HEAD for " + days + " so far"
	}
	return "in HEAD for " + days + "; still readable in the history"
}

func (l *lines) people(what string, names []string, all bool) {
	const most = 4
	if len(names) == 0 {
		return
	}
	list := names
	if len(names) > most && !all {
		list = names[:most]
	}
	l.printf("  %s %s", what, report.Printable(strings.Join(list, ", ")))
	if n := len(names) - len(list); n > 0 {
		l.printf(" and %d more", n)
	}
	l.printf("\n")
}

// placesOf says where a key is. Several findings of one place, of rules about the key, are one.
func placesOf(k *view.Key) (places []string) {
	seen := map[string]bool{}
	for _, f := range k.Places {
		if p := place(f); !seen[p] {
			seen[p] = true
			places = append(places, p)
		}
	}
	return places
}

// place says where one finding is.
func place(f *store.Finding) string {
	at, where := f.Location, "in the history"
	if f.Head != nil {
		at = *f.Head
	}
	if f.Present() {
		where = "in HEAD"
	}
	line := fmt.Sprintf("%s  %s", f.Repository.Name, at.Path)
	if at.Line > 0 {
		line += fmt.Sprintf(":%d:%d", at.Line, at.Column)
	}
	line += "  " + where
	if !f.Counts() {
		line += ", suppressed"
	}
	return line
}

func (l *lines) totals(v *view.View, suppressed int) {
	works, habits := 0, 0
	for _, k := range v.Counting() {
		if k.Liveness().Works() {
			works++
		}
	}
	for _, f := range v.Findings {
		if f.Key == nil && f.Counts() {
			habits++
		}
	}
	l.printf("%s in %s", counted(len(v.Counting()), "key", "keys"), repositories(int64(len(v.Repositories))))
	if works > 0 {
		l.printf(", of which %d work", works)
	}
	if suppressed > 0 {
		l.printf("; %d suppressed", suppressed)
	}
	if habits > 0 {
		l.printf("; %s without a key (-f text lists them)", counted(habits, "finding", "findings"))
	}
	l.printf(".\n")
}

// problems says what was not searched.
func (l *lines) problems(v *view.View, all bool) {
	list := v.Result().Problems
	if len(list) == 0 {
		return
	}
	l.printf("\nNot searched, or not as a whole:\n")
	const most = 10
	for i, p := range list {
		if i == most && !all {
			l.printf("  and %d more: -v lists them\n", len(list)-most)
			break
		}
		said := p.Repository
		if p.Path != "" {
			said += " " + p.Path
		}
		l.printf("  %s: %s\n", report.Printable(said), report.Printable(firstLine(p.Message)))
	}
}

// counted returns a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + many
}
