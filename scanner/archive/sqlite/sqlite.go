// Package sqlite reads the rows of SQLite databases: of each table what its records hold,
// without a database engine. It follows https://www.sqlite.org/fileformat2.html and
// https://www.sqlite.org/walformat.html, by section below.
//
// A database is hostile input. Each page is read once as a part of a tree, and memory is
// bounded by the limits below whatever the file claims.
package sqlite

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// Magic begins every database: section 1.3.1.
const Magic = "SQLite format 3\x00"

const (
	headerSize = 100
	maxDepth   = 20       // of a tree; with the smallest pages that is far more than the largest file
	maxRecord  = 16 << 20 // bytes of a record that are read
	maxTables  = 100_000  // that are listed
	minUsable  = 480      // bytes of a page: section 1.3.4
)

// The kinds of a page: section 1.6. A table that is WITHOUT ROWID is kept as an index is.
const (
	innerIndex = 2
	innerTable = 5
	leafIndex  = 10
	leafTable  = 13
)

// ErrDamaged says that a file is not made as the format says.
var ErrDamaged = errors.New("the database is damaged")

// ErrTooLong says that a record is longer than what is read of one.
var ErrTooLong = errors.New("a row is too long to be read")

// A Database is an open file.
type Database struct {
	file     io.ReaderAt
	pageSize int
	usable   int // bytes of a page without those reserved at its end
	pages    uint32
	wide     binary.ByteOrder // of text in UTF-16; nil for UTF-8
	seen     []uint64         // a bit for each page that was visited
	frames   map[uint32]int64 // where the pages of a log are; nil for a database
	// overflowed counts the pages that were read for the ends of records. In a log, where a
	// page has several versions, the same ones may be met again.
	overflowed uint64
	// page has room for a page at each depth of a tree, and one for the rest of a record.
	page [maxDepth + 1][]byte
}

// Open reads the header of a file of size bytes.
func Open(file io.ReaderAt, size int64) (*Database, error) {
	header := make([]byte, headerSize)
	if _, err := file.ReadAt(header, 0); err != nil || string(header[:len(Magic)]) != Magic {
		return nil, ErrDamaged
	}
	d := &Database{file: file, pageSize: int(binary.BigEndian.Uint16(header[16:]))}
	if d.pageSize == 1 {
		d.pageSize = 1 << 16 // section 1.3.2
	}
	d.usable = d.pageSize - int(header[20])
	if !d.sound() {
		return nil, ErrDamaged
	}
	switch binary.BigEndian.Uint32(header[56:]) { // section 1.3.13
	case 2:
		d.wide = binary.LittleEndian
	case 3:
		d.wide = binary.BigEndian
	}
	d.pages = uint32(min(size/int64(d.pageSize), 1<<32-2))
	d.seen = make([]uint64, d.pages/64+1)
	return d, nil
}

// A Table is a tree of rows.
type Table struct {
	Name string
	// SQL made the table.
	SQL  string
	root uint32
}

// Columns returns the names of the columns in the order in which a row has them, as the statement
// says that made the table; none if it does not say that plainly.
func (t Table) Columns() (names []string) {
	_, list, ok := strings.Cut(t.SQL, "(")
	if !ok || len(t.SQL) > maxSQL || strings.Contains(strings.ToLower(t.SQL), "without") { // there, the key is first
		return nil
	}
	depth, start := 0, 0
	for i, c := range list {
		switch {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth == 0 && (c == ',' || c == ')'):
			fields := strings.Fields(list[start:i])
			if len(fields) == 0 {
				return nil
			}
			names = append(names, strings.Trim(fields[0], "\"`[]'"))
			start = i + 1
			if c == ')' {
				return names
			}
		}
	}
	return names
}

// maxSQL bounds the length of a statement that is looked at, in bytes.
const maxSQL = 64 << 10

// sound reports whether the sizes of a page make sense.
func (d *Database) sound() bool {
	return d.pageSize >= 512 && d.pageSize <= 1<<16 && d.pageSize&(d.pageSize-1) == 0 && d.usable >= minUsable
}

