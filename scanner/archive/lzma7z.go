package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/bodgit/sevenzip"
	"github.com/therootcompany/xz"
	"github.com/ulikunitz/xz/lzma"
)

// max7zWindow is how much of what came before a decoder of a 7-Zip archive may have to remember, in bytes: as
// much as `7z -mx=9` asks for. It makes no more room than for all that comes out of it.
const max7zWindow = 256 << 20

// The library's own decoders make as much room as an archive asks for, and its LZMA2 is slower.
func init() {
	sevenzip.RegisterDecompressor([]byte{0x03, 0x01, 0x01}, lzmaOf7z)
	sevenzip.RegisterDecompressor([]byte{0x21}, lzma2Of7z)
}

var errProperties = errors.New("its decoder is not described as the format says")

// lzmaOf7z returns what is compressed in LZMA, of which size bytes come out.
func lzmaOf7z(properties []byte, size uint64, from []io.ReadCloser) (io.ReadCloser, error) {
	const length = 5
	if len(properties) != length || len(from) != 1 {
		return nil, errProperties
	}
	if min(uint64(binary.LittleEndian.Uint32(properties[1:])), size) > max7zWindow {
		return nil, errWindow
	}
	header := binary.LittleEndian.AppendUint64(bytes.Clone(properties), size)
	text, err := lzma.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(header), from[0])))
	return closing{text, from[0]}, err
}

// lzma2Of7z returns what is compressed in LZMA2, of which size bytes come out.
func lzma2Of7z(properties []byte, size uint64, from []io.ReadCloser) (io.ReadCloser, error) {
	if len(properties) != 1 || properties[0] > maxLZMA2 || len(from) != 1 {
		return nil, errProperties
	}
	window := lzma2Window(min(lzma2Dictionary(properties[0]), size))
	if lzma2Dictionary(window) > max7zWindow {
		return nil, errWindow
	}
	text, err := xz.NewReader(io.MultiReader(bytes.NewReader(xzBefore(window)), from[0]), max7zWindow)
	return closing{text, from[0]}, err
}

// A closing reader closes what it reads from.
type closing struct {
	io.Reader
	io.Closer
}
