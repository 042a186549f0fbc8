package archive

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"github.com/neokeys/neokeys/internal/text"
)

// A workbook of Excel has the texts of its cells in one part of it, and in the others the cells,
// which refer to the texts by number (ECMA-376, part 1, section 18.4). A name and its value, which
// stand side by side in a sheet, or under each other, may be far apart there.

const (
	sharedStrings = "xl/sharedStrings.xml"
	sheetFolder   = "xl/worksheets/"
	// maxSheets is how much of a workbook's parts is held in memory, in bytes; deep in archives, less.
	maxSheets = 16 << 20
	// maxSheetColumn and maxSheetRow bound what is looked at of a sheet, and maxSheetText what is made of
	// it, in bytes.
	maxSheetColumn, maxSheetRow, maxSheetText = 256, 1 << 20, 4 << 20
	// maxSheetCell is how much of a cell's text is read: more than a token.
	maxSheetCell = 1 << 10
)

// sheets are the parts of a workbook that were visited.
type sheets struct {
	cells []sheet
	left  int // bytes that may yet be kept
}

// A sheet is a part of a workbook with cells.
type sheet struct {
	name string
	text *keptText
}

// A keptText keeps what is written to it, as far as there is room.
type keptText struct {
	bytes.Buffer
	left *int
}

// Write implements io.Writer.
func (k *keptText) Write(p []byte) (int, error) {
	n := min(len(p), *k.left)
	*k.left -= n
	k.Buffer.Write(p[:n])
	return len(p), nil
}

// keep returns a reader for a member, from which it keeps what it will need.
func (s *sheets) keep(m Member) Member {
	switch {
	case m.Name == sharedStrings, strings.HasPrefix(m.Name, sheetFolder) && strings.HasSuffix(m.Name, ".xml"):
		part := sheet{m.Name, &keptText{left: &s.left}}
		s.cells = append(s.cells, part)
		m.Reader = io.TeeReader(m.Reader, part.text)
	}
	return m
}

// visit visits the rows that say neo of each sheet, a row as the line of its number.
func (s *sheets) visit(visit func(Member) error) error {
	var texts []string
	for _, part := range s.cells {
		if part.name == sharedStrings {
			texts = sharedTexts(part.text.Bytes())
		}
	}
	for _, part := range s.cells {
		if part.name == sharedStrings {
			continue
		}
		if rows := sheetRows(part.text.Bytes(), texts); len(rows) > 0 {
			if err := visit(Member{Name: part.name + " cells", Reader: bytes.NewReader(rows), Again: true}); err != nil {
				return err
			}
		}
	}
	return nil
}

// each calls found with each token of a part of a workbook, as far as it can be read.
func eachToken(part []byte, found func(xml.Token)) {
	tokens := &tokenReader{Reader: bufio.NewReader(bytes.NewReader(part))}
	d := xml.NewDecoder(tokens)
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		tokens.read = 0
		token, err := d.RawToken()
		if err != nil {
			return
		}
		found(token)
	}
}

// sharedTexts returns the texts that cells refer to.
func sharedTexts(part []byte) (texts []string) {
	var item []byte
	inText := false
	eachToken(part, func(token xml.Token) {
		switch token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "t"
		case xml.EndElement:
			inText = false
			if token.Name.Local == "si" {
				texts = append(texts, string(item))
				item = item[:0]
			}
		case xml.CharData:
			if inText && len(item) < maxSheetCell {
				item = append(item, token[:min(len(token), maxSheetCell)]...)
			}
		}
	})
	return texts
}

// A sheetReader makes lines of the rows of a sheet.
type sheetReader struct {
	texts  []string
	names  []string // of the columns: what the first row has in them
	row    int      // from 1
	column int      // from 0
	shared bool     // the cell refers to a text
	inText bool
	cell   []byte
	cells  [][]byte // by column
	lines  []byte
	ended  int // how many lines there are
}

// sheetRows returns the rows of a sheet in which something says neo, or in whose column's name; none
// if no row has that.
func sheetRows(part []byte, texts []string) []byte {
	r := &sheetReader{texts: texts}
	eachToken(part, func(token xml.Token) {
		switch token := token.(type) {
		case xml.StartElement:
			r.start(token)
		case xml.EndElement:
			r.end(token.Name.Local)
		case xml.CharData:
			if r.inText && len(r.cell) < maxSheetCell {
				r.cell = append(r.cell, token[:min(len(token), maxSheetCell)]...)
			}
		}
	})
	return r.lines
}

func (r *sheetReader) start(e xml.StartElement) {
	r.inText = e.Name.Local == "t" || e.Name.Local == "v"
	switch e.Name.Local {
	case "row":
		r.row, r.column, r.cells = r.row+1, -1, nil
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n >= r.row {
			r.row = n
		}
	case "c":
		r.column++
		if n := columnOf(attribute(e, "r")); n >= 0 {
			r.column = n
		}
		r.shared, r.cell = attribute(e, "t") == "s", nil
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// columnOf returns the column of a cell's name, such as B7, from 0; -1 if there is none.
func columnOf(name string) int {
	n := 0
	for i := 0; i < len(name) && text.IsUpper(name[i]) && n < maxSheetColumn; i++ {
		n = 26*n + int(name[i]-'A') + 1
	}
	return n - 1
}

func (r *sheetReader) end(name string) {
	r.inText = false
	switch name {
	case "c":
		if n, err := strconv.Atoi(string(r.cell)); r.shared && err == nil && n >= 0 && n < len(r.texts) {
			r.cell = []byte(r.texts[n])
		}
		if r.column >= 0 && r.column < maxSheetColumn && len(r.cell) > 0 {
			for len(r.cells) <= r.column {
				r.cells = append(r.cells, nil)
			}
			r.cells[r.column] = r.cell
		}
	case "row":
		r.endRow()
	}
}

// endRow makes a line of the row, if something in it says neo.
func (r *sheetReader) endRow() {
	var names []string
	var cells [][]byte
	says := false
	for i, c := range r.cells {
		if len(c) == 0 {
			continue
		}
		name := ""
		if i < len(r.names) {
			name = r.names[i]
		}
		names, cells = append(names, name), append(cells, c)
		says = says || text.IndexFold(c, "neo") >= 0 || text.IndexFold([]byte(name), "neo") >= 0
	}
	if r.names == nil && len(cells) > 0 {
		for _, c := range r.cells {
			r.names = append(r.names, string(c))
		}
	}
	if !says || r.row <= r.ended || r.row > maxSheetRow || len(r.lines) > maxSheetText {
		return
	}
	r.lines = append(r.lines, bytes.Repeat([]byte("\n"), r.row-1-r.ended)...)
	start := len(r.lines)
	r.lines = appendRow(r.lines, names, cells)
	for i, c := range r.lines[start : len(r.lines)-1] {
		if c == '\n' || c == '\r' {
			r.lines[start+i] = ' '
		}
	}
	r.ended = r.row
}