// Tables returns the tables that the schema lists. With an error there may be more.
func (d *Database) Tables() ([]Table, error) {
	var tables []Table
	err := d.walk(1, 0, func(cells [][]byte, _ error) error {
		// type, name, tbl_name, rootpage, sql: section 2.6
		if len(cells) < 5 || string(cells[0]) != "table" || len(tables) >= maxTables {
			return nil
		}
		if root := parseInt(cells[3]); root > 1 {
			tables = append(tables, Table{Name: string(cells[1]), SQL: string(cells[4]), root: root})
		}
		return nil
	})
	return tables, err
}

// Rows calls each for the rows of a table, in order. Each cell is its text, numbers as
// SQLite prints them and blobs as they are; nil is NULL. The cells may be used until each
// returns. err is that not all of the row could be read. Rows returns the error of each.
func (d *Database) Rows(t Table, each func(cells [][]byte, err error) error) error {
	return d.walk(t.root, 0, each)
}

// offset returns where a page is in the file, -1 if it is not there.
func (d *Database) offset(number uint32) int64 {
	switch at, ok := d.frames[number]; {
	case d.frames != nil && ok:
		return at
	case d.frames != nil || number == 0 || number > d.pages:
		return -1
	}
	return int64(number-1) * int64(d.pageSize)
}

// read reads a page into memory for the depth that it is at, unless it was read before.
func (d *Database) read(number uint32, depth int) ([]byte, error) {
	at := d.offset(number)
	if at < 0 {
		return nil, ErrDamaged
	}
	if d.frames == nil {
		bit := uint64(1) << (number % 64)
		if d.seen[number/64]&bit != 0 {
			return nil, ErrDamaged
		}
		d.seen[number/64] |= bit
	}
	return d.readAt(at, depth)
}

func (d *Database) readAt(at int64, depth int) ([]byte, error) {
	if d.page[depth] == nil {
		d.page[depth] = make([]byte, d.pageSize)
	}
	if _, err := d.file.ReadAt(d.page[depth], at); err != nil {
		return nil, ErrDamaged
	}
	return d.page[depth], nil
}

// walk visits the rows of the tree below a page. What is damaged in it is passed over and
// said at the end.
func (d *Database) walk(number uint32, depth int, each func([][]byte, error) error) error {
	if depth >= maxDepth {
		return ErrDamaged
	}
	page, err := d.read(number, depth)
	if err != nil {
		return err
	}
	header := page
	if number == 1 {
		header = page[headerSize:]
	}
	return d.cells(page, header, depth, each)
}

// cells visits the cells of a page, and the pages below it: section 1.6.
func (d *Database) cells(page, header []byte, depth int, each func([][]byte, error) error) (damage error) {
	kind, pointers := header[0], header[8:]
	inner := kind == innerTable || kind == innerIndex
	if inner {
		pointers = header[12:]
	} else if kind != leafTable && kind != leafIndex {
		return ErrDamaged
	}
	be := binary.BigEndian
	right := be.Uint32(header[8:])
	left := d.usable // bytes of records that there can be in the page
	for i := range int(be.Uint16(header[3:])) {
		if 2*i+2 > len(pointers) {
			return ErrDamaged
		}
		at := int(be.Uint16(pointers[2*i:]))
		var err error
		switch {
		case at+4 > d.usable || left <= 0:
			err = ErrDamaged
		case inner && d.frames == nil:
			err = d.walk(be.Uint32(page[at:]), depth+1, each)
		}
		if stop := passOver(err, &damage); stop != nil {
			return stop
		}
		if err == nil && kind != innerTable {
			if inner {
				at += 4
			}
			if stop := passOver(d.row(kind, page[:d.usable], at, &left, each), &damage); stop != nil {
				return stop
			}
		}
	}
	if inner && d.frames == nil {
		if stop := passOver(d.walk(right, depth+1, each), &damage); stop != nil {
			return stop
		}
	}
	return damage
}

// passOver notes damage and returns any other error.
func passOver(err error, damage *error) error {
	if errors.Is(err, ErrDamaged) {
		*damage = err
		return nil
	}
	return err
}
