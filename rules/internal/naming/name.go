// Package naming knows the names that mean Neo: those of variables that hold a key and
// of hosts that take one, and the names that a project configures as its own.
package naming

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// A KeyName is where a text names a variable, setting or field that holds a Neo
// key, in any spelling: NEO_API_KEY, neoagent.secret-key, NeoAgent:ApiKey,
// myNeoWebhookToken.
type KeyName struct {
	// Start and end delimit the whole name: NEXT_PUBLIC_NEO_API_KEY_PROD. To the
	// left it goes as far as letters, digits and underscores do.
	Start, End int
	// Core and CoreEnd delimit the words that make it one: NEO_API_KEY.
	Core, CoreEnd int
	// Agent says that it says neoagent and not just neo.
	Agent bool
	// Qualified: the name has api, auth, secret or webhook, as NEOAGENT_SECRET_KEY does and
	// NEO_KEY does not. Such a name, or one that has neoagent, is believed to hold a token,
	// which has no form of its own.
	Qualified bool
}

// KeyNameAt returns the name whose "neo" is at text[pos], if there is one. A name
// that goes on to say that it holds something about a key rather than a key, such
// as NEO_API_KEY_FILE, is none.
func KeyNameAt(src []byte, pos int) (KeyName, bool) {
	after, agent, ok := Product(src, pos)
	if !ok || isOurs(src[pos:]) {
		return KeyName{}, false
	}
	n := KeyName{Core: pos, Agent: agent}
	n.CoreEnd, n.Qualified, ok = KeyWords(src, after)
	if !ok {
		return KeyName{}, false
	}
	n.Start = pos
	if !secret.LeftEdge(src[:pos]) || pos > 0 && src[pos-1] == '_' {
		for n.Start > max(0, pos-MaxAffix) && (text.IsAlnum(src[n.Start-1]) || src[n.Start-1] == '_') {
			n.Start--
		}
	}
	before := src[n.Start:pos]
	if !agent && owned(src[:pos]) {
		return KeyName{}, false
	}
	if n.End, ok = Suffix(src, n.CoreEnd); !ok || about(before) || text.Holds(askingWords, before[:firstWord(before)]) {
		return KeyName{}, false
	}
	// In prose, the next word may say what it is about.
	if bytes.IndexByte(src[n.Core:n.CoreEnd], ' ') >= 0 && n.End < len(src) && src[n.End] == ' ' {
		next := src[n.End+1 : min(len(src), n.End+1+MaxAffix)]
		ok = !about(next[:text.Run(next, text.IsLetter)])
	}
	return n, ok
}

// NamesKey reports whether the words of a key's name stand at text[pos], whatever is around them.
func NamesKey(src []byte, pos int) bool {
	after := pos + len("neo")
	if i := after + Joint(src[after:]); text.HasPrefixFold(src[i:], "agent") {
		after = i + len("agent")
	}
	_, _, ok := KeyWords(src, after)
	return ok
}

// Weak reports whether the name may as well be that of another thing called neo: the token
// of a currency, the key property of some object.
func (n *KeyName) Weak(src []byte) bool {
	words := bytes.TrimRight(src[n.Core:n.CoreEnd], "sS")
	return !n.Agent && !n.Qualified && (len(words) < 3 || !text.HasPrefixFold(words[len(words)-3:], "key") || bytes.ContainsAny(words, ".:>["))
}

// isOurs reports whether text begins with the name of this program. Who has several keys
// in a variable writes neoKeys or NEO_KEYS.
func isOurs(src []byte) bool {
	const name = "neokeys"
	if len(src) < len(name) || !text.HasPrefixFold(src, name) {
		return false
	}
	rest := string(src[1:len(name)])
	return rest == name[1:] || string(src[:len(name)]) == strings.ToUpper(name)
}

// Label returns what a report calls the name.
func (n *KeyName) Label(src []byte) string {
	words := src[n.Core:n.CoreEnd]
	if text.Run(words, func(c byte) bool { return text.IsURLSafe(c) || c == '.' }) < len(words) {
		return "a Neo key's variable"
	}
	return string(words)
}

// MaxAffix bounds what is read before and after the words of a name.
const MaxAffix = 64

// MaxPadding bounds the white space around a value.
const MaxPadding = 64

