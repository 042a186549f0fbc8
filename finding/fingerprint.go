package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// An identity is what a finding is known by from one scan to the next. It is taken when a
// result is finished for the first time, before other findings' keys are masked: what else a
// scan has found must not matter, since a later one may look at less.
type identity struct {
	home   string // a hash of the path, which may hold a key, relative to the root of the project
	match  string // see [Finding.Match]
	former string // the fingerprint of versions before 0.2, without its number
	// about tells that a rule made the finding of another one, and wholeKey that it is about
	// the key, whatever its places are.
	about, wholeKey bool
}

// identify takes f's identity, if it has none.
func (f *Finding) identify() {
	if f.identity.match != "" {
		return
	}
	line := f.line()
	f.identity = identity{home: hash(f.Path), match: hash("line", line)[:16], former: hash("v1", f.Rule, f.keyID(), line)}
	if f.Key != nil {
		f.identity.match = hash("key", f.Key.ID)[:16]
	}
}

// line is the text of the finding's line, however it is indented.
func (f *Finding) line() string { return strings.Join(strings.Fields(f.Snippet.Text), " ") }

// Match identifies what was matched, wherever it is: a hash of the key's id, or for a habit of
// the line. It is empty before [Result.Finish].
func (f *Finding) Match() string { return f.identity.match }

// WholeKey reports whether f is about its key, whatever the places of the key are.
func (f *Finding) WholeKey() bool { return f.identity.wholeKey }

// FormerFingerprints returns the fingerprints, without numbers, that versions before 0.2 may
// have given f. They depended on the text of the line.
func (f *Finding) FormerFingerprints() []string {
	if !f.identity.about {
		return []string{f.identity.former}
	}
	// They were made of the other finding's fingerprint, which had a number if there were several.
	const most = 20
	former := []string{hash("v1", f.Rule, f.identity.former)}
	for n := 2; n <= most; n++ {
		former = append(former, hash("v1", f.Rule, fmt.Sprintf("%s-%d", f.identity.former, n)))
	}
	return former
}

// fingerprint returns the fingerprint of f without a number.
func (f *Finding) fingerprint() string {
	if f.identity.wholeKey {
		return hash("v2", f.Rule, f.identity.match)
	}
	return hash("v2", f.Rule, f.identity.match, f.identity.home)
}

// hash returns the first 24 hex digits of the SHA-256 of words.
func hash(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// Identify gives each finding its fingerprint, from its path as home returns it: relative to
// the root of its project, so that it does not matter in which folder a scan was started.
// Without it, paths are taken as they are. Call it before anything goes by fingerprints.
func (r *Result) Identify(home func(*Finding) string) {
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			f.identify()
			if h := hash(home(f)); h != f.identity.home {
				f.identity.home, f.Fingerprint = h, ""
			}
		}
	}
	r.fingerprint()
}

// fingerprint gives a fingerprint to each finding that has none. The places of one key in one
// path share theirs; of several habits on lines that are alike in one path, all but the first
// have a number.
func (r *Result) fingerprint() {
	for _, list := range [][]Finding{r.Findings, r.Examples} {
		seen := map[string]int{}
		for i := range list {
			f := &list[i]
			f.identify()
			base := f.fingerprint()
			seen[base]++
			if f.Fingerprint != "" {
				continue
			}
			f.Fingerprint = base
			if n := seen[base]; n > 1 && f.Key == nil {
				f.Fingerprint = fmt.Sprintf("%s-%d", base, n)
			}
		}
	}
}

// About returns another finding, of the rule called rule, about what f is about in its place.
func (f *Finding) About(rule string, severity Severity, message string) Finding {
	g := *f
	g.identify()
	g.Rule, g.Severity, g.Message, g.Suppressed = rule, severity, message, nil
	g.identity.about = true
	g.Fingerprint = g.fingerprint()
	return g
}

// AboutKey is About for what is true of f's key rather than of this place of it, which is an
// example: the fingerprint does not depend on the place.
func (f *Finding) AboutKey(rule string, severity Severity, message string) Finding {
	g := f.About(rule, severity, message)
	g.identity.wholeKey = true
	g.Fingerprint = g.fingerprint()
	return g
}
