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
	Anchors:          append(base64Anchors(), keyPrefix, escapedPrefix),
	Match:            matchAPIKeyAt,
}

const (
	keyPrefix = "neo_sk_"
	// documentedSecretLen is the length of the secret in the guide's example key.
	documentedSecretLen = 24
	// A secret of another length is believed within these bounds, and only
	// behind one of usualEnvs.
	minSecretLen, maxSecretLen = 16, 64
	maxEnvLen                  = 16
	// urlSafeKeyLen is what follows neo_sk_ in another product's keys: 32
	// bytes in URL-safe base64.
	urlSafeKeyLen = 43
)

// usualEnvs are the environments that people have, and what a key that leaks
// from one of them is worth.
var usualEnvs = map[string]finding.Severity{
	"prod": finding.Error, "production": finding.Error, "live": finding.Error,
	"staging": finding.Warning, "stage": finding.Warning,
	"dev": finding.Warning, "development": finding.Warning,
	"test": finding.Warning, "testing": finding.Warning,
	"sandbox": finding.Warning, "preview": finding.Warning,
	"qa": finding.Warning, "uat": finding.Warning,
	"local": finding.Warning, "demo": finding.Warning,
}

func matchAPIKeyAt(v *View, report func(Match)) {
	if bytes.HasPrefix(v.Text[v.Pos:], []byte(keyPrefix)) {
		matchAPIKey(v, report)
	} else if m, ok := escapedKey(v); ok {
		report(m)
	} else {
		matchBase64(v, report)
	}
}

// matchAPIKey reports the key that begins at v.Pos.
func matchAPIKey(v *View, report func(Match)) {
	text, start := v.Text, v.Pos
	env, secret, ok := parseAPIKey(text[start:])
	if !ok || !leftEdge(text[:start]) && !endsInKey(text[:start]) {
		return
	}
	severity, usual := usualEnvs[env]
	confidence := finding.High
	switch {
	case usual && len(secret) == documentedSecretLen:
	case usual && minSecretLen <= len(secret) && len(secret) <= maxSecretLen:
		confidence = finding.Medium
	case len(secret) == documentedSecretLen && !otherProduct(text[start+len(keyPrefix):]):
		severity, confidence = finding.Error, finding.Medium
	default:
		return
	}
	key := finding.NewAPIKey(env, secret)
	report(Match{
		Start:      start,
		End:        start + len(keyPrefix) + len(env) + 1 + len(secret),
		Severity:   severity,
		Confidence: confidence,
		Message:    fmt.Sprintf("Neo API key for the %s environment", env),
		Key:        key,
		Example:    placeholder(secret),
	})
}

// parseAPIKey takes apart a key at the start of text. It knows the key's form,
// not which lengths and environments are credible.
func parseAPIKey(text []byte) (env, secret string, ok bool) {
	if len(text) < len(keyPrefix) || string(text[:len(keyPrefix)]) != keyPrefix {
		return "", "", false
	}
	text = text[len(keyPrefix):]
	n := run(text, func(c byte) bool { return isLower(c) || isDigit(c) })
	if n < 2 || n > maxEnvLen || !isLower(text[0]) || n == len(text) || text[n] != '_' {
		return "", "", false
	}
	env, text = string(text[:n]), text[n+1:]
	n = secretRun(text)
	if n == 0 || n > maxSecretLen {
		return "", "", false
	}
	return env, string(text[:n]), true
}

// secretRun returns how long the secret at the start of text is. It ends where the next key
// begins, should that follow at once.
func secretRun(text []byte) int {
	n := run(text, isAlnum)
	if next := n - len("neo"); next >= 0 && bytes.HasPrefix(text[next:], []byte(keyPrefix)) {
		return next
	}
	return n
}

// endsInKey reports whether the end of before is that of a key.
func endsInKey(before []byte) bool {
	const longest = len(keyPrefix) + maxEnvLen + 1 + maxSecretLen
	before = before[max(0, len(before)-longest):]
	start := bytes.LastIndex(before, []byte(keyPrefix))
	if start < 0 {
		return false
	}
	env, secret, ok := parseAPIKey(before[start:])
	return ok && len(secret) >= minSecretLen && start+len(keyPrefix)+len(env)+1+len(secret) == len(before)
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
