// Package secret knows what a key or token looks like where it stands: its form and its
// edges, in whatever form it is written, which values are credible, which are placeholders,
// and what of a text must be masked.
package secret

import (
	"bytes"
	"fmt"
	"slices"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
)

// A Key is a key of the current API in a text.
type Key struct {
	Start, End int // of what stands for the key
	Key        *finding.Key
	Severity   finding.Severity // what a key of its environment is worth
	Confidence finding.Confidence
	Decoded    []string // the forms undone to see it, outermost first
	Example    bool     // a placeholder
}

// Message describes the key in a sentence.
func (k *Key) Message() string {
	s := fmt.Sprintf("Neo API key for the %s environment", k.Key.Env)
	if len(k.Decoded) > 0 {
		s += ", in " + k.Decoded[0]
	}
	return s
}

// Anchors returns the anchors of keys, plain and in the forms that codec knows.
func Anchors() []string { return codec.Anchors() }

// KeysAt calls found with each key that is written around the anchor at src[pos], plainly or
// in another form. In data that is not text, keys have no edges: see [KeyIn]. Before it looks
// for other forms it asks spend whether it may look at so many bytes; nil is no bound.
func KeysAt(src []byte, pos int, data bool, spend func(n int) bool, found func(Key)) {
	if !codec.MayBegin(src[pos:]) {
		return
	}
	c := choices.Get().(*choice)
	c.data, c.found = data, found
	codec.Undo(src, pos, spend, c.see)
	best, rank := c.best, c.rank
	*c = choice{see: c.see} // which keeps no key
	choices.Put(c)
	if rank > unlikely {
		found(best)
	}
}

// choices are kept for the next call: hostile text has an anchor every four bytes.
var choices = sync.Pool{New: func() any {
	c := new(choice)
	c.see = c.consider
	return c
}}

// A choice is made among the ways to read what is written around one anchor.
type choice struct {
	data  bool
	found func(Key)
	best  Key
	rank  credence
	ids   []string               // of the keys that were found where there may be several
	see   func(codec.Plain) bool // consider
}

// consider looks at one way to read it, and reports whether to look at others.
func (c *choice) consider(p codec.Plain) bool {
	k, r := read(p, c.data)
	switch {
	case r == unlikely:
	case p.Several && r == endless: // what is compressed may be cut off in a key
	case p.Several:
		if !slices.Contains(c.ids, k.Key.ID) {
			c.ids = append(c.ids, k.Key.ID)
			c.found(k)
		}
	case r > c.rank, r == endless && c.rank == endless:
		c.best, c.rank = k, r
	}
	return c.rank < certain
}

// PackedKeys calls found with each key in a text that was compressed.
func PackedKeys(u *codec.Unpacked, spend func(n int) bool, found func(Key)) {
	seen := map[string]bool{}
	u.Keys(spend, func(p codec.Plain) bool {
		if k, r := read(p, false); r > endless && !seen[k.Key.ID] {
			seen[k.Key.ID] = true
			found(k)
		}
		return true
	})
}

// A credence is how well the reading of a text as a key fits.
type credence uint8

const (
	unlikely credence = iota
	endless           // the text ends before the key has an end
	likely            // another length than the documented one
	certain           // the documented length
)

// read returns the key that p.Text has at p.Key, with its place in what was undone.
func read(p codec.Plain, data bool) (Key, credence) {
	k, ok := KeyIn(p.Text, p.Key, data && !p.Undone())
	if !ok {
		return k, unlikely
	}
	r := likely
	switch _, usual := finding.EnvSeverity(k.Key.Env); {
	case usual && k.End-k.Start == finding.APIKeyLen(k.Key.Env, finding.SecretLen):
		r = certain
	case p.Whole:
		return k, unlikely
	case k.End == len(p.Text):
		r = endless
	}
	at := p.Source(k.Start, k.End)
	k.Start, k.End, k.Decoded = at.Start, at.End, p.Names
	return k, r
}

// Credible reports whether a key of the current API, no placeholder, begins at text[at].
func Credible(text []byte, at int) bool {
	k, ok := KeyAt(text, at)
	return ok && !k.Example
}

// KeyAt returns the key that begins at text[start].
func KeyAt(src []byte, start int) (Key, bool) { return KeyIn(src, start, false) }

// KeyIn returns the key that begins at src[start].
//
// In data that is not text, such as a table of strings without separators, a letter may stand
// on either side of a key: behind a usual environment, the secret is the first characters of
// what follows, as many as are documented. In text, a secret that is longer than documented
// is one whole, but where it ends is in doubt: the key has two readings.
func KeyIn(src []byte, start int, data bool) (k Key, ok bool) {
	env, secret, ok := finding.CutAPIKey(src[start:])
	if !ok {
		return k, false
	}
	severity, usual := finding.EnvSeverity(env)
	if data && usual && len(secret) >= finding.SecretLen {
		return newKey(start, env, secret[:finding.SecretLen], severity, finding.High), true
	}
	if before := src[:start]; !LeftEdge(before) && !endsInKey(before) {
		return k, false
	}
	foreign := otherProduct(src[start+len(finding.KeyPrefix):])
	switch {
	case usual && len(secret) == finding.SecretLen:
		confidence := finding.High
		if foreign {
			confidence = finding.Medium
		}
		return newKey(start, env, secret, severity, confidence), true
	case foreign || len(secret) > finding.MaxSecretLen:
		return k, false
	case usual && len(secret) > finding.SecretLen:
		return withReadings(start, env, secret, severity), true
	case usual && len(secret) >= finding.MinSecretLen:
		return newKey(start, env, secret, severity, finding.Medium), true
	case len(secret) == finding.SecretLen:
		return newKey(start, env, secret, finding.Error, finding.Medium), true
	}
	return k, false
}

func newKey(start int, env, secret string, severity finding.Severity, confidence finding.Confidence) Key {
	return Key{
		Start: start, End: start + finding.APIKeyLen(env, len(secret)),
		Key: finding.NewAPIKey(env, secret), Severity: severity, Confidence: confidence,
		Example: IsPlaceholder(secret),
	}
}

// withReadings returns a key with a secret that is longer than documented: it may be the
// whole of it, or its beginning.
func withReadings(start int, env, secret string, severity finding.Severity) Key {
	k := newKey(start, env, secret, severity, finding.Medium)
	k.Key.Readings = []*finding.Key{k.Key.Alone(), finding.NewAPIKey(env, secret[:finding.SecretLen])}
	return k
}

// endsInKey reports whether the end of before is that of a key.
func endsInKey(before []byte) bool {
	before = before[max(0, len(before)-finding.MaxAPIKeyLen):]
	start := bytes.LastIndex(before, []byte(finding.KeyPrefix))
	if start < 0 {
		return false
	}
	env, secret, ok := finding.CutAPIKey(before[start:])
	return ok && len(secret) >= finding.MinSecretLen && len(secret) <= finding.MaxSecretLen && start+finding.APIKeyLen(env, len(secret)) == len(before)
}

// otherLens are how many characters of URL-safe base64 follow neo_sk_ in other products'
// keys: 32 and 36 bytes.
var otherLens = []int{43, 48}

// otherProduct reports whether what follows neo_sk_ is as long as in another product's keys.
func otherProduct(src []byte) bool {
	return slices.Contains(otherLens, text.Run(src[:min(len(src), slices.Max(otherLens)+1)], text.IsURLSafe))
}
