package hidden

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"text/template"

	"github.com/neokeys/neokeys/internal/testkey"
)

// writers are the functions that templates use.
var writers = template.FuncMap{
	"print": func(parts ...string) string { return strings.Join(parts, "") },
	"bare":  func(s string) string { return s },
	// anywhere says that the key begins inside of what is written, at a place that the
	// template does not know.
	"anywhere": func(s string) string { return s },
	// noise is text that compresses badly.
	"noise":  func(n int) string { return testkey.Secret(rand.New(rand.NewPCG(1, uint64(n))), n) },
	"left":   func(n int, s string) string { return s[:n] },
	"from":   func(n int, s string) string { return s[n:] },
	"length": func(s string) int { return len(s) },
	"letter": func(n int, s string) string { return s[n : n+1] },

	"underscores": func(with, s string) string { return strings.ReplaceAll(s, "_", with) },
	"each":        func(format, s string) string { return list(format, "", s) },
	"list":        list,
	"wrap":        wrap,
	"rows":        rows,
	"slashes":     func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	"plus":        func(s string) string { return strings.ReplaceAll(s, "+", `\u002b`) },
	"percentb64":  url.QueryEscape,

	"hex":     func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":     func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"pairs":   func(s string) string { return wrap(4, " ", hex.EncodeToString([]byte(s))) },
	"xxd":     func(s string) string { return dump(s, "%08x: ", " ", 2, true) },
	"hexdump": func(s string) string { return dump(s, "%08x  ", " ", 1, true) },
	"od":      func(s string) string { return dump(s, "%07o ", " ", 1, false) },

	"b64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"b64url": func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"b64raw": func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },

	"gzip":      func(s string) string { return packed(s, gzip.BestCompression, "") },
	"gzipfast":  func(s string) string { return packed(s, gzip.BestSpeed, "") },
	"gzipnamed": func(s string) string { return packed(s, gzip.DefaultCompression, "a.env") },
	"zlib":      func(s string) string { return string(zlibOf(s)) },
	"deflate":   deflated,
	"zip":       func(s string) string { return string(Zip(zip.Deflate, files{"Formulas/Section1.m": s})) },
	// mashup is what Excel puts around the zip of its queries.
	"mashup": func(s string) string {
		return "\x00\x00\x00\x00" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s + "\x00\x00\x00\x00"
	},

	"utf16le":  func(s string) string { return wide(s, 2, binary.LittleEndian) },
	"utf16be":  func(s string) string { return wide(s, 2, binary.BigEndian) },
	"utf32le":  func(s string) string { return wide(s, 4, binary.LittleEndian) },
	"utf32be":  func(s string) string { return wide(s, 4, binary.BigEndian) },
	"rot13":    testkey.ROT13,
	"reversed": reversed,
}

// list writes each byte by a format, with sep between them.
func list(format, sep, s string) string {
	var parts []string
	for _, c := range []byte(s) {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, sep)
}

// rows is list with end after every n bytes, in the white space behind the separator.
func rows(n int, format, sep, end, s string) string {
	var lines []string
	for len(s) > n {
		lines, s = append(lines, list(format, sep, s[:n])), s[n:]
	}
	comma, prefix, _ := strings.Cut(sep, " ")
	return strings.Join(append(lines, list(format, sep, s)), comma+end+prefix)
}

// wrap puts sep after every n bytes.
func wrap(n int, sep, s string) string {
	var parts []string
	for len(s) > n {
		parts, s = append(parts, s[:n]), s[n:]
	}
	return strings.Join(append(parts, s), sep)
}

// dump writes s as programs do that show bytes: 16 on a line behind their place, with a
// separator after each few, and the characters they stand for.
func dump(s, place, sep string, group int, characters bool) string {
	var b strings.Builder
	for at := 0; at < len(s); at += 16 {
		line := s[at:min(len(s), at+16)]
		fmt.Fprintf(&b, place, at)
		digits := wrap(2*group, sep, hex.EncodeToString([]byte(line)))
		b.WriteString(digits)
		if characters {
			b.WriteString("  " + strings.Map(printable, line))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return '.'
	}
	return r
}

// packed compresses s as a file with a name.
func packed(s string, level int, name string) string {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	w.Name = name
	return string(packedBy(s, w, err, &b))
}

func deflated(s string) string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	return string(packedBy(s, w, err, &b))
}

// wide writes each byte as a unit of some bytes.
func wide(s string, size int, order binary.AppendByteOrder) string {
	var b []byte
	for _, c := range []byte(s) {
		if size == 2 {
			b = order.AppendUint16(b, uint16(c))
		} else {
			b = order.AppendUint32(b, uint32(c))
		}
	}
	return string(b)
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}
