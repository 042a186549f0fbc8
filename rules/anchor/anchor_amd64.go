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

func (f *Finder) candidate(text []byte) int {
	if f.plain || !cpu.X86.HasAVX2 || len(text) < vectorLen {
		return f.candidatePlain(text)
	}
	return findAVX2(&text[0], len(text), &f.first)
}
