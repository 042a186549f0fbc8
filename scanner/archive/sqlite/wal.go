package sqlite

import (
	"encoding/binary"
	"io"
)

// A log of changes that are not in the database yet begins with a header, and each of its
// pages stands behind one: https://www.sqlite.org/fileformat2.html, section 4.1.
const (
	logHeader   = 32
	frameHeader = 24
	logMagic    = 0x377f0682 // the last bit says how checksums are made
)

// IsLog reports whether head begins a write-ahead log.
func IsLog(head []byte) bool {
	return len(head) >= logHeader && binary.BigEndian.Uint32(head)&^1 == logMagic
}

// OpenLog opens a write-ahead log of size bytes. It has no schema, so that only its Pages can
// be read.
func OpenLog(file io.ReaderAt, size int64) (*Database, error) {
	header := make([]byte, logHeader)
	if _, err := file.ReadAt(header, 0); err != nil || !IsLog(header) {
		return nil, ErrDamaged
	}
	d := &Database{file: file, pageSize: int(binary.BigEndian.Uint32(header[8:])), frames: map[uint32]int64{}}
	if d.usable = d.pageSize; !d.sound() {
		return nil, ErrDamaged
	}
	frame := make([]byte, frameHeader)
	for at := int64(logHeader); at+frameHeader+int64(d.pageSize) <= size; at += frameHeader + int64(d.pageSize) {
		if _, err := file.ReadAt(frame, at); err != nil {
			return nil, ErrDamaged
		}
		d.frames[binary.BigEndian.Uint32(frame)] = at + frameHeader
		d.pages++
	}
	return d, nil
}

// Pages calls each for the rows in each page of a log that holds rows.
func (d *Database) Pages(each func(page uint32, cells [][]byte, err error) error) error {
	frame := make([]byte, frameHeader)
	for i := range d.pages {
		at := logHeader + int64(i)*(frameHeader+int64(d.pageSize))
		if _, err := d.file.ReadAt(frame, at); err != nil {
			return ErrDamaged
		}
		page, err := d.readAt(at+frameHeader, 0)
		if err != nil {
			return err
		}
		number, header := binary.BigEndian.Uint32(frame), page
		if number == 1 {
			header = page[headerSize:]
		}
		err = d.cells(page, header, 0, func(cells [][]byte, err error) error { return each(number, cells, err) })
		var damage error // a page may be one of a record's, or of none
		if err := passOver(err, &damage); err != nil {
			return err
		}
	}
	return nil
}
