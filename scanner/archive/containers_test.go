package archive

import (
	"bytes"
	"encoding/ascii85"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/cavaliergopher/cpio"
	"github.com/klauspost/compress/zlib"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"
)

// packedBy returns what a compressor makes of text.
func packedBy(t testing.TB, text []byte, compressor func(io.Writer) (io.WriteCloser, error)) []byte {
	var b bytes.Buffer
	w, err := compressor(&b)
	check(t, err)
	_, err = w.Write(text)
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

func lz4Of(t testing.TB, text []byte) []byte {
	return packedBy(t, text, func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil })
}

func brotliOf(t testing.TB, text []byte) []byte {
	return packedBy(t, text, func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil })
}

func lzmaOf(t testing.TB, text []byte) []byte {
	return packedBy(t, text, func(w io.Writer) (io.WriteCloser, error) { return lzma.NewWriter(w) })
}

func zlibOf(t testing.TB, text []byte) []byte {
	return packedBy(t, text, func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil })
}

func cpioOf(t testing.TB, files map[string]string) []byte {
	var b bytes.Buffer
	w := cpio.NewWriter(&b)
	check(t, w.WriteHeader(&cpio.Header{Name: "dir", Mode: cpio.TypeDir | 0o755}))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		check(t, w.WriteHeader(&cpio.Header{Name: name, Mode: cpio.TypeReg | 0o644, Size: int64(len(files[name]))}))
		_, err := io.WriteString(w, files[name])
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

func oldCpioOf(files map[string]string) []byte {
	var b bytes.Buffer
	add := func(name, text string, mode int) {
		fmt.Fprintf(&b, oldCpio+"%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\x00%s", 1, 1, mode, 0, 0, 1, 0, 0, len(name)+1, len(text), name, text)
	}
	add("dir", "", 0o40755)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		add(name, files[name], 0o100644)
	}
	add(cpioTrailer, "", 0)
	return b.Bytes()
}

// arOf has names as GNU's ar does, or BSD's.
func arOf(files map[string]string, bsd bool) []byte {
	var b, names bytes.Buffer
	b.WriteString(arMark)
	add := func(name, text string) {
		fmt.Fprintf(&b, "%-16s%-12s%-6s%-6s%-8s%-10d`\n%s", name, "0", "0", "0", "100644", len(text), text)
		if len(text)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	sorted := slices.Sorted(maps.Keys(files))
	at := map[string]int{}
	for _, name := range sorted {
		at[name] = names.Len()
		names.WriteString(name + "/\n")
	}
	if !bsd {
		add("//", names.String())
	}
	for _, name := range sorted {
		if bsd {
			add(fmt.Sprint("#1/", len(name)), name+files[name])
		} else {
			add(fmt.Sprint("/", at[name]), files[name])
		}
	}
	return b.Bytes()
}

func rpmOf(payload []byte) []byte {
	header := rpmHeaderMark + "\x00\x00\x00\x00" + "\x00\x00\x00\x01" + "\x00\x00\x00\x05" + strings.Repeat("\x00", rpmEntry) + "hello"
	text := rpmMark + strings.Repeat("\x00", rpmLead-len(rpmMark)) + header + strings.Repeat("\x00", 7-(len(header)+7)%8) + header
	return append([]byte(text), payload...)
}

func asarOf(t testing.TB, files map[string]string) []byte {
	nodes, text := map[string]any{}, ""
	for _, name := range slices.Sorted(maps.Keys(files)) {
		nodes[strings.ReplaceAll(name, "/", "-")] = map[string]any{"size": len(files[name]), "offset": fmt.Sprint(len(text))}
		text += files[name]
	}
	nodes["beside"] = map[string]any{"size": 5, "unpacked": true}
	directory, err := json.Marshal(map[string]any{"files": map[string]any{"app": map[string]any{"files": nodes}}})
	check(t, err)
	for len(directory)%4 != 0 {
		directory = append(directory, ' ')
	}
	n := uint32(len(directory))
	var b []byte
	for _, v := range []uint32{4, n + 8, n + 4, n} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return append(append(b, directory...), text...)
}

// rarOf stores files as RAR 5 does: https://www.rarlab.com/technote.htm.
func rarOf(files map[string]string) []byte {
	b := []byte("Rar!\x1a\x07\x01\x00")
	header := func(fields []byte) {
		fields = append(binary.AppendUvarint(nil, uint64(len(fields))), fields...)
		b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(fields))
		b = append(b, fields...)
	}
	number := func(fields []byte, values ...int) []byte {
		for _, v := range values {
			fields = binary.AppendUvarint(fields, uint64(v))
		}
		return fields
	}
	header(number(nil, 1, 0, 0))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		f := number(nil, 2, 2, len(text), 4, len(text), 0o644) // a checksum is given
		f = binary.LittleEndian.AppendUint32(f, crc32.ChecksumIEEE([]byte(text)))
		f = append(number(f, 0, 1, len(name)), name...)
		header(f)
		b = append(b, text...)
	}
	header(number(nil, 5, 0, 0))
	return b
}

