package sqlite

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"
)

// varint reads a number of up to nine bytes: section 1.6. n is 0 if there is none.
func varint(b []byte) (v uint64, n int) {
	for n < 8 && n < len(b) {
		v = v<<7 | uint64(b[n]&0x7f)
		n++
		if b[n-1] < 0x80 {
			return v, n
		}
	}
	if n == 8 && len(b) > 8 {
		return v<<8 | uint64(b[8]), 9
	}
	return 0, 0
}

// row reads the cell at page[at]: the size of its record, in a table its key, and the record,
// of which the end may be on pages of its own. left counts the bytes that can yet be in the
// page: cells may not lie on each other.
func (d *Database) row(kind byte, page []byte, at int, left *int, each func([][]byte, error) error) error {
	size, n := varint(page[at:])
	at += n
	most := (d.usable-12)*64/255 - 23 // of a record in the page: section 1.6
	if kind == leafTable && n > 0 {
		_, n = varint(page[at:])
		at += n
		most = d.usable - 35
	}
	if n == 0 {
		return ErrDamaged
	}
	kept := int(size)
	if size > uint64(most) {
		least := (d.usable-12)*32/255 - 23
		kept = least + int((size-uint64(least))%uint64(d.usable-4))
		if kept > most {
			kept = least
		}
	}
	if *left -= kept; *left < 0 || at+kept > len(page) {
		return ErrDamaged
	}
	if size <= uint64(most) {
		return d.record(page[at:at+kept], nil, each)
	}
	if at+kept+4 > len(page) {
		return ErrDamaged
	}
	text, err := d.overflow(page[at:at+kept], size, binary.BigEndian.Uint32(page[at+kept:]))
	return d.record(text, err, each)
}

// overflow returns a record of size bytes of which begin is the beginning and the rest is on
// page next and those that follow it: section 1.7.
func (d *Database) overflow(begin []byte, size uint64, next uint32) (text []byte, err error) {
	text = append(text, begin...)
	if size > maxRecord {
		size, err = maxRecord, ErrTooLong
	}
	for uint64(len(text)) < size {
		page, readErr := d.read(next, maxDepth)
		if d.overflowed++; readErr != nil || d.overflowed > 4*uint64(d.pages) {
			return text, ErrDamaged
		}
		n := min(size-uint64(len(text)), uint64(d.usable-4))
		text = append(text, page[4:4+n]...)
		next = binary.BigEndian.Uint32(page)
	}
	return text, err
}

// record takes a record apart: section 2.1. err is that text is only its beginning.
func (d *Database) record(text []byte, err error, each func([][]byte, error) error) error {
	size, n := varint(text)
	if n == 0 || size < uint64(n) || size > uint64(len(text)) {
		return ErrDamaged
	}
	types, body := text[n:size], text[size:]
	var cells [][]byte
	for len(types) > 0 {
		kind, n := varint(types)
		if n == 0 {
			return ErrDamaged
		}
		types = types[n:]
		length := lengthOf(kind)
		if length > uint64(len(body)) {
			if err == nil {
				err = ErrDamaged
			}
			length = uint64(len(body))
			if kind < 12 {
				break
			}
		}
		cells = append(cells, d.cell(kind, body[:length]))
		body = body[length:]
	}
	return each(cells, err)
}

// lengthOf returns how many bytes a value of the serial type takes.
func lengthOf(kind uint64) uint64 {
	switch {
	case kind >= 12:
		return (kind - 12) / 2
	case kind < 5:
		return kind
	case kind == 5:
		return 6
	case kind < 8:
		return 8
	}
	return 0
}

// cell returns the text of a value.
func (d *Database) cell(kind uint64, body []byte) []byte {
	switch {
	case kind >= 12 && kind%2 == 1:
		return d.text(body)
	case kind >= 12:
		return body
	case kind == 0 || kind > 9:
		return nil
	case kind == 7:
		return strconv.AppendFloat(nil, math.Float64frombits(binary.BigEndian.Uint64(body)), 'g', 15, 64)
	case kind >= 8:
		return []byte{'0' + byte(kind-8)}
	}
	v := int64(int8(body[0]))
	for _, c := range body[1:] {
		v = v<<8 | int64(c)
	}
	return strconv.AppendInt(nil, v, 10)
}

// text returns a text in UTF-8.
func (d *Database) text(body []byte) []byte {
	if d.wide == nil {
		return body
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = d.wide.Uint16(body[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// parseInt returns the number of a page, 0 if it is none.
func parseInt(cell []byte) uint32 {
	v, err := strconv.ParseUint(string(cell), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(v)
}
