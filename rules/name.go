package rules

import (
	"bytes"
	"strings"
)

// A keyName is where a text names a variable, setting or field that holds a Neo
// key, in any spelling: NEO_API_KEY, neoagent.secret-key, NeoAgent:ApiKey,
// myNeoWebhookToken.
type keyName struct {
	// start and end delimit the whole name: NEXT_PUBLIC_NEO_API_KEY_PROD. To the
	// left it goes as far as letters, digits and underscores do.
	start, end int
	// core and coreEnd delimit the words that make it one: NEO_API_KEY.
	core, coreEnd int
	// agent tells that it says neoagent and not just neo.
	agent bool
	// raw tells that it says what the key is for or like (secret, api, auth, webhook),
	// as NEOAGENT_SECRET_KEY does and NEO_KEY does not. So narrow a name, or one that says
	// neoagent, is believed to hold a token that has no form of its own.
	raw bool
}

// keyNameAt returns the name whose "neo" is at text[pos], if there is one. A name
// that goes on to say that it holds something about a key rather than a key, such
// as NEO_API_KEY_FILE, is none.
func keyNameAt(text []byte, pos int) (keyName, bool) {
	after, agent, ok := product(text, pos)
	if !ok || isOurs(text[pos:]) {
		return keyName{}, false
	}
	n := keyName{core: pos, agent: agent}
	n.coreEnd, n.raw, ok = keyWords(text, after)
	if !ok {
		return keyName{}, false
	}
	n.start = pos
	if !leftEdge(text[:pos]) || pos > 0 && text[pos-1] == '_' {
		for n.start > max(0, pos-maxAffix) && (isAlnum(text[n.start-1]) || text[n.start-1] == '_') {
			n.start--
		}
	}
	before := text[n.start:pos]
	if n.end, ok = suffix(text, n.coreEnd); !ok || about(before) || holds(askingWords, before[:firstWord(before)]) {
		return keyName{}, false
	}
	// In prose, the next word may say what it is about.
	if bytes.IndexByte(text[n.core:n.coreEnd], ' ') >= 0 && n.end < len(text) && text[n.end] == ' ' {
		next := text[n.end+1 : min(len(text), n.end+1+maxAffix)]
		ok = !about(next[:run(next, isLetter)])
	}
	return n, ok
}

// weak reports whether the name may as well be that of another thing called neo: the token
// of a currency, the key property of some object.
func (n *keyName) weak(text []byte) bool {
	words := bytes.TrimRight(text[n.core:n.coreEnd], "sS")
	return !n.agent && !n.raw && (len(words) < 3 || !foldPrefix(words[len(words)-3:], "key") || bytes.ContainsAny(words, ".:>["))
}

// isOurs reports whether text begins with the name of this program. Who has several keys
// in a variable writes neoKeys or NEO_KEYS.
func isOurs(text []byte) bool {
	const name = "neokeys"
	if len(text) < len(name) || !foldPrefix(text, name) {
		return false
	}
	rest := string(text[1:len(name)])
	return rest == name[1:] || string(text[:len(name)]) == strings.ToUpper(name)
}

// label returns what a report calls the name.
func (n *keyName) label(text []byte) string {
	words := text[n.core:n.coreEnd]
	if run(words, func(c byte) bool { return isURLSafe(c) || c == '.' }) < len(words) {
		return "a Neo key's variable"
	}
	return string(words)
}

// maxAffix bounds what is read before and after the words of a name.
const maxAffix = 64

// product reads neo, neoagent or a spelling of them at text[pos].
func product(text []byte, pos int) (after int, agent, ok bool) {
	if !foldPrefix(text[pos:], "neo") || !wordBegins(text, pos) {
		return pos, false, false
	}
	after = pos + len("neo")
	if i := after + joint(text[after:]); foldPrefix(text[i:], "agent") {
		return i + len("agent"), true, true
	}
	return after, false, true
}

// The words of a name after its product.
var (
	kindWords = []string{"authentication", "authorization", "auth", "webhook", "secret", "api"}
	keyEnds   = []string{"key", "token", "secret"}
	// midWords may stand between the others, and say nothing.
	midWords = []string{
		"access", "private", "master", "default", "production", "prod", "live", "staging", "stage",
		"development", "dev", "testing", "test", "sandbox",
	}
)

// wordInitials are the letters that these words begin with.
const wordInitials = "adklmpstw"

// keyWords reads, from text[i:], the rest of a name after its product: words of the
// three lists with joints between them, the last of them one of keyEnds. It returns
// where that one ends, and whether one of kindWords comes before it.
func keyWords(text []byte, i int) (end int, raw, ok bool) {
	kind := false
	for range 6 {
		i += joint(text[i:])
		next := text[i:]
		if w := anyPrefix(next, keyEnds); w > 0 {
			if e := plural(text, i+w); wordEnds(text, e) {
				end, raw, ok = e, kind, true
			}
		}
		w := anyPrefix(next, kindWords)
		kind = kind || w > 0
		if w == 0 {
			w = max(anyPrefix(next, keyEnds), anyPrefix(next, midWords))
		}
		if w == 0 {
			break
		}
		i = plural(text, i+w)
	}
	return end, raw, ok
}

// plural skips the s of a plural at text[i], which is not that of secret.
func plural(text []byte, i int) int {
	if i < len(text) && text[i]|0x20 == 's' && isUpper(text[i]) == isUpper(text[i-1]) && !foldPrefix(text[i:], "secret") {
		i++
	}
	return i
}

