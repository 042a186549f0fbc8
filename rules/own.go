package rules

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// Own are the names that a project has for things of Neo's. Rules that look at whole files
// know them besides those that everyone has.
type Own struct {
	// Variables are names of variables that hold a Neo key, as they are written.
	Variables []string
	// Hosts are hosts that pass requests on to Neo, such as a proxy of the project's.
	Hosts []string
}

// anchors returns what a file holds that has one of the names in it.
func (o *Own) anchors() []string {
	var all []string
	for _, name := range slices.Concat(o.Variables, o.Hosts) {
		all = append(all, strings.ToLower(name))
	}
	return all
}

// isVariable reports whether word is one of the variables, as it is or with a prefix by which
// bundlers write it into client code.
func (o *Own) isVariable(word string) bool {
	if prefix, ok := clientPrefix(word); ok && slices.Contains(o.Variables, word[len(prefix):]) {
		return true
	}
	return slices.Contains(o.Variables, word)
}

// namesIn returns where the text names one of the variables.
func (o *Own) namesIn(text []byte) (all []keyName) {
	for _, name := range o.Variables {
		for _, prefix := range append([]string{""}, clientPrefixes...) {
			for _, start := range wordsIn(text, prefix+name) {
				core := start + len(prefix)
				end := core + len(name)
				all = append(all, keyName{start: start, end: end, core: core, coreEnd: end, agent: true, raw: true})
			}
		}
	}
	return all
}

// hostsIn returns where the text names one of the hosts.
func (o *Own) hostsIn(text []byte) (all []host) {
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
				h.label, h.own = name, true
				all = append(all, h)
			}
			pos += len(name)
		}
	}
	return all
}

// wordsIn returns where word stands in text and is no part of a longer one.
func wordsIn(text []byte, word string) (all []int) {
	part := func(c byte) bool { return isAlnum(c) || c == '_' }
	for pos := 0; ; {
		n := bytes.Index(text[pos:], []byte(word))
		if n < 0 {
			return all
		}
		pos += n
		end := pos + len(word)
		if (pos == 0 || !part(text[pos-1])) && (end == len(text) || !part(text[end])) {
			all = append(all, pos)
		}
		pos = end
	}
}

func byStart(a, b keyName) int { return cmp.Compare(a.start, b.start) }