func pdfOf(dictionary string, streams ...[]byte) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, s := range streams {
		fmt.Fprintf(&b, "%d 0 obj\n<< /Length %d %s >>\nstream\r\n%s\nendstream\nendobj\n", i+1, len(s), dictionary, s)
	}
	b.WriteString("trailer << /Root 1 0 R >>\n%%EOF\n")
	return b.Bytes()
}

func sample(t testing.TB, name string) []byte {
	text, err := os.ReadFile("testdata/" + name + ".hex")
	check(t, err)
	data, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	check(t, err)
	return data
}

// small are files with names that all containers can hold.
func small() map[string]string {
	return map[string]string{"a.txt": "short", "dir/long.txt": strings.Repeat("all work and no play ", 500), "odd": "an odd number of bytes."}
}

func TestContainers(t *testing.T) {
	want := small()
	flat := map[string]string{}
	for name, text := range want {
		flat["app/"+strings.ReplaceAll(name, "/", "-")] = text
	}
	for name, c := range map[string]struct {
		format Format
		data   []byte
		want   map[string]string
	}{
		"cpio":     {Cpio, cpioOf(t, want), want},
		"old cpio": {Cpio, oldCpioOf(want), want},
		"ar, GNU":  {Ar, arOf(want, false), want},
		"ar, BSD":  {Ar, arOf(want, true), want},
		"asar":     {Asar, asarOf(t, want), flat},
		"rar":      {RAR, rarOf(want), want},
		"rpm":      {RPM, rpmOf([]byte("payload")), map[string]string{"": "payload"}},
		"7z":       {SevenZip, sample(t, "lzma2.7z"), map[string]string{"dir/a.txt": strings.Repeat("all work and no play\n", 50), "b.txt": "short"}},
		"lz4":      {LZ4, lz4Of(t, []byte(want["dir/long.txt"])), map[string]string{"": want["dir/long.txt"]}},
		"lzma":     {LZMA, lzmaOf(t, []byte(want["dir/long.txt"])), map[string]string{"": want["dir/long.txt"]}},
		"brotli":   {Brotli, brotliOf(t, []byte(want["dir/long.txt"])), map[string]string{"": want["dir/long.txt"]}},
		"pdf":      {PDF, pdfOf("/Filter /FlateDecode", zlibOf(t, []byte("one")), zlibOf(t, []byte("two"))), map[string]string{"stream 1": "one", "stream 2": "two"}},
		"pdf, cut": {PDF, pdfOf("/Filter /FlateDecode", zlibOf(t, []byte(`BT (a) Tj [(ne\(o) -20 (_)12<736b>] TJ [(b)] TJ ET`))),
			map[string]string{"stream 1": `BT (a) Tj [(ne\(o) -20 (_)12<736b>] TJ [(b)] TJ ET`, "stream 1 text": "ne(o_sk\n"}},
		"pdf, text": {PDF, pdfOf("/Filter [/ASCII85Decode /FlateDecode]", append(base85(zlibOf(t, []byte("one"))), "~>"...)), map[string]string{"stream 1": "one"}},
	} {
		if f := DetectNamed("a.br", c.data); f != c.format {
			t.Errorf("%s: taken for %q", name, f)
		}
		for way, r := range map[string]io.Reader{"at once": bytes.NewReader(c.data), "with an error": io.MultiReader(bytes.NewReader(c.data))} {
			if c.format.Random() {
				r = bytes.NewReader(c.data)
			}
			got, skipped, err := membersOf(r, c.format)
			if err != nil || skipped != (Skipped{}) || !maps.Equal(got, c.want) {
				t.Errorf("%s, read %s: got %.300q, skipped %v, %v", name, way, got, skipped, err)
			}
		}
		// Cut off anywhere it does no harm.
		for cut := 0; cut < len(c.data); cut += 1 + len(c.data)/50 {
			_, _, _ = membersOf(bytes.NewReader(c.data[:cut]), c.format)
		}
	}
}