// joints are what joins the words of a name: in one identifier, or on the way from
// one into the next.
var joints = []string{`"]["`, `']['`, `["`, `['`, "__", "::", "->", "?.", "_", "-", ".", ":", "/", " "}

func joint(text []byte) int {
	if len(text) == 0 || isAlnum(text[0]) {
		return 0
	}
	return anyPrefix(text, joints)
}

// aboutWords tell that a name means something about a key and not the key.
var aboutWords = map[string]bool{
	"id": true, "ids": true, "uuid": true, "name": true, "names": true, "label": true, "title": true,
	"hash": true, "hashed": true, "hashes": true, "digest": true, "checksum": true, "fingerprint": true, "salt": true,
	"md5": true, "sha": true, "sha1": true, "sha256": true, "signature": true, "encrypted": true, "sealed": true,
	"file": true, "path": true, "dir": true, "url": true, "uri": true, "endpoint": true, "arn": true, "ref": true,
	"header": true, "headers": true, "prefix": true, "suffix": true, "length": true, "len": true, "size": true,
	"regex": true, "pattern": true, "format": true, "type": true, "version": true, "count": true,
	"hint": true, "description": true, "placeholder": true, "error": true, "message": true,
	"valid": true, "invalid": true, "ciphertext": true, "kms": true, "ssm": true, "integrity": true,
	"missing": true, "unset": true, "present": true, "required": true, "configured": true, "exists": true, "status": true,
	"masked": true, "redacted": true, "preview": true, "env": true, "variable": true, "help": true, "docs": true, "rotation": true,
	"ttl": true, "expires": true, "expiry": true, "at": true, "class": true, "selector": true, "testid": true,
	// Those of a keyboard.
	"code": true, "codes": true, "down": true, "up": true, "press": true, "pressed": true, "stroke": true, "strokes": true,
	"event": true, "events": true, "handler": true, "listener": true, "binding": true, "bindings": true, "frame": true, "frames": true, "board": true,
}

// askingWords are those that a name begins with which says yes or no about a key.
var askingWords = set("is", "has", "have", "needs", "requires", "missing", "no", "without", "show", "hide", "enable", "disable")

// suffix reads what a name goes on with after its core: _PROD, 2, ForBilling. It
// returns where the name ends, and false if it is about a key.
func suffix(text []byte, i int) (end int, ok bool) {
	limit := min(len(text), i+maxAffix)
	for i < limit {
		j := i
		if c := text[j]; c == '_' || c == '-' || c == '.' {
			j++
		}
		for j < limit && text[j] == '_' {
			j++
		}
		w := firstWord(text[j:limit])
		if w == 0 {
			break
		}
		if j+w < len(text) && text[i] == '.' && text[j+w] == '(' {
			break // a method of the key
		}
		if word := text[j : j+w]; about(word) || bytes.EqualFold(word, []byte("set")) { // setNeoApiKey is no such name
			return i, false
		}
		i = j + w
	}
	return i, true
}

// about reports whether any word of a name is one of aboutWords.
func about(name []byte) bool {
	for len(name) > 0 {
		w := firstWord(name)
		if holds(aboutWords, name[:w]) {
			return true
		}
		name = name[max(1, w):]
	}
	return false
}

// firstWord returns the length of the word that text begins with: as far as case
// and digits go in snake_case, camelCase and UPPER_CASE. A number belongs to the
// word before it.
func firstWord(text []byte) int {
	upper := run(text, isUpper)
	n := upper
	if upper <= 1 {
		n += run(text[upper:], isLower)
	} else if n < len(text) && isLower(text[n]) {
		return n - 1 // the K of HTTPKey
	}
	return n + run(text[n:], isDigit)
}

// wordBegins reports whether a word begins at text[i]: after what is no letter or
// digit, in camelCase, or glued to an option that defines a property (java -Dneo.api.key).
func wordBegins(text []byte, i int) bool {
	return leftEdge(text[:i]) || defines(text[:i], 'D') || defines(text[:i], 'P') ||
		isUpper(text[i]) && (!isUpper(text[i-1]) || i+1 < len(text) && isLower(text[i+1]))
}

// defines reports whether text ends in an option of one letter.
func defines(text []byte, option byte) bool {
	n := len(text) - 2
	return n >= 0 && text[n] == '-' && text[n+1] == option && leftEdge(text[:n])
}

// wordEnds reports whether a word ends before text[i].
func wordEnds(text []byte, i int) bool {
	return i == len(text) || !isLetter(text[i]) || isUpper(text[i]) && isLower(text[i-1])
}

// anyPrefix returns the length of the first of words that text begins with, in
// upper or lower case.
func anyPrefix(text []byte, words []string) int {
	for _, w := range words {
		if foldPrefix(text, w) {
			return len(w)
		}
	}
	return 0
}

// foldPrefix reports whether text begins with prefix, which is in lower case,
// whatever the case of its ASCII letters.
func foldPrefix(text []byte, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		c := text[i]
		if isUpper(c) {
			c |= 0x20
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

// holds reports whether set has word, whatever its case. Words of sets are short.
func holds(set map[string]bool, word []byte) bool {
	var low [32]byte
	if len(word) > len(low) {
		return false
	}
	for i, c := range word {
		low[i] = lower(c)
	}
	return set[string(low[:len(word)])]
}
