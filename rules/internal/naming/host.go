package naming

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/rules/internal/secret"
)

// The hosts of the two APIs.
const (
	hostAPI    = "api.neoagent.io" // takes neo_sk_ keys
	HostLegacy = "app.neoagent.co" // takes raw tokens
)

// A Host is where a file names one of Neo's API hosts.
type Host struct {
	Start, End int
	Legacy     bool // hostLegacy
	Own        bool // one of the project's own
	Label      string
	// Scheme is "https", "http" or another, empty if none stands before the host;
	// url is where the address begins.
	Scheme string
	URL    int
}

// HostAt returns the host whose "neoagent." is at text[pos], if it is one of Neo's.
func HostAt(src []byte, pos int) (h Host, ok bool) {
	start := pos - len("api.")
	if start < 0 {
		return h, false
	}
	switch {
	case text.HasPrefixFold(src[start:], hostAPI):
	case text.HasPrefixFold(src[start:], HostLegacy):
		h.Legacy = true
	default:
		return h, false
	}
	found, ok := hostOf(src, start, start+len(hostAPI))
	found.Legacy, found.Label = h.Legacy, hostAPI
	if h.Legacy {
		found.Label = HostLegacy
	}
	return found, ok
}

// hostOf returns the host that is text[start:end], unless that is part of a longer name.
func hostOf(text []byte, start, end int) (h Host, ok bool) {
	h.Start, h.End = start, end
	if start > 0 && (isHostByte(text[start-1]) || text[start-1] == '.') && !secret.EndsInEscape(text[:start]) && !secret.EndsInPercent(text[:start]) {
		return h, false
	}
	rest := text[h.End:]
	if len(rest) > 0 && isHostByte(rest[0]) || len(rest) > 1 && rest[0] == '.' && isHostByte(rest[1]) {
		return h, false
	}
	h.URL, h.Scheme = schemeBefore(text, start)
	return h, true
}

func isHostByte(c byte) bool { return text.IsAlnum(c) || c == '-' || c == '_' }

// schemeBefore returns where the address begins whose host begins at text[pos], and its
// scheme; pos and nothing if there is none. User information may stand between.
func schemeBefore(src []byte, pos int) (start int, scheme string) {
	from := max(0, pos-256)
	before := src[from:pos]
	n := 0
	switch {
	case bytes.HasSuffix(before, []byte("//")):
		n = len(before) - 2
	case bytes.HasSuffix(before, []byte(`\/\/`)): // as JSON may write it
		n = len(before) - 4
	case bytes.HasSuffix(before, []byte("@")):
		slashes := 2
		n = bytes.LastIndex(before, []byte("//"))
		if m := bytes.LastIndex(before, []byte(`\/\/`)); m > n {
			n, slashes = m, 4
		}
		if n < 0 || bytes.ContainsAny(before[n+slashes:], " \t\r\n/'\"`") {
			return pos, ""
		}
	default:
		return pos, ""
	}
	before = before[:n]
	if len(before) == 0 || before[len(before)-1] != ':' {
		return from + n, ""
	}
	before = before[:len(before)-1]
	letters := 0
	for letters < len(before) && text.IsLetter(before[len(before)-1-letters]) {
		letters++
	}
	word := bytes.ToLower(before[len(before)-letters:])
	return from + len(before) - letters, string(word)
}
