package naming

import (
	"bytes"

	"github.com/neokeys/neokeys/internal/text"
)

// neighbours are hosts of other products that have Neo in their name, each before and after its
// last dot: NASA's Near Earth Objects, ProjectDiscovery's Neo, heyneo.so, Kotak Neo, Neo4j, Neon,
// the NEO blockchain, NeoCities, Neovim.
var neighbours = []struct{ name, top string }{
	{"api.nasa", ".gov"}, {"ssd-api.jpl.nasa", ".gov"}, {"projectdiscovery", ".io"}, {"heyneo", ".so"},
	{"kotaksecurities", ".com"}, {"kotakneo", ".com"}, {"kotak", ".com"}, {"neo4j", ".io"}, {"neo4j", ".com"},
	{"neon", ".tech"}, {"neon", ".com"}, {"neo", ".org"}, {"ngd", ".network"}, {"neocities", ".org"}, {"neovim", ".io"},
}

// neighbourModule is the module of a client of Kotak Neo's.
const neighbourModule = "neo_api_client"

// Neighbour returns the first that the text names of the hosts of other products called
// Neo; empty if it names none.
func Neighbour(src string) string {
	s := firstNeighbour([]byte(src))
	return src[s.Start:s.End]
}

// Elsewhere reports whether a text that says neo means another product called Neo: it names the
// host of one, and nothing of ours.
func Elsewhere(src []byte) bool {
	s := firstNeighbour(src)
	return s.End > s.Start && text.IndexFold(src, "neoagent") < 0
}

// firstNeighbour returns where the first neighbour is named; an empty span if none is. Texts are
// long, and have few dots.
func firstNeighbour(src []byte) text.Span {
	for pos := range text.Fold(src, neighbourModule) {
		if s := (text.Span{Start: pos, End: pos + len(neighbourModule)}); alone(src, s) {
			return firstHost(src[:pos], s)
		}
	}
	return firstHost(src, text.Span{})
}

// firstHost returns where the first neighbour's host is named in src; other if none is.
func firstHost(src []byte, other text.Span) text.Span {
	for dot := 0; ; dot++ {
		n := bytes.IndexByte(src[dot:], '.')
		if n < 0 {
			return other
		}
		dot += n
		for _, h := range neighbours {
			s := text.Span{Start: dot - len(h.name), End: dot + len(h.top)}
			if text.HasPrefixFold(src[dot:], h.top) && s.Start >= 0 && text.HasPrefixFold(src[s.Start:], h.name) && alone(src, s) {
				return s
			}
		}
	}
}

// alone reports whether what stands at s in src is not a part of a longer word.
func alone(src []byte, s text.Span) bool {
	return (s.Start == 0 || !text.IsIdent(src[s.Start-1])) && (s.End == len(src) || !text.IsIdent(src[s.End]))
}

// owners are words before neo in a name that make it another product's.
var owners = text.Set("nasa", "jpl", "kotak", "projectdiscovery", "pdcp", "hey", "heyneo", "aura", "neon", "cityofzion", "blockchain")

// owned reports whether what stands before the neo of a name, joined to it, says whose it is:
// NASA_NEO_API_KEY, nasa.neo.api.key.
func owned(before []byte) bool {
	before = before[max(0, len(before)-MaxAffix):]
	for range 4 {
		trimmed := bytes.TrimRight(before, "_-.:/")
		if len(before)-len(trimmed) > 1 || len(trimmed) == 0 || !text.IsLetter(trimmed[len(trimmed)-1]) {
			return false
		}
		start := len(trimmed)
		for start > 0 && text.IsLetter(trimmed[start-1]) {
			start--
		}
		for word := trimmed[start:]; len(word) > 0; {
			n := firstWord(word)
			if text.Holds(owners, word[:n]) {
				return true
			}
			word = word[max(1, n):]
		}
		if before = trimmed[:start]; len(before) == 0 {
			return false
		}
	}
	return false
}

// UnderOwner reports whether the section that begins behind before is another product's: its owner
// stands before it, as in nasa.neo, or it is the first in the section of that, kotak: and neo: under it.
func UnderOwner(before []byte) bool {
	if owned(before) {
		return true
	}
	before = before[max(0, len(before)-MaxAffix):]
	name := bytes.TrimRight(before, "\"'{[:=> \t\r\n")
	return bytes.ContainsAny(before[len(name):], ":={") && text.Holds(owners, text.LastIdent(name))
}