func base85(text []byte) []byte {
	b := make([]byte, ascii85.MaxEncodedLen(len(text)))
	return b[:ascii85.Encode(b, text)]
}

// What programs write that are installed is read.
func TestInstalledPrograms(t *testing.T) {
	text := strings.Repeat("all work and no play\n", 100_000)
	for _, command := range [][]string{{"lz4", "-c", "-"}, {"lz4", "-l", "-c", "-"}, {"xz", "--format=lzma", "-c"}, {"brotli", "-c"}} {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		cmd := exec.Command(path, command[1:]...)
		cmd.Stdin = strings.NewReader(text)
		data, err := cmd.Output()
		check(t, err)
		got, _, err := membersOf(bytes.NewReader(data), DetectNamed("a.br", data))
		if err != nil || got[""] != text {
			t.Errorf("%s: %d bytes, %v", command, len(got[""]), err)
		}
	}
}

// Members of a zip may be LZMA, whose end is marked or not.
func TestZipLZMA(t *testing.T) {
	text := strings.Repeat("all work and no play ", 50)
	for flags, marked := range map[uint16]bool{0: false, endFlag: true} {
		var b bytes.Buffer
		w, err := lzma.WriterConfig{SizeInHeader: !marked, Size: int64(len(text)), EOSMarker: marked}.NewWriter(&b)
		check(t, err)
		_, err = io.WriteString(w, text)
		check(t, err)
		check(t, w.Close())
		packed := append([]byte("\x10\x02\x05\x00"), b.Bytes()[:5]...)
		packed = append(packed, b.Bytes()[lzma.HeaderLen:]...)
		le := binary.LittleEndian
		data := zipOf(t, zipKind{0, false}, map[string]string{"a": string(packed)})
		for _, h := range []struct{ mark, flags, method, size int }{{0, 6, 8, 22}, {bytes.Index(data, []byte(entryMark)), 8, 10, 24}} {
			at := data[h.mark:]
			le.PutUint16(at[h.flags:], flags)
			le.PutUint16(at[h.method:], zipLZMA)
			le.PutUint32(at[h.size:], uint32(len(text)))
		}
		for way, r := range map[string]io.Reader{"file": bytes.NewReader(data), "stream": io.MultiReader(bytes.NewReader(data))} {
			if got, skipped, err := membersOf(r, Zip); err != nil || got["a"] != text || skipped != (Skipped{}) {
				t.Errorf("marked %v, as a %s: got %.100q, %v, %v", marked, way, got, skipped, err)
			}
		}
	}
}

// Encrypted archives and those that nothing can be read of are counted.
func TestUnopened(t *testing.T) {
	if _, _, err := members(sample(t, "encrypted.7z")); !errors.Is(err, ErrUnread) {
		t.Errorf("an encrypted 7z: %v", err)
	}
	for _, text := range []string{"7z\xbc\xaf\x27\x1c and so on", "Rar!\x1a\x07\x01\x00 and so on"} {
		if _, _, err := members([]byte(text)); !errors.Is(err, ErrUnopened) {
			t.Errorf("%.10q: %v", text, err)
		}
	}
	encrypted := pdfOf("/Filter /FlateDecode", []byte("no zlib"), []byte("nor this"))
	if _, skipped, err := members(append(encrypted, "trailer << /Encrypt 5 0 R >>"...)); err != nil || skipped.Encrypted != 2 {
		t.Errorf("an encrypted PDF: %v, %v", skipped, err)
	}
	for _, text := range []string{"MSCF\x00\x00\x00\x00", "\x1f\x9d\x90", "LZIP\x01", "xar!\x00\x1c\x00\x01", "\xff\x06\x00\x00sNaPpY"} {
		if f := Detect([]byte(text + strings.Repeat("\x00", 40))); f == None || f.Opens() {
			t.Errorf("%q is taken for %q", text, f)
		}
	}
}

