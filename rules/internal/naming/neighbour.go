package naming

import "regexp"

// neighbours are hosts of other products that have Neo in their name, and the module of
// one's client: NASA's Near Earth Objects, ProjectDiscovery's Neo, heyneo.so, Kotak Neo,
// Neo4j, Neon, the NEO blockchain, NeoCities, Neovim.
var neighbours = regexp.MustCompile(`(?i)\b(?:api\.nasa\.gov|projectdiscovery\.io|heyneo\.so|kotak(?:securities|neo)?\.com|neo_api_client|neo4j\.(?:io|com)|neon\.(?:tech|com)|neo\.org|neocities\.org|neovim\.io)\b`)

// Neighbour returns the first that the text names of the hosts of other products called
// Neo; empty if it names none.
func Neighbour(text string) string { return neighbours.FindString(text) }
