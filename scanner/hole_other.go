//go:build !(darwin || freebsd || linux)

package scanner

// skipHole skips nothing: holes are read like any other zeros.
func (h *handle) skipHole() int64 { return 0 }
