package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// An identity recognises a finding in later scans. It is computed when a result is first
// finished, before other findings' keys are masked: a fingerprint must not depend on what else
// was found, since a later scan may search less.
type identity struct {
	home   string // a hash of the path, which may hold a key, relative to the root of the project
	match  string // see [Finding.Match]
	former string // the fingerprint that earlier versions gave, without its number
	// about marks a finding that a rule derived from another one; wholeKey, one that is about
	// the key rather than one of its places.
	about, wholeKey bool
}

// identify computes f's identity, if it has none.
func (f *Finding) identify() {
	if f.identity.match != "" {
		return
	}
	line := f.line()
	f.identity = identity{home: hash(f.Path), match: hash("line", unformatted(line))[:16], former: hash("v1", f.Rule, f.keyID(), line)}
	if f.Key != nil {
		f.identity.match = hash("key", f.Key.ID)[:16]
	}
}

// line is the text of the finding's line with white space normalised.
func (f *Finding) line() string { return strings.Join(strings.Fields(f.Snippet.Text), " ") }

// unformatted returns a line without what a formatter changes: white space, which quotes there
// are, and what a line may end with.
func unformatted(line string) string {
	line = strings.Map(func(r rune) rune {
		switch r {
		case '\'', '`':
			return '"'
		case ' ':
			return -1
		}
		return r
	}, line)
	return strings.TrimRight(line, ",;")
}

// Match identifies what was matched, wherever it is: a hash of the key's id, or for a habit of
// the line. It is empty before [Result.Finish].
func (f *Finding) Match() string { return f.identity.match }

// WholeKey reports whether f is about its key rather than one of the key's places.
func (f *Finding) WholeKey() bool { return f.identity.wholeKey }

// FormerFingerprints returns the fingerprints, without numbers, that earlier versions may have
// given f, so that their baselines still match. They depended on the text of the line.
func (f *Finding) FormerFingerprints() []string {
	if !f.identity.about {
		return []string{f.identity.former}
	}
	// They were derived from the other finding's fingerprint, including its number.
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

// Identify computes the fingerprints from the paths that home returns: relative to the root of
// each finding's project, so that they do not depend on the folder in which the scan was
// started. Without it, paths are used as they are. Call it before using fingerprints.
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

// About returns a finding of another rule about the same key or habit in the same place.
func (f *Finding) About(rule string, severity Severity, message string) Finding {
	g := *f
	g.identify()
	g.Rule, g.Severity, g.Message, g.Suppressed = rule, severity, message, nil
	g.identity.about = true
	g.Fingerprint = g.fingerprint()
	return g
}

// AboutKey is About for a rule that judges the key rather than the place, which is only an
// example: the fingerprint does not depend on the place.
func (f *Finding) AboutKey(rule string, severity Severity, message string) Finding {
	g := f.About(rule, severity, message)
	g.identity.wholeKey = true
	g.Fingerprint = g.fingerprint()
	return g
}
