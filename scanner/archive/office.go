package archive

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// Office programs keep documents as XML in a zip, and cut text anywhere: where its look
// changes, where a spelling was looked at, between cells. An officeText is what such a part
// of a document reads as: a paragraph is a line, and a table's or sheet's row is one, too.
//
// The names are those of ECMA-376 (w: of documents, a: of slides, and of sheets) and of
// OASIS OpenDocument 1.3 (text:, table:), by what stands behind the colon.

// officeRoots are the elements that a part with text begins with.
var officeRoots = map[string]bool{
	"document": true, "hdr": true, "ftr": true, "comments": true, "footnotes": true, "endnotes": true, // documents
	"sld": true, "notes": true, // slides
	"sst": true, "worksheet": true, // sheets
	"document-content": true, "document-styles": true, // OpenDocument
}

// isOffice reports whether head begins a part of an office document.
func isOffice(head []byte) bool {
	office, _ := officeRoot(head)
	return office
}

// officeRoot is isOffice. decided says whether whatever follows head makes no difference.
func officeRoot(head []byte) (office, decided bool) {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	for bytes.HasPrefix(head, []byte("<?")) || bytes.HasPrefix(head, []byte("<!--")) {
		if bytes.HasPrefix(head, []byte("<?php")) { // a program, of whatever it makes
			return false, true
		}
		n := bytes.IndexByte(head, '>')
		if n < 0 {
			return false, false
		}
		head = bytes.TrimLeft(head[n+1:], " \t\r\n")
	}
	if len(head) == 0 || head[0] != '<' {
		return false, len(head) > 0
	}
	head = head[1:]
	n := bytes.IndexAny(head, " \t\r\n/>")
	if n <= 0 {
		return false, n == 0
	}
	name := head[:n]
	prefixed := bytes.IndexByte(name, ':') >= 0
	name = name[bytes.IndexByte(name, ':')+1:]
	plain := string(name) == "sst" || string(name) == "worksheet" || string(name) == "comments"
	return officeRoots[string(name)] && (prefixed || plain), true
}

// maxOfficeRow is how long a row or a paragraph may be before it is cut, in bytes.
const maxOfficeRow = 1 << 20

// An officeText reads the text of a part of an office document.
type officeText struct {
	xml   *xml.Decoder
	token *tokenReader
	cells [][]byte
	cell  []byte
	size  int  // of the row
	inRow int  // how many rows the place is in
	text  bool // the place is in an element that holds text
	sheet bool // of shared strings, of which one may be the name of the next
	line  []byte
	err   error
}

func newOfficeText(r io.Reader) *officeText {
	o := &officeText{token: &tokenReader{Reader: bufio.NewReader(r)}}
	o.xml = xml.NewDecoder(o.token)
	o.xml.Strict = false
	o.xml.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return o
}

// Read implements io.Reader.
func (o *officeText) Read(p []byte) (int, error) {
	for len(o.line) == 0 {
		if o.err != nil {
			return 0, o.err
		}
		o.line = o.line[:0]
		if o.err = o.step(); o.err != nil {
			o.endCell()
			o.endRow()
		}
	}
	n := copy(p, o.line)
	o.line = o.line[n:]
	return n, nil
}

// maxToken is how long a tag or a text may be, in bytes: it is held in memory as a whole.
const maxToken = 4 << 20

var errToken = errors.New("a tag or a text in it is too long")

// A tokenReader bounds how much is read for one token.
type tokenReader struct {
	*bufio.Reader
	read int
}

// ReadByte implements io.ByteReader, by which a decoder of XML reads.
func (t *tokenReader) ReadByte() (byte, error) {
	if t.read++; t.read > maxToken {
		return 0, errToken
	}
	return t.Reader.ReadByte()
}

// step reads on to the next line, or for some time.
func (o *officeText) step() error {
	for range 1000 {
		o.token.read = 0
		token, err := o.xml.RawToken()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			o.start(token.Name)
		case xml.EndElement:
			o.end(token.Name)
		case xml.CharData:
			o.add(token)
		}
		if len(o.line) > 0 {
			return nil
		}
	}
	return nil
}

// add adds text to the cell.
func (o *officeText) add(text []byte) {
	if o.text && o.size < maxOfficeRow {
		o.cell = append(o.cell, text...)
		o.size += len(text)
	}
}

func (o *officeText) start(name xml.Name) {
	switch name.Local {
	case "t", "v", "instrText", "delText":
		o.text = true
	case "p", "h":
		o.text = name.Space == "text"
	case "tab":
		o.cell = append(o.cell, '\t')
	case "br", "cr", "line-break":
		o.cell = append(o.cell, '\n')
	case "tr", "row", "table-row":
		o.inRow++
	case "sst":
		o.sheet = true
	}
}

func (o *officeText) end(name xml.Name) {
	switch name.Local {
	case "t", "v", "instrText", "delText":
		o.text = false
	case "p", "h":
		o.text = false
		o.endCell()
	case "is", "c", "si":
		o.endCell()
	case "tr", "row", "table-row":
		o.inRow = max(0, o.inRow-1)
	}
	// A shared string may be the name of the next one: both wait for that.
	if o.inRow == 0 && !o.sheet || len(o.cells) > 1 && o.sheet {
		o.endRow()
	}
}

func (o *officeText) endCell() {
	if len(o.cell) > 0 {
		o.cells = append(o.cells, o.cell)
		o.cell = nil
	}
}

// endRow makes a line of the cells.
func (o *officeText) endRow() {
	if len(o.cells) == 0 {
		return
	}
	if o.sheet && len(o.cells) > 1 && separator(o.cells[0], o.cells[1]) == "\t" {
		o.line = appendRow(o.line, nil, o.cells[:1])
		o.cells = o.cells[1:]
		o.size = len(o.cells[0])
		return
	}
	o.line = appendRow(o.line, nil, o.cells)
	o.cells, o.size = o.cells[:0], 0
}
