package archive

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/hidden"
)

// behindLines puts a script before data.
func behindLines(data []byte) []byte {
	return append([]byte("#!/bin/sh\ntail -n +4 $0 | tar x\nexit\n"), data...)
}

// unpackAll returns what comes out of data, and how much of it.
func unpackAll(data []byte) (texts []string, size int64, err error) {
	var u Unpacker
	b := new(Budget)
	b.Grow(int64(len(data)))
	whole := Whole{bytes.NewReader(data), int64(len(data))}
	f := cmp.Or(Detect(data), MayCarry(data, data, whole.Size))
	_, err = u.Unpack(context.Background(), f, bytes.NewReader(data), whole, 0, b, func(m Member) error {
		var text strings.Builder
		n, err := io.Copy(&text, io.LimitReader(m, 100))
		rest, restErr := io.Copy(io.Discard, m)
		size += n + rest
		texts = append(texts, m.Name+"|"+m.Encoding+"|"+text.String())
		return errors.Join(err, restErr)
	})
	return texts, size, err
}

// What stands behind a script is visited, and what only looks like it is passed over.
func TestBehindScript(t *testing.T) {
	one, two := gzipOf(t, []byte("one")), zstdOf(t, []byte("two"))
	noise := []byte(strings.Repeat("\x80\xff\x01\n", 50))
	falseMark := []byte("\x1f\x8b\x08\x00abcdefgh\xff\xfe\xfd\xfc\x80")
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"one":           {behindLines(one), []string{"|gzip|one"}},
		"two":           {behindLines(slices.Concat(one, []byte("\n"), two)), []string{"|gzip|one", "|zstd|two"}},
		"data before":   {behindLines(slices.Concat(noise, one, noise)), []string{"|gzip|one"}},
		"a false mark":  {behindLines(slices.Concat(falseMark, []byte("\n"), noise, one)), []string{"|gzip|one"}},
		"far behind":    {behindLines(slices.Concat([]byte(strings.Repeat("a line\n", 20_000)), one, noise)), []string{"|gzip|one"}},
		"Windows":       {slices.Concat([]byte("@echo off\r\nexit /b\r\n"), one, noise), []string{"|gzip|one"}},
		"a bundle":      {behindLines(hidden.Cpio(map[string]string{"a": "b"})), []string{"||" + string(hidden.Cpio(map[string]string{"a": "b"}))[:100]}},
		"only a mark":   {behindLines(slices.Concat(falseMark, []byte("\n"), noise)), nil},
		"no end before": {slices.Concat([]byte("#!/bin/sh\nexit "), one, noise), nil},
	} {
		got, _, err := unpackAll(c.data)
		if c.want == nil && Detect(c.data) == None {
			continue
		}
		if err != nil || !slices.Equal(got, c.want) || Detect(c.data) != SelfExtracting {
			t.Errorf("%s: %s with %q, %v; want %q", name, Detect(c.data), got, err, c.want)
		}
	}
	for name, data := range map[string][]byte{
		"a reader of formats": append([]byte("MZ\x90\x00"), "7z\xbc\xaf\x27\x1c\x00Rar!\x1a\x07\x00Rar!\x1a\x07\x01\x00 and more, 20 bytes and more"...),
		"a script":            behindLines([]byte("echo a\n")), "Latin": []byte("a\ncaf\xe9\n"), "data": append([]byte("\x7fELF\x00\x01\n"), one...),
	} {
		if f := Detect(data); f != None {
			t.Errorf("%s is taken for a %s", name, f)
		}
	}
}

// However many marks a file has, they are tried a number of times, which is said, and what comes out is bounded.
func TestBombsBehindScript(t *testing.T) {
	zeros := make([]byte, 70<<20)
	for name, data := range map[string][]byte{"script": behindLines(gzipOf(t, zeros)), "cpio": append(hidden.Cpio(nil), gzipOf(t, zeros)...), "program": append(carriers()["ELF"], gzipOf(t, zeros)...)} {
		if _, n, err := unpackAll(data); !errors.Is(err, ErrTooMuch) || n > 80<<20 {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
	many := bytes.Repeat(append([]byte("\n"), gzipOf(t, []byte("a"))...), 10_000)
	if got, _, err := unpackAll(behindLines(many)); !errors.Is(err, ErrUnread) || len(got) != maxBehind {
		t.Errorf("%d of many, %v", len(got), err)
	}
	misses := bytes.Repeat([]byte("\n\x1f\x8b\x08\x00abcdefgh\xff\xfe\xfd\xfc"), maxMisses)
	if got, _, err := unpackAll(behindLines(slices.Concat(misses, []byte("\n"), gzipOf(t, []byte("a"))))); err != nil || len(got) != 1 {
		t.Errorf("%d behind as many marks as are tried, %v", len(got), err)
	}
	if got, _, err := unpackAll(behindLines(slices.Concat(misses, misses[:20], many))); !errors.Is(err, ErrUnopened) || len(got) != 0 {
		t.Errorf("%d behind marks of nothing, %v", len(got), err)
	}
	if got, _, err := unpackAll(bytes.Repeat(hidden.Cpio(map[string]string{"a": "b"}), 100)); !errors.Is(err, ErrUnread) || len(got) != maxBehind {
		t.Errorf("%d of many in a row, %v", len(got), err)
	}
}

// Cells are searched as what is packed in them, and others only as they are.
func TestBlobs(t *testing.T) {
	gz := gzipOf(t, []byte("one"))
	data := hidden.SQLite([]byte("x = 1, a text and nothing else"), gz, append([]byte("\x00\x00\x00\x03"), zlibOf(t, []byte("two"))...), []byte("\x1f\x8b\x08\xff, and no more than that"))
	got, _, err := unpackAll(data)
	want := []string{"data row 2 body||" + string(gz), "data row 3 body||" + string(zlibOf(t, []byte("two")))}
	if err != nil || len(got) != 3 || !slices.Equal(got[1:], want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// Eight bytes at a time are looked at as each of them is.
func TestIsASCIIText(t *testing.T) {
	for _, around := range []byte{'\t', 'a', 0x7f} {
		for c := range 256 {
			for at := range 8 {
				b := bytes.Repeat([]byte{around}, 8)
				b[at] = byte(c)
				if got, want := isASCIIText(binary.LittleEndian.Uint64(b)), c >= '\t' && c < 0x80; got != want {
					t.Errorf("%q: %t", b, got)
				}
			}
		}
	}
}

// A text may end within a character, wherever that is.
func TestIsText(t *testing.T) {
	const text = "一个文件 é 😀"
	for n := range len(text) {
		if !isText([]byte(text[:n])) {
			t.Errorf("%q is no text", text[:n])
		}
	}
	for _, data := range []string{"\x99", text + "\xff", "a\x00b", text[:1] + "x", text[:2] + text} {
		if isText([]byte(data)) {
			t.Errorf("%q is a text", data)
		}
	}
}
