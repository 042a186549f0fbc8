// Package secret knows what a key or token looks like where it stands: its form and its
// edges, in whatever form it is written, which values are credible, which are placeholders,
// and what of a text must be masked.
package secret

import (
	"bytes"
	"fmt"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/codec"
	"github.com/neokeys/neokeys/internal/text"
)

// urlSafeKeyLen is what follows neo_sk_ in another product's keys: 32 bytes in
// URL-safe base64.
const urlSafeKeyLen = 43

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

// KeysAt calls found with each key that is written at text[pos], plainly or in a form
// that has an anchor there.
func KeysAt(text []byte, pos int, found func(Key)) {
	if bytes.HasPrefix(text[pos:], []byte(finding.KeyPrefix)) {
		if k, ok := KeyAt(text, pos); ok {
			found(k)
		}
		return
	}
	for _, f := range codec.FormsAt(text, pos) {
		if k, ok := EncodedKeyAt(f, text, pos, false); ok {
			found(k)
		}
	}
}

// Credible reports whether a key of the current API, no placeholder, begins at text[at].
func Credible(text []byte, at int) bool {
	k, ok := KeyAt(text, at)
	return ok && !k.Example
}

// KeyAt returns the key that begins at text[start].
func KeyAt(text []byte, start int) (k Key, ok bool) {
	env, secret, ok := finding.CutAPIKey(text[start:])
	if !ok || !LeftEdge(text[:start]) && !endsInKey(text[:start]) {
		return k, false
	}
	severity, usual := finding.EnvSeverity(env)
	confidence := finding.High
	switch {
	case usual && len(secret) == finding.SecretLen:
	case usual && finding.MinSecretLen <= len(secret) && len(secret) <= finding.MaxSecretLen:
		confidence = finding.Medium
	case len(secret) == finding.SecretLen && !otherProduct(text[start+len(finding.KeyPrefix):]):
		severity, confidence = finding.Error, finding.Medium
	default:
		return k, false
	}
	return Key{
		Start: start, End: start + finding.APIKeyLen(env, len(secret)),
		Key: finding.NewAPIKey(env, secret), Severity: severity, Confidence: confidence,
		Example: IsPlaceholder(secret),
	}, true
}

// endsInKey reports whether the end of before is that of a key.
func endsInKey(before []byte) bool {
	before = before[max(0, len(before)-finding.MaxAPIKeyLen):]
	start := bytes.LastIndex(before, []byte(finding.KeyPrefix))
	if start < 0 {
		return false
	}
	env, secret, ok := finding.CutAPIKey(before[start:])
	return ok && len(secret) >= finding.MinSecretLen && start+finding.APIKeyLen(env, len(secret)) == len(before)
}

// otherProduct reports whether what follows neo_sk_ is as long as in another
// product's keys.
func otherProduct(src []byte) bool {
	return text.Run(src[:min(len(src), urlSafeKeyLen+1)], text.IsURLSafe) == urlSafeKeyLen
}
