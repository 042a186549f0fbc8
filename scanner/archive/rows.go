package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
	"github.com/neokeys/neokeys/scanner/archive/sqlite"
)

// sqliteTables visits the tables of a database: a row is a line.
func sqliteTables(whole Whole, visit func(Member) error) error {
	d, err := sqlite.Open(whole.At, whole.Size)
	if err != nil {
		return err
	}
	tables, err := d.Tables()
	if err != nil && !errors.Is(err, sqlite.ErrDamaged) {
		return err
	}
	for _, t := range tables {
		r := newRowReader(t.Columns(), func(each func([][]byte, error) error) error { return d.Rows(t, each) })
		visitErr := visit(Member{Name: memberName(t.Name), Reader: r})
		r.close()
		if visitErr == nil && r.packed {
			visitErr = tableBlobs(whole, t, visit)
		}
		if visitErr != nil {
			return visitErr
		}
	}
	return err
}

// tableBlobs visits what is packed in a table's cells.
func tableBlobs(whole Whole, t sqlite.Table, visit func(Member) error) error {
	d, err := sqlite.Open(whole.At, whole.Size) // each page is read once
	if err != nil {
		return err
	}
	return visitBlobs(t.Name, t.Columns(), func(each func([][]byte, error) error) error { return d.Rows(t, each) }, visit)
}

// sqliteLog visits the rows of a database's write-ahead log, which says nothing of tables.
func sqliteLog(whole Whole, visit func(Member) error) error {
	d, err := sqlite.OpenLog(whole.At, whole.Size)
	if err != nil {
		return err
	}
	rows := func(each func([][]byte, error) error) error {
		return d.Pages(func(_ uint32, cells [][]byte, err error) error { return each(cells, err) })
	}
	r := newRowReader(nil, rows)
	err = visit(Member{Name: "rows", Reader: r})
	r.close()
	if err != nil || !r.packed {
		return err
	}
	if d, err = sqlite.OpenLog(whole.At, whole.Size); err != nil {
		return err
	}
	return visitBlobs("rows", nil, rows, visit)
}

// A rowReader reads rows as lines.
type rowReader struct {
	columns []string // what they are called; none if that is not known
	next    func() (row, bool)
	stop    func()
	line    []byte // what is left of the last row
	done    error  // at the end
	packed  bool   // something compressed is in a cell
}

type row struct {
	cells [][]byte
	err   error
}

var errStopped = errors.New("stopped")

func newRowReader(columns []string, rows func(each func([][]byte, error) error) error) *rowReader {
	r := &rowReader{columns: columns, done: io.EOF}
	r.next, r.stop = iter.Pull(func(yield func(row) bool) {
		var damage error
		err := rows(func(cells [][]byte, err error) error {
			if err != nil {
				damage = err
			}
			if !yield(row{cells, err}) {
				return errStopped
			}
			return nil
		})
		if err = errors.Join(err, damage); err != nil {
			r.done = unreadRow(err)
		}
	})
	return r
}

// unreadRow says of a row that was too long for us that it was not read.
func unreadRow(err error) error {
	if errors.Is(err, sqlite.ErrTooLong) {
		return fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return err
}

func (r *rowReader) close() { r.stop() }

// Read implements io.Reader.
func (r *rowReader) Read(p []byte) (int, error) {
	for len(r.line) == 0 {
		row, ok := r.next()
		if !ok {
			return 0, r.done
		}
		r.packed = r.packed || slices.ContainsFunc(row.cells, func(cell []byte) bool { return packedCell(cell) != nil })
		r.line = appendRow(r.line[:0], r.columns, row.cells)
	}
	n := copy(p, r.line)
	r.line = r.line[n:]
	return n, nil
}

// appendRow appends the cells of a row as a line. A name and what is in the next cell become
// an assignment: so rules see that the one is for the other, and so do the name of a column that is
// for Neo and what is in it. Others have tabs between them.
func appendRow(line []byte, columns []string, cells [][]byte) []byte {
	for i, cell := range cells {
		named := i > 0 && text.IndexFold(cells[i-1], "neo") >= 0
		switch column := columnAt(columns, i); {
		case !named && text.IndexFold(column, "neo") >= 0 && separator(column, cell) != "\t":
			if i > 0 {
				line = append(line, '\t')
			}
			line = append(append(line, column...), separator(column, cell)...)
		case i > 0:
			line = append(line, separator(cells[i-1], cell)...)
		}
		for _, c := range cell {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				c = ' '
			}
			line = append(line, c)
		}
	}
	return append(line, '\n')
}

// columnAt returns the name of a column, if there is one.
func columnAt(columns []string, i int) []byte {
	if i < len(columns) {
		return []byte(columns[i])
	}
	return nil
}

const (
	// maxCellName is how long a cell may be that is taken for a name, in bytes.
	maxCellName = 80
	// minCellValue is how long one must be that is taken for a secret.
	minCellValue = 16
)

// separator returns what to put between two cells.
func separator(left, right []byte) string {
	switch {
	case len(right) < minCellValue || bytes.ContainsAny(right, " \t\r\n") || !isCellName(left):
		return "\t"
	case bytes.IndexByte(left, ' ') >= 0:
		return ": "
	}
	return "="
}

func isCellName(cell []byte) bool {
	if len(cell) < 2 || len(cell) > maxCellName {
		return false
	}
	letter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	for _, c := range cell {
		if !letter(c) && (c < '0' || '9' < c) && !strings.ContainsRune("_-. ", rune(c)) {
			return false
		}
	}
	return letter(cell[0])
}