// What a document's text is cut into is put together.
func TestOffice(t *testing.T) {
	for name, c := range map[string]struct{ xml, want string }{
		"document":       {`<?xml version="1.0"?><!-- a --><w:document><w:p><w:r><w:t>one </w:t></w:r><w:proofErr/><w:r><w:t>two</w:t></w:r></w:p><w:p><w:t>three</w:t></w:p></w:document>`, "one two\nthree\n"},
		"table":          {`<w:document><w:tbl><w:tr><w:tc><w:p><w:t>NEO_KEY</w:t></w:p></w:tc><w:tc><w:p><w:t>0123456789abcdefghij</w:t></w:p></w:tc></w:tr></w:tbl></w:document>`, "NEO_KEY=0123456789abcdefghij\n"},
		"slide":          {`<p:sld><a:p><a:r><a:t>one</a:t></a:r><a:r><a:t>two</a:t></a:r></a:p></p:sld>`, "onetwo\n"},
		"OpenDocument":   {`<office:document-content><text:p>one<text:span>two</text:span>three</text:p></office:document-content>`, "onetwothree\n"},
		"shared strings": {`<sst><si><t>a</t></si><si><t>The key</t></si><si><r><t>0123456789</t></r><r><t>abcdefghij</t></r></si><si><t>last</t></si></sst>`, "a\nThe key: 0123456789abcdefghij\nlast\n"},
		"sheet":          {`<worksheet><row><c t="inlineStr"><is><t>NEO_KEY</t></is></c><c t="inlineStr"><is><t>0123456789abcdefghij</t></is></c></row></worksheet>`, "NEO_KEY=0123456789abcdefghij\n"},
		"not closed":     {`<w:document><w:p><w:t>one`, "one\n"},
	} {
		data := []byte(c.xml)
		if f := Detect(data); f != Office {
			t.Errorf("%s: taken for %q", name, f)
		}
		got, _, err := members(data)
		if got[""] != c.want || err != nil && name != "not closed" {
			t.Errorf("%s: got %q, want %q; %v", name, got[""], c.want, err)
		}
	}
	for _, text := range []string{"<html><p>x</p></html>", "<document></document>", "<p:sldx>", "< w:document", "<?xml"} {
		if f := Detect([]byte(text)); f != None {
			t.Errorf("%q is taken for %q", text, f)
		}
	}
}

// Small files out of which very much comes use the budget up, whatever they are.
func TestBombsOfContainers(t *testing.T) {
	zeros := make([]byte, 200<<20)
	for name, data := range map[string][]byte{
		"lz4": lz4Of(t, zeros), "lzma": lzmaOf(t, zeros[:100<<20]), "brotli": brotliOf(t, zeros), "7z": sample(t, "bomb.7z"),
		"pdf": pdfOf("/Filter /FlateDecode", zlibOf(t, zeros)), "sparse xml": append([]byte("<sst><si><t>"), zeros[:20<<20]...),
	} {
		var u Unpacker
		b := new(Budget)
		b.Grow(min(int64(len(data)), 1<<18)) // lz4 makes no less than 1/255
		n := int64(0)
		_, err := u.Unpack(DetectNamed("a.br", data), bytes.NewReader(data), wholeOf(bytes.NewReader(data)), 0, b, func(m Member) (err error) {
			k, err := io.Copy(io.Discard, m)
			n += k
			return err
		})
		if err == nil || n > 80<<20 {
			t.Errorf("%s: %d bytes from %d, %v", name, n, len(data), err)
		}
		if name != "sparse xml" && !errors.Is(err, ErrTooMuch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
