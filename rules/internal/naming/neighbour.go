package naming

import (
	"bytes"
	"regexp"

	"github.com/neokeys/neokeys/internal/text"
)

// neighbours are hosts of other products that have Neo in their name, and the module of
// one's client: NASA's Near Earth Objects, ProjectDiscovery's Neo, heyneo.so, Kotak Neo,
// Neo4j, Neon, the NEO blockchain, NeoCities, Neovim.
var neighbours = regexp.MustCompile(`(?i)\b(?:(?:api|ssd-api\.jpl)\.nasa\.gov|projectdiscovery\.io|heyneo\.so|kotak(?:securities|neo)?\.com|neo_api_client|neo4j\.(?:io|com)|neon\.(?:tech|com)|neo\.org|ngd\.network|neocities\.org|neovim\.io)\b`)

// Neighbour returns the first that the text names of the hosts of other products called
// Neo; empty if it names none.
func Neighbour(text string) string { return neighbours.FindString(text) }

// Elsewhere reports whether a text that says neo means another product called Neo: it names the
// host of one, and nothing of ours.
func Elsewhere(src []byte) bool {
	return neighbours.Match(src) && text.IndexFold(src, "neoagent") < 0
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
