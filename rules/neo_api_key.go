package rules

import (
	"bytes"
	_ "embed"
	"fmt"

	"github.com/neokeys/neokeys/finding"
)

//go:embed neo_api_key.md
var neoAPIKeyDoc string

// NeoAPIKey finds keys of the current API, neo_sk_<env>_<secret>.
var NeoAPIKey = &Rule{
	ID:               "neo-api-key",
	Title:            "Neo API key",
	Severity:         finding.Error,
	CWEs:             []int{798, 312, 540},
	SecuritySeverity: 9.1,
	Doc:              neoAPIKeyDoc,
	Anchors:          append(encodedAnchors(), finding.KeyPrefix),
	Match:            matchAPIKeyAt,
}

// urlSafeKeyLen is what follows neo_sk_ in another product's keys: 32 bytes in
// URL-safe base64.
const urlSafeKeyLen = 43

func matchAPIKeyAt(v *View, report func(Match)) {
	if bytes.HasPrefix(v.Text[v.Pos:], []byte(finding.KeyPrefix)) {
		matchAPIKey(v, report)
	} else {
		matchEncodedKey(v, report)
	}
}

// matchAPIKey reports the key that begins at v.Pos.
func matchAPIKey(v *View, report func(Match)) {
	text, start := v.Text, v.Pos
	env, secret, ok := finding.CutAPIKey(text[start:])
	if !ok || !leftEdge(text[:start]) && !endsInKey(text[:start]) {
		return
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
		return
	}
	key := finding.NewAPIKey(env, secret)
	report(Match{
		Start:      start,
		End:        start + finding.APIKeyLen(env, len(secret)),
		Severity:   severity,
		Confidence: confidence,
		Message:    fmt.Sprintf("Neo API key for the %s environment", env),
		Key:        key,
		Example:    placeholder(secret),
	})
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
func otherProduct(text []byte) bool {
	return run(text[:min(len(text), urlSafeKeyLen+1)], isURLSafe) == urlSafeKeyLen
}

// run returns how many bytes at the start of text belong to class.
func run(text []byte, class func(byte) bool) int {
	for i, c := range text {
		if !class(c) {
			return i
		}
	}
	return len(text)
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool { return isLower(c) || isUpper(c) || isDigit(c) }
func isHex(c byte) bool   { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func isURLSafe(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }
