package archive

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// What a 7-Zip archive asks its decoder to remember takes no memory beyond what comes out of it.
func Test7zWindow(t *testing.T) {
	const ended = 0
	for _, test := range []struct {
		name       string
		open       func([]byte, uint64, []io.ReadCloser) (io.ReadCloser, error)
		properties string
		size       uint64
		want       error
	}{
		{"LZMA2 of 4 GiB, little comes out", lzma2Of7z, "\x28", 1, nil},
		{"LZMA2 of 4 GiB", lzma2Of7z, "\x28", 4 << 30, errWindow},
		{"LZMA2 of 256 MiB", lzma2Of7z, "\x20", 256 << 20, nil},
		{"LZMA2 that is none", lzma2Of7z, "\x29", 1, errProperties},
		{"LZMA of 1 GiB, little comes out", lzmaOf7z, "\x5d\x00\x00\x00\x40", 1, nil},
		{"LZMA of 1 GiB", lzmaOf7z, "\x5d\x00\x00\x00\x40", 1 << 30, errWindow},
		{"LZMA that is none", lzmaOf7z, "\x5d", 1, errProperties},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		in := io.NopCloser(strings.NewReader(strings.Repeat(string(rune(ended)), 16)))
		_, err := test.open([]byte(test.properties), test.size, []io.ReadCloser{in})
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, test.want) || taken > 1<<20 && test.want == nil && test.size == 1 {
			t.Errorf("%s: %v, and %d bytes", test.name, err, taken)
		}
	}
}
