package formats

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/neokeys/neokeys/internal/text"
)

// A Joined is text that is put together from parts of a file.
type Joined struct {
	Text []byte
	// at is where in the file each byte of Text is written, and where the one after it is.
	at []text.Span
}

// Source returns the part of the file that Text[s.Start:s.End], which is not empty, is written as.
func (j *Joined) Source(s text.Span) text.Span {
	return text.Span{Start: j.at[s.Start].Start, End: j.at[s.End-1].End}
}

// A Notebook is the code of a notebook of Jupyter, all cells joined.
type Notebook struct {
	Language string // in lower case; "python" where the notebook does not say
	Code     Joined
	Shell    Joined // what the cells run in a shell: !command, %%bash
}

// ReadNotebook reads a notebook of Jupyter, as far as it is one.
func ReadNotebook(src []byte) *Notebook {
	r := &notebookReader{src: src, json: json.NewDecoder(bytes.NewReader(src)), book: &Notebook{Language: "python"}}
	r.json.UseNumber()
	r.value("", nil, 0)
	return r.book
}

type notebookReader struct {
	src  []byte
	json *json.Decoder
	book *Notebook
}

// A cell is an object that may be one: what it says of its type, and the strings of its source.
type cell struct {
	kind   string
	source []text.Span
}

// maxNested is how deep a notebook's objects may be nested.
const maxNested = 32

// value reads the next value, that of key in the object c. It returns false where the file ends
// or is no JSON.
func (r *notebookReader) value(key string, c *cell, depth int) bool {
	tok, err := r.json.Token()
	if err != nil || depth > maxNested {
		return false
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '[' {
			for r.json.More() {
				if !r.value(key, c, depth+1) {
					return false
				}
			}
		} else if !r.object(depth) {
			return false
		}
		_, err = r.json.Token()
		return err == nil
	case string:
		switch {
		case c == nil:
		case key == "cell_type":
			c.kind = v
		case key == "source", key == "input":
			c.source = append(c.source, r.lastString())
		case key == "language", key == "name" && (v == "R" || v == "julia"):
			r.book.Language = strings.ToLower(v)
		}
	}
	return true
}

func (r *notebookReader) object(depth int) bool {
	c := &cell{}
	for r.json.More() {
		key, err := r.json.Token()
		if err != nil {
			return false
		}
		name, _ := key.(string)
		if !r.value(name, c, depth+1) {
			return false
		}
	}
	if c.kind == "code" {
		r.book.add(r.src, c.source)
	}
	return true
}

// lastString returns where the string stands, without its quotes, that was read last.
func (r *notebookReader) lastString() text.Span {
	end := int(r.json.InputOffset()) - 1
	start := end
	for start > 0 {
		start = bytes.LastIndexByte(r.src[:start], '"')
		if start < 0 {
			return text.Span{Start: end, End: end}
		}
		if escapes := start - len(bytes.TrimRight(r.src[:start], `\`)); escapes%2 == 0 {
			return text.Span{Start: start + 1, End: end}
		}
	}
	return text.Span{Start: end, End: end}
}

// add adds the source of a cell.
func (n *Notebook) add(src []byte, source []text.Span) {
	var cell Joined
	for _, s := range source {
		cell.unescape(src, s)
	}
	end := text.Span{}
	if len(cell.at) > 0 {
		end = cell.at[len(cell.at)-1]
	}
	if !bytes.HasSuffix(cell.Text, []byte("\n")) {
		cell.add('\n', end)
	}
	if first := bytes.TrimSpace(cell.Text); bytes.HasPrefix(first, []byte("%%")) {
		head, _, _ := bytes.Cut(first[2:], []byte("\n"))
		if fields := bytes.Fields(head); len(fields) > 0 && (string(fields[0]) == "bash" || string(fields[0]) == "sh" || string(fields[0]) == "script") {
			at := bytes.IndexByte(cell.Text, '\n') + 1
			n.Shell.join(cell, at, len(cell.Text))
			return
		}
	}
	for pos := 0; pos < len(cell.Text); {
		end := text.LineEnd(cell.Text, pos)
		switch line := bytes.TrimLeft(cell.Text[pos:end], " \t"); {
		case bytes.HasPrefix(line, []byte("!")):
			n.Shell.join(cell, end-len(line)+1, min(end+1, len(cell.Text)))
		case bytes.HasPrefix(line, []byte("%")):
		default:
			n.Code.join(cell, pos, min(end+1, len(cell.Text)))
		}
		pos = end + 1
	}
}

func (j *Joined) add(c byte, at text.Span) {
	j.Text, j.at = append(j.Text, c), append(j.at, at)
}

// join appends part of another.
func (j *Joined) join(from Joined, start, end int) {
	j.Text, j.at = append(j.Text, from.Text[start:end]...), append(j.at, from.at[start:end]...)
}

// escapes are those of JSON that stand for one byte.
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', '"': '"', '\\': '\\', '/': '/'}

// unescape appends what the string of JSON at s stands for.
func (j *Joined) unescape(src []byte, s text.Span) {
	for i := s.Start; i < s.End; i++ {
		if src[i] != '\\' || i+1 >= s.End {
			j.add(src[i], text.Span{Start: i, End: i + 1})
			continue
		}
		if c, ok := escapes[src[i+1]]; ok {
			j.add(c, text.Span{Start: i, End: i + 2})
			i++
			continue
		}
		const size = len(`\u0000`)
		if i+size > s.End {
			return
		}
		code, err := strconv.ParseUint(string(src[i+2:i+size]), 16, 16)
		if err != nil {
			return
		}
		for _, c := range utf8.AppendRune(nil, rune(code)) {
			j.add(c, text.Span{Start: i, End: i + size})
		}
		i += size - 1
	}
}