// Product reads neo, neoagent or a spelling of them at text[pos].
func Product(src []byte, pos int) (after int, agent, ok bool) {
	if !text.HasPrefixFold(src[pos:], "neo") || !WordBegins(src, pos) {
		return pos, false, false
	}
	after = pos + len("neo")
	if i := after + Joint(src[after:]); text.HasPrefixFold(src[i:], "agent") {
		return i + len("agent"), true, true
	}
	return after, false, true
}

// The words of a name after its product.
var (
	KindWords = []string{"authentication", "authorization", "auth", "webhook", "secret", "api"}
	keyEnds   = []string{"key", "token", "secret"}
	// midWords may stand between the others, and say nothing.
	midWords = []string{
		"access", "private", "master", "default", "production", "prod", "live", "staging", "stage",
		"development", "dev", "testing", "test", "sandbox",
	}
)

// WordInitials are the letters that these words begin with.
const WordInitials = "adklmpstw"

// KeyWords reads, from text[i:], the rest of a name after its product: words of the
// three lists with joints between them, the last of them one of keyEnds. It returns
// where that one ends, and whether one of kindWords comes before it.
func KeyWords(src []byte, i int) (end int, qualified, ok bool) {
	kind := false
	for range 6 {
		i += Joint(src[i:])
		next := src[i:]
		if w := text.AnyPrefixFold(next, keyEnds); w > 0 {
			if e := plural(src, i+w); WordEnds(src, e) {
				end, qualified, ok = e, kind, true
			}
		}
		w := text.AnyPrefixFold(next, KindWords)
		kind = kind || w > 0
		if w == 0 {
			w = max(text.AnyPrefixFold(next, keyEnds), text.AnyPrefixFold(next, midWords))
		}
		if w == 0 {
			break
		}
		i = plural(src, i+w)
	}
	return end, qualified, ok
}

// plural skips the s of a plural at text[i], which is not that of secret.
func plural(src []byte, i int) int {
	if i < len(src) && src[i]|0x20 == 's' && text.IsUpper(src[i]) == text.IsUpper(src[i-1]) && !text.HasPrefixFold(src[i:], "secret") {
		i++
	}
	return i
}

// joints are what joins the words of a name: in one identifier, or on the way from
// one into the next.
var joints = []string{`"]["`, `']['`, `["`, `['`, "__", "::", "->", "?.", "_", "-", ".", ":", "/", " "}

// Joint returns the length of what joins two words of a name at the start of text; 0 if
// there is nothing of the kind.
func Joint(src []byte) int {
	if len(src) == 0 || text.IsAlnum(src[0]) {
		return 0
	}
	return text.AnyPrefixFold(src, joints)
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
var askingWords = text.Set("is", "has", "have", "needs", "requires", "missing", "no", "without", "show", "hide", "enable", "disable")

// Suffix reads what a name goes on with after its core: _PROD, 2, ForBilling. It
// returns where the name ends, and false if it is about a key.
func Suffix(text []byte, i int) (end int, ok bool) {
	limit := min(len(text), i+MaxAffix)
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
		if text.Holds(aboutWords, name[:w]) {
			return true
		}
		name = name[max(1, w):]
	}
	return false
}

// firstWord returns the length of the word that text begins with: as far as case
// and digits go in snake_case, camelCase and UPPER_CASE. A number belongs to the
// word before it.
func firstWord(src []byte) int {
	upper := text.Run(src, text.IsUpper)
	n := upper
	if upper <= 1 {
		n += text.Run(src[upper:], text.IsLower)
	} else if n < len(src) && text.IsLower(src[n]) {
		return n - 1 // the K of HTTPKey
	}
	return n + text.Run(src[n:], text.IsDigit)
}

// WordBegins reports whether a word begins at text[i]: after what is no letter or
// digit, in camelCase, or glued to an option that defines a property (java -Dneo.api.key).
func WordBegins(src []byte, i int) bool {
	return secret.LeftEdge(src[:i]) || defines(src[:i], 'D') || defines(src[:i], 'P') ||
		text.IsUpper(src[i]) && (!text.IsUpper(src[i-1]) || i+1 < len(src) && text.IsLower(src[i+1]))
}

// defines reports whether text ends in an option of one letter.
func defines(text []byte, option byte) bool {
	n := len(text) - 2
	return n >= 0 && text[n] == '-' && text[n+1] == option && secret.LeftEdge(text[:n])
}

// WordEnds reports whether a word ends before text[i].
func WordEnds(src []byte, i int) bool {
	return i == len(src) || !text.IsLetter(src[i]) || text.IsUpper(src[i]) && text.IsLower(src[i-1])
}
