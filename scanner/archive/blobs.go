package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/neokeys/neokeys/scanner/archive/sqlite"
)

// minBlob is how long a cell is at least that holds something compressed, in bytes.
const minBlob = 18

// packedCell returns what is compressed, or an archive, in a cell of a database; nil if it is neither.
// Programs made with Qt write the size of the text before a stream of zlib.
func packedCell(cell []byte) []byte {
	if len(cell) < minBlob {
		return nil
	}
	if mayPack(cell) {
		if f := Detect(cell); f.Opens() && f.Surely(cell) {
			return cell
		}
	}
	const length = 4
	if rest := cell[length:]; cell[0] == 0 && mayPack(rest) && Detect(rest).Decodes() {
		return rest
	}
	return nil
}

// mayPack looks at the first two bytes only, which are seldom those of something compressed.
func mayPack(cell []byte) bool {
	switch binary.BigEndian.Uint16(cell) {
	case 0x1f8b, 0x7801, 0x785e, 0x789c, 0x78da, 0x28b5, 0xfd37, 0x0422, // gzip, zlib, Zstandard, xz, LZ4
		'B'<<8 | 'Z', 'P'<<8 | 'K', '7'<<8 | 'z':
		return true
	}
	return false
}

// visitBlobs visits the cells of rows that packedCell returns something of. rows is read once more, from
// the beginning, since the rows themselves are a text that ends before the next member begins.
func visitBlobs(name string, columns []string, rows func(each func([][]byte, error) error) error, visit func(Member) error) error {
	n := 0
	var stop error
	err := rows(func(cells [][]byte, _ error) error {
		n++
		for i, cell := range cells {
			packed := packedCell(cell)
			if packed == nil {
				continue
			}
			column := string(columnAt(columns, i))
			if column == "" {
				column = fmt.Sprint("cell ", i+1)
			}
			m := Member{Name: memberName(fmt.Sprintf("%s row %d %s", name, n, column)), Reader: bytes.NewReader(packed), Again: true}
			if stop = visit(m); stop != nil {
				return stop
			}
		}
		return nil
	})
	if stop != nil || errors.Is(err, sqlite.ErrDamaged) || errors.Is(err, sqlite.ErrTooLong) {
		return stop // of damage the rows have said it
	}
	return err
}
