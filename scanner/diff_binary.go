package scanner

import (
	"bytes"
	"encoding/ascii85"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zlib"

	"github.com/neokeys/neokeys/scanner/archive"
)

// A diff with --binary has what a binary file becomes: as a whole (literal), deflated and in base
// 85, or as a delta against a text that is not in the diff. The same for the older file follows.
// Git's apply.c has the format. Without --binary there is one line that says that the files
// differ.

// errNotInDiff says that a diff does not have all of a binary file.
var errNotInDiff = errors.New("the diff changes this binary file and does not hold it, so it was not searched: " +
	"`neokeys git --staged` and `neokeys git --range` search it, or `neokeys scan` the file itself")

// maxBinary is how many bytes of a binary file in a diff are held, before it is inflated.
const maxBinary = maxSpool

// maxBinaryRatio is how many times its own size may come out of it, unless it is small.
const (
	maxBinaryRatio = 250
	smallBinary    = 64 << 20
)

// A binaryPatch is the state of reading what a diff has of a binary file.
type binaryPatch struct {
	inside  bool // of the patch
	packed  []byte
	size    int64 // that it says to inflate to
	literal bool  // what is being read is the newer file
	done    bool  // the newer file was read
}

// base85 are the digits of git's base 85, which are those of RFC 1924.
const base85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

// binary takes a line of a binary patch, and reports whether it is one.
func (d *diff) binary(text string) bool {
	b := &d.patch
	switch {
	case !b.inside:
		b.inside = text == "GIT binary patch"
		return b.inside
	case strings.HasPrefix(text, "literal "), strings.HasPrefix(text, "delta "):
		kind, size, _ := strings.Cut(text, " ")
		n, err := strconv.ParseInt(size, 10, 64)
		switch {
		case err != nil:
			b.inside = false
			return false
		case b.done: // of the older file
		case kind == "delta":
			d.scan.out.problem(d.path, errNotInDiff)
			b.done = true
		default:
			b.size, b.literal = n, true
		}
		return true
	case text == "":
		d.endBinary()
		return true
	case strings.Contains(text, " "): // which is no digit
		d.endBinary()
		b.inside = false
		return false
	case b.literal:
		return d.binaryLine(text)
	}
	return true
}

// binaryLine takes a line of a file in base 85: its first letter is the number of bytes in it.
func (d *diff) binaryLine(text string) bool {
	b, n := &d.patch, 0
	switch c := text[0]; {
	case 'A' <= c && c <= 'Z':
		n = int(c-'A') + 1
	case 'a' <= c && c <= 'z':
		n = int(c-'a') + 27
	}
	// The digits of Adobe's base 85 are another alphabet.
	digits := strings.Map(func(r rune) rune { return rune('!' + strings.IndexRune(base85, r)) }, text[1:])
	var raw [64 + 4]byte
	m, _, err := ascii85.Decode(raw[:], []byte(digits[:min(len(digits), 65)]), true)
	if err != nil || n == 0 || m < n || len(b.packed) > maxBinary {
		d.scan.out.problem(d.path, errors.New("this binary file in the diff is damaged or too large, and was not searched"))
		*b = binaryPatch{inside: true, done: true}
		return true
	}
	b.packed = append(b.packed, raw[:n]...)
	return true
}

// endBinary searches the binary file that was read.
func (d *diff) endBinary() {
	b := &d.patch
	if !b.literal {
		return
	}
	packed, size := b.packed, b.size
	*b = binaryPatch{inside: true, done: true}
	if size == 0 {
		return // the file is removed, or empty
	}
	d.binaries++
	text, err := zlib.NewReader(bytes.NewReader(packed))
	if err == nil && size > max(smallBinary, maxBinaryRatio*int64(len(packed))) {
		err = archive.ErrTooMuch
	}
	if err == nil {
		d.stream.enter(d.scan.projectAt(filepath.Dir(filepath.FromSlash(d.path))))
		var n int64
		n, err = d.stream.search(d.ctx, d.path, io.LimitReader(text, size))
		if err == nil && n < size {
			err = io.ErrUnexpectedEOF
		}
	}
	if err != nil && d.ctx.Err() == nil {
		d.scan.out.problem(d.path, fmt.Errorf("not all of this binary file in the diff could be read: %w", err))
	}
	d.found.Files.Add(1)
	d.scan.out.add(d.found.result.Findings, d.found.result.Examples)
	d.found.result.Findings, d.found.result.Examples = nil, nil
}

// differ notes a binary file of which the diff says no more than that it changes.
func (d *diff) differ(text string) {
	names, ok := strings.CutPrefix(text, "Binary files ")
	names, ends := strings.CutSuffix(names, " differ")
	old, path, two := strings.Cut(names, " and ")
	if !ok || !ends || !two || path == "/dev/null" {
		return
	}
	d.scan.out.problem(withoutPrefix(diffPath(old), diffPath(path)), errNotInDiff)
	d.binaries++
}

// gitDiffPath returns the path in a line "diff --git a/PATH b/PATH", which is the only one with a
// path that a binary file has.
func gitDiffPath(names string) string {
	if n := len(names) / 2; len(names)%2 == 1 && names[n] == ' ' {
		return withoutPrefix(diffPath(names[:n]), diffPath(names[n+1:]))
	}
	if n := strings.LastIndexAny(names, " "); n >= 0 {
		return withoutPrefix("", diffPath(names[n+1:]))
	}
	return names
}
