package hidden

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// behindScript puts a script as makeself writes it before an archive.
func behindScript(packed []byte) []byte {
	script := "#!/bin/sh\n# This script was generated.\n" + strings.Repeat("echo \"unpacking\"\n", 800) + "exit 0\n"
	return append([]byte(script), packed...)
}

// behindProgram puts a program before an archive that knows how it begins.
func behindProgram(packed []byte) []byte {
	program := "MZ\x90\x00\x03" + strings.Repeat("\x00stub", 20_000) + "7z\xbc\xaf\x27\x1c Rar!\x1a\x07\x01\x00 Rar!\x1a\x07\x00 and more\x00\x00\x00\x00"
	return append([]byte(program), packed...)
}

// behindMicrocode puts what comes first in an initial RAM disk before its main archive.
func behindMicrocode(packed []byte) []byte {
	early := Cpio(map[string]string{"kernel/x86/microcode/GenuineIntel.bin": "\x01\x00\x00\x00microcode"})
	return append(append(early, make([]byte, 512-len(early)%512)...), packed...)
}

// sqliteMost is how long a record may be that lies in one page, in bytes.
const sqliteMost = sqlitePage - 35

const sqlitePage = 4096

// SQLite returns a database with one table, data(name TEXT, body BLOB), with a row for each blob. Each of
// them must fit into a page. (https://www.sqlite.org/fileformat2.html)
func SQLite(blobs ...[]byte) []byte {
	text := func(s string) []byte { return []byte(s) }
	var rows [][]byte
	for i, b := range blobs {
		rows = append(rows, sqliteCell(i+1, sqliteRecord([]uint64{13 + 2*4, 12 + 2*uint64(len(b))}, text("name"), b)))
	}
	sql := "CREATE TABLE data(name TEXT, body BLOB)"
	types := []uint64{13 + 2*5, 13 + 2*4, 13 + 2*4, 1, 13 + 2*uint64(len(sql))}
	schema := sqliteCell(1, sqliteRecord(types, text("table"), text("data"), text("data"), []byte{2}, text(sql)))

	header := make([]byte, 100)
	copy(header, "SQLite format 3\x00")
	be := binary.BigEndian
	be.PutUint16(header[16:], sqlitePage)
	copy(header[18:], "\x01\x01\x00\x40\x20\x20")
	be.PutUint32(header[28:], 2) // pages
	be.PutUint32(header[44:], 4) // format of the schema
	be.PutUint32(header[56:], 1) // UTF-8
	return append(sqliteLeaf(header, schema), sqliteLeaf(nil, rows...)...)
}

// sqliteRecord returns a record of values of some serial types. (Section 2.1.)
func sqliteRecord(types []uint64, values ...[]byte) []byte {
	var list []byte
	for _, t := range types {
		list = sqliteNumber(list, t)
	}
	record := append(sqliteNumber(nil, uint64(len(list)+1)), list...)
	record = append(record, bytes.Join(values, nil)...)
	if len(record) > sqliteMost {
		panic("the record is too long for a page")
	}
	return record
}

// sqliteNumber appends a number of up to two bytes. (Section 1.6.)
func sqliteNumber(b []byte, v uint64) []byte {
	if v > 127 {
		b = append(b, 0x80|byte(v>>7))
	}
	return append(b, byte(v&0x7f))
}

func sqliteCell(row int, record []byte) []byte {
	return append(sqliteNumber(sqliteNumber(nil, uint64(len(record))), uint64(row)), record...)
}

// sqliteLeaf returns a page of a table behind the header of the file, if it is the first. (Section 1.6.)
func sqliteLeaf(header []byte, cells ...[]byte) []byte {
	page := make([]byte, sqlitePage)
	be, at, end := binary.BigEndian, copy(page, header), len(page)
	page[at] = 13 // a leaf of a table
	be.PutUint16(page[at+3:], uint16(len(cells)))
	for i, c := range cells {
		end -= len(c)
		copy(page[end:], c)
		be.PutUint16(page[at+8+2*i:], uint16(end))
	}
	be.PutUint16(page[at+5:], uint16(end))
	return page
}
