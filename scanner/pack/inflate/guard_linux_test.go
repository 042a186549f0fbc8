package inflate

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// guarded returns n bytes of memory at whose end begins a page that cannot be read or written.
// They are the same each time for one use.
func guarded(t testing.TB, use string, n int) []byte {
	page := os.Getpagesize()
	if g := guards[use]; n > len(g)-page {
		size := (2*n + page) / page * page
		m, err := unix.Mmap(-1, 0, size+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err == nil {
			err = unix.Mprotect(m[size:], unix.PROT_NONE)
		}
		if err != nil {
			t.Fatal(err)
		}
		guards[use] = m
	}
	end := len(guards[use]) - page
	return guards[use][end-n : end : end]
}

var guards = map[string][]byte{}
