package hidden

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/cavaliergopher/cpio"
)

// Packs are made in memory, where nothing fails; must says so.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// sorted calls visit with each file, in order of names.
func sorted(files map[string]string, visit func(name, text string)) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		visit(name, files[name])
	}
}

// Tar packs files as a tar archive.
func Tar(files map[string]string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	sorted(files, func(name, text string) {
		must(w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}))
		_, err := io.WriteString(w, text)
		must(err)
	})
	must(w.Close())
	return b.Bytes()
}

// Cpio packs files, and a folder, in the format that is new in cpio.
func Cpio(files map[string]string) []byte {
	var b bytes.Buffer
	w := cpio.NewWriter(&b)
	must(w.WriteHeader(&cpio.Header{Name: "dir", Mode: cpio.TypeDir | 0o755}))
	sorted(files, func(name, text string) {
		must(w.WriteHeader(&cpio.Header{Name: name, Mode: cpio.TypeReg | 0o644, Size: int64(len(text))}))
		_, err := io.WriteString(w, text)
		must(err)
	})
	must(w.Close())
	return b.Bytes()
}

// OldCpio packs files, and a folder, in cpio's format of POSIX.
func OldCpio(files map[string]string) []byte {
	var b bytes.Buffer
	add := func(name, text string, mode int) {
		fmt.Fprintf(&b, "070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\x00%s", 1, 1, mode, 0, 0, 1, 0, 0, len(name)+1, len(text), name, text)
	}
	add("dir", "", 0o40755)
	sorted(files, func(name, text string) { add(name, text, 0o100644) })
	add("TRAILER!!!", "", 0)
	return b.Bytes()
}

// Ar packs files with names as GNU's ar does, or BSD's.
func Ar(files map[string]string, bsd bool) []byte {
	var b, names bytes.Buffer
	b.WriteString("!<arch>\n")
	add := func(name, text string) {
		fmt.Fprintf(&b, "%-16s%-12s%-6s%-6s%-8s%-10d`\n%s", name, "0", "0", "0", "100644", len(text), text)
		if len(text)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	at := map[string]int{}
	sorted(files, func(name, _ string) {
		at[name] = names.Len()
		names.WriteString(name + "/\n")
	})
	if !bsd {
		add("//", names.String())
	}
	sorted(files, func(name, text string) {
		if bsd {
			add(fmt.Sprint("#1/", len(name)), name+text)
		} else {
			add(fmt.Sprint("/", at[name]), text)
		}
	})
	return b.Bytes()
}

// RPM puts two headers before a payload.
func RPM(payload []byte) []byte {
	const lead, entry = 96, 16
	mark := "\xed\xab\xee\xdb"
	header := "\x8e\xad\xe8\x01" + "\x00\x00\x00\x00" + "\x00\x00\x00\x01" + "\x00\x00\x00\x05" + strings.Repeat("\x00", entry) + "hello"
	text := mark + strings.Repeat("\x00", lead-len(mark)) + header + strings.Repeat("\x00", 7-(len(header)+7)%8) + header
	return append([]byte(text), payload...)
}

// Asar packs files in the folder app, as Electron does, with a file that lies beside the
// archive.
func Asar(files map[string]string) []byte {
	nodes, all := map[string]any{}, ""
	sorted(files, func(name, text string) {
		nodes[strings.ReplaceAll(name, "/", "-")] = map[string]any{"size": len(text), "offset": fmt.Sprint(len(all))}
		all += text
	})
	nodes["beside"] = map[string]any{"size": 5, "unpacked": true}
	directory, err := json.Marshal(map[string]any{"files": map[string]any{"app": map[string]any{"files": nodes}}})
	must(err)
	for len(directory)%4 != 0 {
		directory = append(directory, ' ')
	}
	n := uint32(len(directory))
	var b []byte
	for _, v := range []uint32{4, n + 8, n + 4, n} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return append(append(b, directory...), all...)
}

// numbers appends numbers of variable length.
func numbers(b []byte, values ...int) []byte {
	for _, v := range values {
		b = binary.AppendUvarint(b, uint64(v))
	}
	return b
}

// RAR stores files as RAR 5 does: https://www.rarlab.com/technote.htm.
func RAR(files map[string]string) []byte {
	b := []byte("Rar!\x1a\x07\x01\x00")
	header := func(fields []byte) {
		fields = append(numbers(nil, len(fields)), fields...)
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(fields))
		b = append(b, fields...)
	}
	header(numbers(nil, 1, 0, 0))
	sorted(files, func(name, text string) {
		f := numbers(nil, 2, 2, len(text), 4, len(text), 0o644) // a checksum is given
		f = binary.LittleEndian.AppendUint32(f, crc32.ChecksumIEEE([]byte(text)))
		f = append(numbers(f, 0, 1, len(name)), name...)
		header(f)
		b = append(b, text...)
	})
	header(numbers(nil, 5, 0, 0))
	return b
}

// SevenZip stores one file as 7-Zip does. (7zFormat.txt of the LZMA SDK.)
func SevenZip(name, text string) []byte {
	le := binary.LittleEndian
	size := func(n int) []byte { return []byte{0x80 | byte(n>>8), byte(n)} } // up to 16,383
	h := []byte{1, 4, 6, 0, 1, 9}                                            // header, streams, pack info: one at 0, sizes
	h = append(h, size(len(text))...)
	h = append(h, 0, 7, 11, 1, 0, 1, 1, 0, 12) // end; folders: one with one coder, copy; sizes
	h = append(h, size(len(text))...)
	h = append(h, 10, 1) // checksums
	h = le.AppendUint32(h, crc32.ChecksumIEEE([]byte(text)))
	h = append(h, 0, 0, 5, 1, 17) // end; files: one, names
	wideName := wide(name+"\x00", 2, binary.LittleEndian)
	h = append(append(h, byte(len(wideName)+1), 0), wideName...)
	h = append(h, 0, 0)

	start := le.AppendUint64(nil, uint64(len(text)))
	start = le.AppendUint64(start, uint64(len(h)))
	start = le.AppendUint32(start, crc32.ChecksumIEEE(h))
	b := append([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), le.AppendUint32(nil, crc32.ChecksumIEEE(start))...)
	return slices.Concat(b, start, []byte(text), h)
}

// PDF returns a document whose streams all have a dictionary.
func PDF(dictionary string, streams ...[]byte) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, s := range streams {
		fmt.Fprintf(&b, "%d 0 obj\n<< /Length %d %s >>\nstream\r\n%s\nendstream\nendobj\n", i+1, len(s), dictionary, s)
	}
	b.WriteString("trailer << /Root 1 0 R >>\n%%EOF\n")
	return b.Bytes()
}
