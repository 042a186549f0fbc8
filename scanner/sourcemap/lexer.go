package sourcemap

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// errSyntax is of a text that is no JSON, or not that of a source map.
var errSyntax = errors.New("it is not a source map: its JSON is damaged or of another kind")

// maxDepth bounds how many arrays and objects may be in one another.
const maxDepth = 1000

// A lexer reads JSON (RFC 8259) from a stream without holding more of it than a buffer: a
// map's mappings and each of its sources are strings of any length.
type lexer struct {
	ctx context.Context
	r   *bufio.Reader
	pos int64 // offset in the map of what is read next
	// room is for the character of an escape.
	room []byte
}

func newLexer(ctx context.Context, r io.Reader) *lexer {
	return &lexer{ctx: ctx, r: bufio.NewReaderSize(r, 64<<10)}
}

// window returns what is in the buffer, at least a byte of it.
func (l *lexer) window() ([]byte, error) {
	if l.r.Buffered() == 0 {
		if err := l.ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := l.r.Peek(1); err != nil {
			if errors.Is(err, io.EOF) {
				err = errSyntax
			}
			return nil, err
		}
	}
	return l.r.Peek(l.r.Buffered())
}

// drop passes over n bytes that are in the buffer.
func (l *lexer) drop(n int) {
	_, _ = l.r.Discard(n)
	l.pos += int64(n)
}

// next returns the first byte of the next token, and leaves it to be read.
func (l *lexer) next() (byte, error) {
	for {
		w, err := l.window()
		if err != nil {
			return 0, err
		}
		rest := bytes.TrimLeft(w, " \t\r\n")
		l.drop(len(w) - len(rest))
		if len(rest) > 0 {
			return rest[0], nil
		}
	}
}

// take passes over a token of one byte.
func (l *lexer) take(want byte) error {
	c, err := l.next()
	if err != nil {
		return err
	}
	if c != want {
		return errSyntax
	}
	l.drop(1)
	return nil
}

// object calls member with the name of each of an object's members; it reads the value.
func (l *lexer) object(member func(name string) error) error {
	return l.list('{', '}', func(int) error {
		name, err := l.text(64)
		if err != nil {
			return err
		}
		if err := l.take(':'); err != nil {
			return err
		}
		return member(name)
	})
}

// array calls element with the index of each of an array's elements; it reads the value.
func (l *lexer) array(element func(i int) error) error { return l.list('[', ']', element) }

func (l *lexer) list(open, end byte, item func(i int) error) error {
	if err := l.take(open); err != nil {
		return err
	}
	c, err := l.next()
	if err != nil {
		return err
	}
	for i := 0; c != end; i++ {
		if err := item(i); err != nil {
			return err
		}
		if c, err = l.next(); err != nil {
			return err
		}
		if c == ',' {
			l.drop(1)
		} else if c != end {
			return errSyntax
		}
	}
	l.drop(1)
	return nil
}

// text returns a string, or its first bytes if there are more than most.
func (l *lexer) text(most int) (string, error) {
	var b []byte
	err := l.string(func(piece []byte, _ int64, _ int) error {
		if room := most - len(b); room > 0 {
			b = append(b, piece[:min(room, len(piece))]...)
		}
		return nil
	})
	return string(b), err
}

// string calls piece with one part of a string after another. A part stands at an offset of
// the map, and takes so many bytes there: as many as it has itself, or those of one escape.
func (l *lexer) string(piece func(text []byte, at int64, size int) error) error {
	if err := l.take('"'); err != nil {
		return err
	}
	for {
		w, err := l.window()
		if err != nil {
			return err
		}
		n := 0
		for n < len(w) && w[n] != '"' && w[n] != '\\' {
			n++
		}
		if n > 0 {
			if err := piece(w[:n], l.pos, n); err != nil {
				return err
			}
		}
		if n == len(w) {
			l.drop(n)
			continue
		}
		end := w[n] == '"'
		l.drop(n)
		if end {
			l.drop(1)
			return nil
		}
		at := l.pos
		text, err := l.escape()
		if err != nil {
			return err
		}
		if err := piece(text, at, int(l.pos-at)); err != nil {
			return err
		}
	}
}

// escapes are the letters after a backslash; escaped is what they stand for.
const escapes = `ntr"\/bf`

var escaped = []byte("\n\t\r\"\\/\b\f")

// escape reads an escape, or two that are one character.
func (l *lexer) escape() ([]byte, error) {
	w, err := l.r.Peek(2)
	if err != nil {
		return nil, errSyntax
	}
	if w[1] != 'u' {
		i := strings.IndexByte(escapes, w[1])
		if i < 0 {
			return nil, errSyntax
		}
		l.drop(2)
		return escaped[i : i+1], nil
	}
	r, ok := l.unit(0)
	if !ok {
		return nil, errSyntax
	}
	size := 6
	if utf16.IsSurrogate(r) {
		low, ok := l.unit(6)
		if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
			r, size = pair, 12
		} else {
			r = utf8.RuneError
		}
	}
	l.drop(size)
	l.room = utf8.AppendRune(l.room[:0], r)
	return l.room, nil
}

// unit returns the UTF-16 unit that \uXXXX stands for, so many bytes ahead.
func (l *lexer) unit(ahead int) (rune, bool) {
	w, _ := l.r.Peek(ahead + 6)
	if len(w) < ahead+6 || w[ahead] != '\\' || w[ahead+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(w[ahead+2:ahead+6]), 16, 32)
	return rune(n), err == nil
}

// number returns a whole number that is no less than 0.
func (l *lexer) number() (int, error) {
	c, err := l.next()
	n := 0
	for err == nil && '0' <= c && c <= '9' {
		n = min(n*10+int(c-'0'), maxInt32)
		l.drop(1)
		var w []byte
		if w, err = l.window(); err == nil {
			c = w[0]
		}
	}
	return n, err
}

// skip passes over a value, whatever it is.
func (l *lexer) skip() error {
	for depth := 0; ; {
		c, err := l.next()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			if err := l.string(func([]byte, int64, int) error { return nil }); err != nil {
				return err
			}
		case '{', '[':
			if depth++; depth > maxDepth {
				return errSyntax
			}
			l.drop(1)
			continue
		case '}', ']':
			if depth--; depth < 0 {
				return errSyntax
			}
			l.drop(1)
		case ',', ':':
			if depth == 0 {
				return errSyntax
			}
			l.drop(1)
			continue
		default:
			if err := l.word(); err != nil {
				return err
			}
		}
		if depth == 0 {
			return nil
		}
	}
}

// word passes over a number, true, false or null.
func (l *lexer) word() error {
	for read := 0; ; {
		w, err := l.window()
		if err != nil {
			return err
		}
		n := 0
		for n < len(w) && (isAlnum(w[n]) || w[n] == '+' || w[n] == '-' || w[n] == '.') {
			n++
		}
		l.drop(n)
		if read += n; n < len(w) {
			if read == 0 {
				return errSyntax
			}
			return nil
		}
	}
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
