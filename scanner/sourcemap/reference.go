package sourcemap

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/url"
	"slices"
	"strings"
)

// A Script is what is known of a bundle from reading it.
type Script struct {
	// Map is the address of its map, as the bundle has it: empty for none, and only "data:" for
	// an inline map, which [Inline] reads.
	Map string
	// MapAt is the offset of the address in the bundle, in bytes.
	MapAt int64
	// Wide counts the characters of two UTF-16 units that are before each of the places that
	// were asked for, on its line.
	Wide []int
}

// maxAddress is how long the address of a map may be.
const maxAddress = 4 << 10

// comment is what is before the address of a map, but for how the comment begins.
const comment = " sourceMappingURL="

// Read reads a bundle to its end. Its lines' wide characters are counted up to offsets,
// which are in order.
func Read(ctx context.Context, r io.ReaderAt, size int64, offsets []int64) (*Script, error) {
	s := &Script{}
	var found []int64 // where addresses may begin, the last few of them
	const overlap = len(comment) + 3
	buf := make([]byte, min(256<<10, max(size, 1)))
	wide := 0
	for base, kept := int64(0), 0; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := r.ReadAt(buf[kept:min(int64(len(buf)), size-base)], base+int64(kept))
		if err != nil && (err != io.EOF || n == 0 && base+int64(kept) < size) {
			return nil, err
		}
		text := buf[:kept+n]
		found = comments(text, base, found)
		fresh, at := text[kept:], base+int64(kept)
		for len(offsets) > 0 && offsets[0] < at+int64(len(fresh)) {
			cut := max(0, int(offsets[0]-at))
			wide = countWide(fresh[:cut], wide)
			fresh, at = fresh[cut:], at+int64(cut)
			s.Wide, offsets = append(s.Wide, wide), offsets[1:]
		}
		wide = countWide(fresh, wide)
		if base+int64(len(text)) >= size || n == 0 {
			break
		}
		kept = min(overlap, len(text))
		base += int64(len(text) - kept)
		copy(buf, text[len(text)-kept:])
	}
	for range offsets {
		s.Wide = append(s.Wide, wide)
	}
	for _, at := range slices.Backward(found) {
		if address, ok := readAddress(r, size, at); ok {
			s.Map, s.MapAt = address, at
			break
		}
	}
	return s, nil
}

// comments adds the offsets of addresses of maps in text, which begins at base.
func comments(text []byte, base int64, found []int64) []int64 {
	const most = 8
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(comment))
		if i < 0 {
			return found
		}
		i += from
		from = i + len(comment)
		before := text[max(0, i-3):i]
		ok := slices.Contains([]string{"//#", "//@", "/*#", "/*@"}, string(before))
		if at := base + int64(from); ok && !slices.Contains(found, at) {
			if found = append(found, at); len(found) > most {
				found = found[1:]
			}
		}
	}
}

// countWide adds the characters of two UTF-16 units behind the last end of a line.
func countWide(text []byte, wide int) int {
	if n := bytes.LastIndexByte(text, '\n'); n >= 0 {
		text, wide = text[n+1:], 0
	}
	for _, c := range text {
		if c >= 0xf0 { // UTF-8's four-byte characters begin so
			wide++
		}
	}
	return wide
}

// readAddress reads the address at an offset. It is to be the last thing on its line: in a
// string, as in webpack's modules for eval, other text follows.
func readAddress(r io.ReaderAt, size, at int64) (address string, ok bool) {
	b := bufio.NewReader(io.NewSectionReader(r, at, size-at))
	inline := false
	var text []byte
	for {
		c, err := b.ReadByte()
		if err != nil || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '*' {
			if err == nil {
				_ = b.UnreadByte()
			}
			break
		}
		if c == '"' || c == '\'' || c == '`' || c == '\\' {
			return "", false
		}
		if !inline {
			text = append(text, c)
			inline = string(text) == inlineScheme
		}
		if len(text) > maxAddress {
			return "", false
		}
	}
	rest, _ := b.Peek(maxAddress)
	rest, _, _ = bytes.Cut(rest, []byte("\n"))
	rest = bytes.TrimSpace(rest)
	end := strings.TrimSpace(strings.TrimPrefix(string(rest), "*/"))
	return string(text), len(text) > 0 && end == ""
}

const inlineScheme = "data:"

// Inline returns a map that is inline in the bundle r, in which its address begins at an
// offset. It is read as a stream, each time from its beginning.
func Inline(r io.ReaderAt, size, at int64) io.ReadSeeker { return &inline{r: r, size: size, at: at} }

type inline struct {
	r        io.ReaderAt
	size, at int64
	text     io.Reader
}

// Seek goes to the beginning, which is the only place that it can go to.
func (d *inline) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errSyntax
	}
	d.text = nil
	return 0, nil
}

func (d *inline) Read(p []byte) (int, error) {
	if d.text == nil {
		b := bufio.NewReaderSize(io.NewSectionReader(d.r, d.at, d.size-d.at), 64<<10)
		head, err := b.Peek(min(256, b.Size()))
		comma := bytes.IndexByte(head, ',')
		if comma < 0 || err != nil && err != io.EOF {
			return 0, errSyntax
		}
		isBase64 := strings.HasSuffix(strings.ToLower(string(head[:comma])), ";base64")
		_, _ = b.Discard(comma + 1)
		if isBase64 {
			d.text = base64.NewDecoder(base64.StdEncoding.WithPadding(base64.NoPadding), &address{r: b, base64: true})
		} else {
			d.text = &unescaper{r: &address{r: b}}
		}
	}
	return d.text.Read(p)
}

// An address gives the bytes of one up to its end.
type address struct {
	r      *bufio.Reader
	base64 bool
	ended  bool
}

func (a *address) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && !a.ended {
		c, err := a.r.ReadByte()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		switch {
		case c <= ' ' || c == '*' || c == '"' || c == '\'' || c == '`':
			a.ended = true
		case a.base64 && c == '=':
			a.ended = true
		default:
			p[n] = c
			n++
		}
	}
	if n == 0 && a.ended {
		return 0, io.EOF
	}
	return n, nil
}

// An unescaper undoes the %XX of an address.
type unescaper struct{ r io.Reader }

func (u *unescaper) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	for i := range n {
		if p[i] != '%' {
			continue
		}
		return u.undo(p, i, n, err)
	}
	return n, err
}

// undo undoes the escapes in p[from:n], reading on where the last is cut.
func (u *unescaper) undo(p []byte, from, n int, err error) (int, error) {
	text := slices.Clone(p[:n])
	for cut := bytes.LastIndexByte(text, '%'); cut > len(text)-3 && err == nil; {
		var one [1]byte
		var m int
		m, err = u.r.Read(one[:])
		text = append(text, one[:m]...)
	}
	out := p[:from]
	for i := from; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if c, bad := url.PathUnescape(string(text[i : i+3])); bad == nil {
				out = append(out, c...)
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return len(out), err
}
