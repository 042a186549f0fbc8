package archive

import (
	"bytes"
	"context"
	"encoding/ascii85"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zlib"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz/lzma"

	"github.com/neokeys/neokeys/internal/hidden"
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
		"cpio":     {Cpio, hidden.Cpio(want), want},
		"old cpio": {Cpio, hidden.OldCpio(want), want},
		"ar, GNU":  {Ar, hidden.Ar(want, false), want},
		"ar, BSD":  {Ar, hidden.Ar(want, true), want},
		"asar":     {Asar, hidden.Asar(want), flat},
		"rar":      {RAR, hidden.RAR(want), want},
		"rpm":      {RPM, hidden.RPM([]byte("payload")), map[string]string{"": "payload"}},
		"7z":       {SevenZip, sample(t, "lzma2.7z"), map[string]string{"dir/a.txt": strings.Repeat("all work and no play\n", 50), "b.txt": "short"}},
		"lz4":      {LZ4, lz4Of(t, []byte(want["dir/long.txt"])), map[string]string{"": want["dir/long.txt"]}},
		"lzma":     {LZMA, lzmaOf(t, []byte(want["dir/long.txt"])), map[string]string{"": want["dir/long.txt"]}},
		"brotli":   {Brotli, brotliOf(t, []byte(want["dir/long.txt"])), map[string]string{"": want["dir/long.txt"]}},
		"pdf":      {PDF, hidden.PDF("/Filter /FlateDecode", zlibOf(t, []byte("one")), zlibOf(t, []byte("two"))), map[string]string{"stream 1": "one", "stream 2": "two"}},
		"pdf, cut": {PDF, hidden.PDF("/Filter /FlateDecode", zlibOf(t, []byte(`BT (a) Tj [(ne\(o) -20 (_)12<736b>] TJ [(b)] TJ ET`))),
			map[string]string{"stream 1": `BT (a) Tj [(ne\(o) -20 (_)12<736b>] TJ [(b)] TJ ET`, "stream 1 text": "ne(o_sk\n"}},
		"pdf, text": {PDF, hidden.PDF("/Filter [/ASCII85Decode /FlateDecode]", append(base85(zlibOf(t, []byte("one"))), "~>"...)), map[string]string{"stream 1": "one"}},
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
	encrypted := hidden.PDF("/Filter /FlateDecode", []byte("no zlib"), []byte("nor this"))
	if _, skipped, err := members(append(encrypted, "trailer << /Encrypt 5 0 R >>"...)); err != nil || skipped.Encrypted != 2 {
		t.Errorf("an encrypted PDF: %v, %v", skipped, err)
	}
	for _, text := range []string{"MSCF\x00\x00\x00\x00", "\x1f\x9d\x90", "LZIP\x01", "xar!\x00\x1c\x00\x01", "\xff\x06\x00\x00sNaPpY",
		"Obj\x01\x04\x14avro.codec\x0edeflate", "ARROW1\x00\x00\x04\x22\x4d\x18", "PAR1\x15\x04\x15\x10", "ORC\x0a\x06\x12", "mozLz40\x00", "bvx2\x00\x01", "ISc(\x00\x01", "SZDD\x88\xf0\x27\x33"} {
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
		"pdf": hidden.PDF("/Filter /FlateDecode", zlibOf(t, zeros)), "deflate64": hidden.ZipMethod(zipDeflate64, deflate64Bomb(3000), 3000<<16), "sparse xml": append([]byte("<sst><si><t>"), zeros[:20<<20]...),
	} {
		var u Unpacker
		b := new(Budget)
		b.Grow(min(int64(len(data)), 1<<18)) // lz4 makes no less than 1/255
		n := int64(0)
		_, err := u.Unpack(context.Background(), DetectNamed("a.br", data), bytes.NewReader(data), wholeOf(bytes.NewReader(data)), 0, b, func(m Member) (err error) {
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
