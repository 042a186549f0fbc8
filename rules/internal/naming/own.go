package naming

import (
	"bytes"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// Own are project-specific variable and host names, besides the usual ones.
type Own struct {
	// Variables are names of variables that hold a Neo key, as they are written.
	Variables []string
	// Hosts are hosts that pass requests on to Neo, such as a proxy of the project's.
	Hosts []string
}

// Anchors returns what a file holds that has one of the names in it.
func (o *Own) Anchors() []string {
	var all []string
	for _, name := range slices.Concat(o.Variables, o.Hosts) {
		all = append(all, strings.ToLower(name))
	}
	return all
}

// IsVariable reports whether word is one of the variables, as it is or with a prefix by which
// bundlers write it into client code.
func (o *Own) IsVariable(word string) bool {
	if prefix, ok := ClientPrefix(word); ok && slices.Contains(o.Variables, word[len(prefix):]) {
		return true
	}
	return slices.Contains(o.Variables, word)
}

// NamesIn returns where the text names one of the variables.
func (o *Own) NamesIn(text []byte) (all []KeyName) {
	for _, name := range o.Variables {
		for _, prefix := range append([]string{""}, clientPrefixes...) {
			for _, start := range wordsIn(text, prefix+name) {
				core := start + len(prefix)
				end := core + len(name)
				all = append(all, KeyName{Start: start, End: end, Core: core, CoreEnd: end, Agent: true, Qualified: true})
			}
		}
	}
	return all
}

// HostsIn returns where the text names one of the hosts.
func (o *Own) HostsIn(text []byte) (all []Host) {
	if len(o.Hosts) == 0 {
		return nil
	}
	folded := bytes.ToLower(text)
	if len(folded) != len(text) { // not UTF-8
		folded = text
	}
	for _, name := range o.Hosts {
		lower := strings.ToLower(name)
		for pos := 0; ; {
			n := bytes.Index(folded[pos:], []byte(lower))
			if n < 0 {
				break
			}
			pos += n
			if h, ok := hostOf(text, pos, pos+len(name)); ok {
				h.Label, h.Own = name, true
				all = append(all, h)
			}
			pos += len(name)
		}
	}
	return all
}

// wordsIn returns where word stands in text and is no part of a longer one.
func wordsIn(src []byte, word string) (all []int) {
	part := func(c byte) bool { return text.IsAlnum(c) || c == '_' }
	for pos := 0; ; {
		n := bytes.Index(src[pos:], []byte(word))
		if n < 0 {
			return all
		}
		pos += n
		end := pos + len(word)
		if (pos == 0 || !part(src[pos-1])) && (end == len(src) || !part(src[end])) {
			all = append(all, pos)
		}
		pos = end
	}
}
