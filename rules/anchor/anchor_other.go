//go:build !amd64

package anchor

func (f *Finder) candidate(text []byte) int { return f.candidatePlain(text) }
