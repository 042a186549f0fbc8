package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/neokeys/neokeys/finding"
)

// counting returns the findings that count, without those that are suppressed.
func counting(r *finding.Result) []finding.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return !f.Counts() })
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// number returns n with its noun: "1 file", "2,000 files". A plural that is not made
// with an s is given whole.
func number[N int | int64](n N, noun string, plural ...string) string {
	if n != 1 {
		noun += "s"
		if len(plural) > 0 {
			noun = plural[0]
		}
	}
	return humanize.Comma(int64(n)) + " " + noun
}

// join lists words as a sentence does: "a", "a and b", "a, b and c".
func join(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// levels counts findings by severity: "1 error and 2 warnings".
func levels(findings []finding.Finding) string {
	count := map[finding.Severity]int{}
	for i := range findings {
		count[findings[i].Severity]++
	}
	var words []string
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		if n := count[s]; n > 0 {
			words = append(words, number(n, s.String()))
		}
	}
	return join(words)
}

// found counts the findings that count: "2 keys in 3 places and 1 other finding".
func found(r *finding.Result) string {
	keys, rest := finding.Groups(counting(r))
	var words []string
	if len(keys) > 0 {
		places, working := 0, 0
		for i := range keys {
			places += placesOf(&keys[i])
			working += btoi(keys[i].Liveness().Works())
		}
		what := number(len(keys), "key")
		if working > 0 {
			what += fmt.Sprintf(" (%s of them live or restricted)", humanize.Comma(int64(working)))
		}
		words = append(words, what+" in "+number(places, "place"))
	}
	if n := len(rest); n > 0 && len(keys) > 0 {
		words = append(words, number(n, "other finding"))
	} else if n > 0 {
		words = append(words, number(n, "finding"))
	}
	return join(words)
}

// placesOf counts the places of a key: several rules may say something of one.
func placesOf(g *finding.KeyGroup) int {
	seen := map[string]bool{}
	for _, f := range g.Findings {
		seen[place(f)+" "+f.Object] = true
	}
	return len(seen)
}

// known counts what the baseline suppresses: "2 known keys and 1 other known finding"; empty
// if that is nothing.
func known(r *finding.Result) string {
	inBaseline := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool {
		return f.Counts() || f.Suppressed.By != "baseline"
	})
	keys, rest := finding.Groups(inBaseline)
	var words []string
	if n := len(keys); n > 0 {
		words = append(words, number(n, "known key"))
	}
	if n := len(rest); n > 0 {
		words = append(words, number(n, "other known finding"))
	}
	return join(words)
}

// searched describes how much was searched: "3 files, 2 git objects, 4.1 kB".
func searched(s finding.Summary) string {
	var words []string
	if s.Files > 0 || s.Objects == 0 {
		words = append(words, number(s.Files, "file"))
	}
	if s.Objects > 0 {
		words = append(words, number(s.Objects, "git object"))
	}
	return strings.Join(append(words, humanize.Bytes(uint64(s.Bytes))), ", ")
}

// notCounted describes what the counts of r leave out; empty if that is nothing.
func notCounted(r *finding.Result) string {
	var words []string
	if n := r.Suppressed(); n > 0 {
		words = append(words, number(n, "finding")+" suppressed")
	}
	if n := r.Summary.Filtered; n > 0 {
		words = append(words, number(n, "finding")+" left out by --only")
	}
	if n := len(r.Examples); n > 0 {
		words = append(words, number(n, "example"))
	}
	if n := r.Summary.Skipped; n > 0 {
		words = append(words, number(n, "file")+" skipped")
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, "; ") + "."
}

// nothingScanned reports whether an empty result is meaningless.
func nothingScanned(s finding.Summary) bool {
	return s.Objects == 0 && (s.Bytes == 0 && !s.AllEmpty || s.AllLeftOut)
}

// took formats the duration of a scan.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// duration returns how long it is from a to b in the largest unit that fits: "3 years".
func duration(a, b time.Time) string {
	const day = 24 * time.Hour
	d := b.Sub(a)
	for _, u := range []struct {
		length time.Duration
		name   string
	}{{365 * day, "year"}, {30 * day, "month"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		// At least two of a unit, so that rounding loses little.
		if n := int64(d / u.length); n >= 2 || n == 1 && u.length <= time.Minute {
			return number(n, u.name)
		}
	}
	return "less than a minute"
}
