package sourcemap

import (
	"context"
	"fmt"
	"io"
)

const (
	// maxName is how much of a source's name is kept, in bytes.
	maxName = 4 << 10
	// maxSections is how many sections an index map may have: their offsets are kept.
	maxSections = 100_000
)

// A visitor is given the parts of a map, in the order in which they are there, and reads
// those that it wants. Of a map that has no sections the section is 0.
type visitor interface {
	root(section int, text string)
	source(l *lexer, id sourceID) error
	content(l *lexer, id sourceID) error
	// mappings reads those of text that begins at offset in the bundle.
	mappings(l *lexer, section int, offset position) error
}

// A walker goes through a map.
type walker struct {
	visit visitor
	// offsets are where the sections begin, as far as they are known. One that comes behind
	// its section's map is late: it is known when the map is read again.
	offsets []position
	known   []bool
	late    bool
}

// walk reads the map from its beginning.
func (w *walker) walk(ctx context.Context, m io.ReadSeeker) error {
	if _, err := m.Seek(0, io.SeekStart); err != nil {
		return err
	}
	l := newLexer(ctx, m)
	// A line before the JSON that keeps other pages from running it as a script; see
	// ECMA-426, "ParseSourceMap".
	if head, _ := l.r.Peek(3); string(head) == ")]}" {
		for c := byte(0); c != '\n'; {
			text, err := l.window()
			if err != nil {
				return err
			}
			c = text[0]
			l.drop(1)
		}
	} else if string(head) == "\ufeff" {
		l.drop(len(head))
	}
	return w.sourceMap(l, 0, true)
}

// sourceMap reads a map, or that of a section.
func (w *walker) sourceMap(l *lexer, section int, top bool) error {
	return l.object(func(name string) error {
		c, err := l.next()
		if err != nil {
			return err
		}
		switch {
		case name == "version" && '0' <= c && c <= '9':
			n, err := l.number()
			if err != nil {
				return err
			}
			if n != 3 {
				return fmt.Errorf("it is a source map of version %d, and only 3 is known", n)
			}
			return nil
		case name == "sourceRoot" && c == '"':
			text, err := l.text(maxName)
			w.visit.root(section, text)
			return err
		case name == "sources" && c == '[':
			return w.strings(l, section, w.visit.source)
		case name == "sourcesContent" && c == '[':
			return w.strings(l, section, w.visit.content)
		case name == "mappings" && c == '"':
			return w.visit.mappings(l, section, w.offset(section))
		case name == "sections" && c == '[' && top:
			return l.array(func(i int) error { return w.section(l, i) })
		}
		return l.skip()
	})
}

// strings reads an array of strings, some of which may be null.
func (w *walker) strings(l *lexer, section int, visit func(*lexer, sourceID) error) error {
	return l.array(func(i int) error {
		c, err := l.next()
		if err != nil {
			return err
		}
		if c != '"' {
			return l.skip()
		}
		return visit(l, sourceID{section, i})
	})
}

func (w *walker) section(l *lexer, i int) error {
	if i >= maxSections {
		return fmt.Errorf("it has more than %d sections", maxSections)
	}
	if i == len(w.offsets) {
		w.offsets, w.known = append(w.offsets, position{}), append(w.known, false)
	}
	mapped := false
	return l.object(func(name string) error {
		c, err := l.next()
		if err != nil {
			return err
		}
		switch {
		case name == "offset" && c == '{':
			w.late = w.late || mapped && !w.known[i]
			w.known[i] = true
			return l.object(func(name string) error {
				n := &w.offsets[i].line
				if name == "column" {
					n = &w.offsets[i].column
				} else if name != "line" {
					return l.skip()
				}
				*n, err = l.number()
				return err
			})
		case name == "map" && c == '{':
			mapped = true
			return w.sourceMap(l, i, false)
		}
		return l.skip()
	})
}

// offset returns where a section begins.
func (w *walker) offset(section int) position {
	if section < len(w.offsets) {
		return w.offsets[section]
	}
	return position{}
}
