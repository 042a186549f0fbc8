package rules

import (
	"bytes"
	"slices"

	"github.com/neokeys/neokeys/finding"
)

// The hosts of the two APIs.
const (
	hostAPI    = "api.neoagent.io" // takes neo_sk_ keys
	hostLegacy = "app.neoagent.co" // takes raw tokens
)

// A host is where a file names one of Neo's API hosts.
type host struct {
	start, end int
	legacy     bool // hostLegacy
	own        bool // one of the project's own
	label      string
	// scheme is "https", "http" or another, empty if none stands before the host;
	// url is where the address begins.
	scheme string
	url    int
}

// neoHosts returns where the file names Neo's API hosts, in the order of the text. Other
// hosts of the same domains, such as those of the documentation, take no keys.
func (f *File) neoHosts() []host {
	return f.hosts.get(func() []host {
		all := f.own.hostsIn(f.Text)
		for pos := 0; ; {
			n := indexFold(f.Text[pos:], "neoagent.")
			if n < 0 {
				slices.SortFunc(all, func(a, b host) int { return a.start - b.start })
				return all
			}
			pos += n
			if h, ok := hostAt(f.Text, pos); ok {
				all = append(all, h)
			}
			pos += len("neoagent.")
		}
	})
}

// hostAt returns the host whose "neoagent." is at text[pos], if it is one of Neo's.
func hostAt(text []byte, pos int) (h host, ok bool) {
	start := pos - len("api.")
	if start < 0 {
		return h, false
	}
	switch {
	case foldPrefix(text[start:], hostAPI):
	case foldPrefix(text[start:], hostLegacy):
		h.legacy = true
	default:
		return h, false
	}
	found, ok := hostOf(text, start, start+len(hostAPI))
	found.legacy, found.label = h.legacy, hostAPI
	if h.legacy {
		found.label = hostLegacy
	}
	return found, ok
}

// hostOf returns the host that is text[start:end], unless that is part of a longer name.
func hostOf(text []byte, start, end int) (h host, ok bool) {
	h.start, h.end = start, end
	if start > 0 && (isHostByte(text[start-1]) || text[start-1] == '.') && !endsInEscape(text[:start]) && !endsInPercent(text[:start]) {
		return h, false
	}
	rest := text[h.end:]
	if len(rest) > 0 && isHostByte(rest[0]) || len(rest) > 1 && rest[0] == '.' && isHostByte(rest[1]) {
		return h, false
	}
	h.url, h.scheme = schemeBefore(text, start)
	return h, true
}

func isHostByte(c byte) bool { return isAlnum(c) || c == '-' || c == '_' }

// schemeBefore returns where the address begins whose host begins at text[pos], and its
// scheme; pos and nothing if there is none. User information may stand between.
func schemeBefore(text []byte, pos int) (start int, scheme string) {
	from := max(0, pos-256)
	before := text[from:pos]
	n := bytes.LastIndex(before, []byte("//"))
	slashes := 2
	if m := bytes.LastIndex(before, []byte(`\/\/`)); m > n { // as JSON may write it
		n, slashes = m, 4
	}
	if n < 0 {
		return pos, ""
	}
	if user := before[n+slashes:]; len(user) > 0 && (user[len(user)-1] != '@' || bytes.ContainsAny(user, " \t\r\n/'\"`")) {
		return pos, ""
	}
	before = before[:n]
	if len(before) == 0 || before[len(before)-1] != ':' {
		return from + n, ""
	}
	before = before[:len(before)-1]
	letters := 0
	for letters < len(before) && isLetter(before[len(before)-1-letters]) {
		letters++
	}
	word := bytes.ToLower(before[len(before)-letters:])
	return from + len(before) - letters, string(word)
}

// inComment reports whether offset pos is in a comment, in a language whose comments
// are known.
func (f *File) inComment(pos int) bool {
	if tree := f.code(); tree != nil {
		return tree.InComment(pos)
	}
	from := max(0, pos-4096) // far enough on any line that has comments
	line := f.Text[from:pos]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	if n := bytes.IndexByte(line, '#'); n >= 0 && (n == 0 || line[n-1] == ' ' || line[n-1] == '\t') {
		// Elsewhere, a # comments in what programs are configured with.
		return !bytes.ContainsAny(line[:n], `"'`)
	}
	trimmed := bytes.TrimLeft(line, " \t")
	return bytes.HasPrefix(trimmed, []byte("//")) || bytes.HasPrefix(trimmed, []byte(";")) || bytes.HasPrefix(trimmed, []byte("<!--"))
}

// habitAnchors are what a file holds that has something to do with Neo keys.
var habitAnchors = append(legacyAnchors(), finding.KeyPrefix, "neokey", "neotoken")
