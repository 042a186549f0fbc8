package anchor

import "golang.org/x/sys/cpu"

// vectorLen is the least text that findAVX2 reads: 32 bytes at each of four
// places.
const vectorLen = 32 + placesPerWindow - 1

// findAVX2 returns the first place in the n bytes at text, n >= vectorLen, where the
// tables' buckets agree for four bytes in a row whose hash the filter has, or n if there is
// none.
//
//go:noescape
func findAVX2(text *byte, n int, s *firstStage) int

// vectorLen512 is the least text that findAVX512 reads.
const vectorLen512 = 64 + placesPerWindow - 1

// findAVX512 does what findAVX2 does, n >= vectorLen512, by fewer instructions for twice as many
// bytes, and with fewer places to look at whose nibbles are those of different windows.
//
//go:noescape
func findAVX512(text *byte, n int, s *firstStage) int

var (
	hasAVX2   = cpu.X86.HasAVX2 && cpu.X86.HasBMI1
	hasAVX512 = hasAVX2 && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI
)

func (f *Finder) candidate(text []byte) int {
	switch {
	case f.plain || !hasAVX2:
		return f.candidatePlain(text)
	case len(text) < vectorLen:
		return f.candidateShort(text)
	case f.narrow || !hasAVX512 || len(text) < vectorLen512:
		return findAVX2(&text[0], len(text), &f.first)
	}
	return findAVX512(&text[0], len(text), &f.first)
}

// candidateShort is the search in texts that are too short for vectors. It does without the tables
// of candidatePlain, which take longer to make than such a text to search.
func (f *Finder) candidateShort(text []byte) int {
	for i := 0; i+placesPerWindow <= len(text); i++ {
		if f.first.passes(text[i:]) {
			return i
		}
	}
	return len(text)
}
