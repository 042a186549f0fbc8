package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git's ids
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/neokeys/neokeys/internal/gittest"
	"github.com/neokeys/neokeys/internal/hidden"
)

var check = gittest.Check

// members unpacks data and returns what is in it by name, and what went wrong on the way.
func members(data []byte) (map[string]string, Skipped, error) {
	return membersOf(bytes.NewReader(data), Detect(data))
}

// wholeOf returns r as a file, if it is one.
func wholeOf(r io.Reader) Whole {
	if r, ok := r.(*bytes.Reader); ok {
		return Whole{r, r.Size()}
	}
	return Whole{}
}

func membersOf(r io.Reader, f Format) (map[string]string, Skipped, error) {
	got := map[string]string{}
	var errs []error
	var u Unpacker
	b := new(Budget)
	b.Grow(1 << 30)
	skipped, err := u.Unpack(context.Background(), f, r, wholeOf(r), 0, b, func(m Member) error {
		text, err := io.ReadAll(m)
		errs = append(errs, err)
		got[m.Name] += string(text)
		return nil
	})
	return got, skipped, errors.Join(append(errs, err)...)
}

// files are what the test's archives hold: some easily compressed, some not, one that looks
// like a part of a zip.
func files(random *rand.Rand) map[string]string {
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	return map[string]string{
		"a.txt":         "short",
		"dir/long.txt":  strings.Repeat("all work and no play ", 20_000),
		"dir/noise":     string(noise),
		"empty":         "",
		"last/marks.sh": localMark + descriptorMark + strings.Repeat(descriptorMark, 100) + "end",
	}
}

// A zipKind is a way in which programs write zips.
type zipKind struct {
	method     uint16
	descriptor bool
}

func zipOf(t testing.TB, k zipKind, files map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(93, zstd.ZipCompressor())
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := []byte(files[name])
		h := &zip.FileHeader{Name: name, Method: k.method}
		if k.descriptor {
			w, err := z.CreateHeader(h)
			check(t, err)
			_, err = w.Write(text)
			check(t, err)
			continue
		}
		packed := text
		if k.method != zip.Store {
			var one bytes.Buffer
			inner := zip.NewWriter(&one)
			inner.RegisterCompressor(93, zstd.ZipCompressor())
			w, err := inner.CreateHeader(&zip.FileHeader{Name: name, Method: k.method})
			check(t, err)
			_, err = w.Write(text)
			check(t, err)
			check(t, inner.Close())
			r, err := zip.NewReader(bytes.NewReader(one.Bytes()), int64(one.Len()))
			check(t, err)
			raw, err := r.File[0].OpenRaw()
			check(t, err)
			packed, err = io.ReadAll(raw)
			check(t, err)
		}
		h.CRC32, h.UncompressedSize64, h.CompressedSize64 = crc32.ChecksumIEEE(text), uint64(len(text)), uint64(len(packed))
		w, err := z.CreateRaw(h)
		check(t, err)
		_, err = w.Write(packed)
		check(t, err)
	}
	check(t, z.SetComment("a comment with "+localMark+" in it"))
	check(t, z.Close())
	return b.Bytes()
}

func gzipOf(t testing.TB, text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	check(t, err)
	check(t, w.Close())
	return b.Bytes()
}

func zstdOf(t testing.TB, text []byte) []byte {
	w, err := zstd.NewWriter(nil)
	check(t, err)
	return w.EncodeAll(text, nil)
}

func TestArchives(t *testing.T) {
	want := files(rand.New(rand.NewPCG(1, 0)))
	for name, data := range map[string][]byte{
		"zip":                     zipOf(t, zipKind{zip.Deflate, false}, want),
		"zip, descriptors":        zipOf(t, zipKind{zip.Deflate, true}, want),
		"zip, stored":             zipOf(t, zipKind{zip.Store, false}, want),
		"zip, stored, decriptors": zipOf(t, zipKind{zip.Store, true}, want),
		"zip, zstd":               zipOf(t, zipKind{93, false}, want),
		"tar":                     hidden.Tar(want),
		"zipapp":                  append([]byte("#!/usr/bin/env python3\n"), zipOf(t, zipKind{zip.Deflate, true}, want)...),
		"crx":                     append([]byte("Cr24\x03\x00\x00\x00\x04\x00\x00\x00sign"), zipOf(t, zipKind{zip.Deflate, true}, want)...),
	} {
		for way, r := range map[string]io.Reader{
			"at once":        bytes.NewReader(data),
			"byte by byte":   iotest.OneByteReader(bytes.NewReader(data)),
			"error with EOF": iotest.DataErrReader(bytes.NewReader(data)),
		} {
			got, skipped, err := membersOf(r, Detect(data))
			got["empty"] += "" // a zip's empty members are not visited
			if err != nil || skipped != (Skipped{}) || !maps.Equal(got, want) {
				t.Errorf("%s, read %s: got %q, skipped %v, %v", name, way, slices.Sorted(maps.Keys(got)), skipped, err)
			}
		}
	}
}

// What bzip2 and xz make of a line, three times. Nothing that the tests could use writes
// these formats.
const (
	bzip2Sample = "QlpoOTFBWSZTWVzy9kkAAAjZgAAQQAEQABRkzBAgACM/9VI00yenqEAADt4rpS79t8ikWRFnqOC7kinChILnl7JI"
	xzSample    = "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AAsABZdADwegAWCJG5vie2ic5x1Tp+orZG2wAAAAABXmE1/ImKMvwABMi0vvSmIH7bzfQEAAAAABFla"
)

func fixed(t testing.TB, sample string) []byte {
	data, err := base64.StdEncoding.DecodeString(sample)
	check(t, err)
	return data
}

func TestCompressed(t *testing.T) {
	text := strings.Repeat("all work and no play\n", 50_000)
	bz, x := fixed(t, bzip2Sample), fixed(t, xzSample)
	for name, c := range map[string]struct {
		format Format
		data   []byte
		want   string
	}{
		"gzip":                 {Gzip, gzipOf(t, []byte(text)), text},
		"gzip, two in a row":   {Gzip, append(gzipOf(t, []byte("one ")), gzipOf(t, []byte("two"))...), "one two"},
		"gzip, padded":         {Gzip, append(gzipOf(t, []byte(text)), make([]byte, 1000)...), text},
		"gzip, something else": {Gzip, append(gzipOf(t, []byte(text)), "and then text"...), text},
		"zstd":                 {Zstd, zstdOf(t, []byte(text)), text},
		"zstd, two in a row":   {Zstd, append(zstdOf(t, []byte("one ")), zstdOf(t, []byte("two"))...), "one two"},
		"bzip2":                {Bzip2, bz, strings.Repeat("bzip2 holds this.\n", 3)},
		"xz":                   {XZ, x, strings.Repeat("xz holds this.\n", 3)},
		"xz, two in a row":     {XZ, append(slices.Clone(x), x...), strings.Repeat("xz holds this.\n", 6)},
	} {
		if f := Detect(c.data); f != c.format {
			t.Errorf("%s: taken for %q", name, f)
		}
		if got, _, err := members(c.data); err != nil || got[""] != c.want {
			t.Errorf("%s: got %d bytes, want %d; %v", name, len(got[""]), len(c.want), err)
		}
		if got, _, err := members(c.data[:len(c.data)*2/3]); err == nil && name != "gzip, something else" && name != "gzip, padded" {
			t.Errorf("%s, cut off: no error, %d bytes", name, len(got[""]))
		}
	}
}

// What other programs write is read, where they are installed.
func TestOtherPrograms(t *testing.T) {
	text := strings.Repeat("all work and no play\n", 100_000)
	for _, command := range [][]string{
		{"gzip", "-9c"}, {"bzip2", "-9c"}, {"xz", "-9c"}, {"xz", "-c", "--x86", "--lzma2"}, {"zstd", "-19", "-c"}, {"zstd", "-1", "-c", "--no-check"},
		{"zip", "-q", "-", "-"},
	} {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		cmd := exec.Command(path, command[1:]...)
		cmd.Stdin = strings.NewReader(text)
		data, err := cmd.Output()
		check(t, err)
		got, _, err := members(data)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %d members, %v", command, len(got), err)
		}
		for _, m := range got {
			if m != text {
				t.Errorf("%s: got %d bytes, want %d", command, len(m), len(text))
			}
		}
	}
}

func TestNoArchives(t *testing.T) {
	for _, text := range []string{
		"", "P", "PK", "PK\x03", "PK is no archive", "\x1f\x8b", "\x1f\x8b\x08", "\x1f\x8b\x08\xff1234", "BZh", "BZh91 is not bzip2", "Cr2", "Rar", "#!",
		"#!/bin/sh\necho PK", strings.Repeat("ustar", 200), strings.Repeat("0", 1000), strings.Repeat("\x00", 1000), strings.Repeat(" ", 1000),
	} {
		if f := Detect([]byte(text)); f != None {
			t.Errorf("%.20q is taken for %s", text, f)
		}
	}
	for text, want := range map[string]Format{"7z\xbc\xaf\x27\x1c\x00": SevenZip, "Rar!\x1a\x07\x01\x00": RAR} {
		if f := Detect([]byte(text)); f != want {
			t.Errorf("%q is taken for %q", text, f)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"a/b.txt": "a/b.txt", "./a": "a", "/etc/passwd": "etc/passwd", "../../etc/passwd": "etc/passwd", `..\..\a\b`: "a/b", `C:\a`: "C:/a",
		"a\x00b": "a\ufffdb", "a\nb\x1b[31m\xff": "a\nb\x1b[31m\xff", "": "", "..": "",
		strings.Repeat("x", 5000) + "/end": "..." + strings.Repeat("x", maxName-4) + "/end",
	} {
		if got := memberName(name); got != want {
			t.Errorf("%.20q: %.40q, want %.40q", name, got, want)
		}
	}
	for name, want := range map[string]string{"a.js.gz": "a.js", "a.TGZ": "a.tar", "a.svgz": "a.svg", ".gz": ".gz", "a.zip": "a.zip", "a/b.tar.xz": "a/b.tar"} {
		if got := Uncompressed(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Wherever a zip is cut off, what comes before is found; wherever it is damaged, the
// members before and behind are.
func TestDamagedZip(t *testing.T) {
	want := map[string]string{}
	for i := range 8 {
		want[fmt.Sprint(i)] = strings.Repeat(fmt.Sprint("text ", i, " "), 20)
	}
	for _, k := range []zipKind{{zip.Deflate, false}, {zip.Deflate, true}, {zip.Store, false}, {zip.Store, true}} {
		data := zipOf(t, k, want)
		directory := bytes.Index(data, []byte("PK\x01\x02"))
		for cut := range directory {
			got, _, _ := members(data[:cut])
			for name, text := range got {
				// Of a size that stands behind it, a part may be left.
				if !strings.HasPrefix(want[name], text) && !strings.HasPrefix(text, want[name]) {
					t.Fatalf("%v, cut at %d: %s is %q", k, cut, name, text)
				}
			}
			if whole := countEqual(got, want); whole < cut*8/directory-1 {
				t.Fatalf("%v, cut at %d of %d: %d members", k, cut, directory, whole)
			}
		}
		if k.method == zip.Store {
			continue // sizes are believed there
		}
		for at := range directory {
			broken := slices.Clone(data)
			broken[at] ^= 0x5a
			got, _, _ := membersOf(bytes.NewReader(broken), Zip)
			if whole := countEqual(got, want); whole < 7 {
				t.Fatalf("%v, damaged at %d of %d: %d members", k, at, directory, whole)
			}
		}
	}
}

func countEqual(got, want map[string]string) (n int) {
	for name, text := range want {
		if got[name] == text {
			n++
		}
	}
	return n
}

func TestSkipped(t *testing.T) {
	data := zipOf(t, zipKind{zip.Deflate, true}, map[string]string{"a": "text one", "b": "text two", "c": "text three"})
	second := bytes.Index(data[1:], []byte(localMark)) + 1
	data[6] |= encryptedFlag
	data[second+8] = 98 // PPMd
	first := bytes.Index(data, []byte(entryMark))
	second = bytes.Index(data[first+1:], []byte(entryMark)) + first + 1
	data[first+8] |= encryptedFlag
	data[second+10] = 98
	got, skipped, err := members(data)
	if err != nil || skipped != (Skipped{Encrypted: 1, Unknown: 1}) || !maps.Equal(got, map[string]string{"c": "text three"}) {
		t.Errorf("got %q, skipped %v, %v", got, skipped, err)
	}
}

// The size of a stored member may be one of 64 bits.
func TestZip64(t *testing.T) {
	data := zipOf(t, zipKind{zip.Store, false}, map[string]string{"a": "text one", "b": "text two"})
	size := []byte{1, 0, 16, 0, 8, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0}
	data = slices.Insert(data, localSize+1, size...)
	copy(data[18:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	data[28] = byte(len(size))
	if got, _, err := members(data); err != nil || !maps.Equal(got, map[string]string{"a": "text one", "b": "text two"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

// A sparse file in a tar is no way to have zeros without end read.
func TestSparseTar(t *testing.T) {
	data := hidden.Tar(map[string]string{"a": "text", "b": "more"})
	at := bytes.Index(data, []byte("a\x00"))
	h := data[at : at+512]
	h[156] = tar.TypeGNUSparse
	copy(h[257:], "ustar  \x00")
	copy(h[386:], "00000000000\x0000000000004\x00")
	copy(h[483:], "77777777777\x00")
	signTar(h)
	if got, _, err := members(data); err != nil || !maps.Equal(got, map[string]string{"b": "more"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

// What other programs extract as a file is one, whatever its type.
func TestTarTypes(t *testing.T) {
	for kind, want := range map[byte]bool{'0': true, 0: true, '7': true, 'S': true, 'Z': true, 'D': true, 'q': true, '1': false, '2': false, '3': false, '5': false, '6': false} {
		data := hidden.Tar(map[string]string{"a": "text", "b": "more"})
		h := data[indexOf(t, data, "a\x00"):][:512]
		h[156] = kind
		if kind == 'S' { // 4 bytes at 0, of 4
			copy(h[257:], "ustar  \x00")
			copy(h[386:], "00000000000\x0000000000004\x00")
			copy(h[483:], "00000000004\x00")
		}
		if !want {
			copy(h[124:], "00000000000")
			text := indexOf(t, data, "text")
			data = slices.Delete(data, text, text+512)
			h = data[indexOf(t, data, "a\x00"):][:512]
		}
		signTar(h)
		got, _, err := members(data)
		if text, ok := got["a"]; err != nil || ok != want || want && text != "text" || got["b"] != "more" {
			t.Errorf("type %q: got %q, %v", kind, got, err)
		}
	}
}

// indexOf returns where the first part begins in data.
func indexOf(t *testing.T, data []byte, part string) int {
	t.Helper()
	n := bytes.Index(data, []byte(part))
	if n < 0 {
		t.Fatalf("there is no %q", part)
	}
	return n
}

// signTar sets the checksum of a header.
func signTar(h []byte) {
	sum := 0
	copy(h[148:], "        ")
	for _, c := range h {
		sum += int(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
}

// A window that a file claims is not made room for if it is too large.
func TestWindow(t *testing.T) {
	text := make([]byte, 3<<20)
	for i := range text {
		text[i] = byte(i * i >> 7)
	}
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(maxWindow))
	check(t, err)
	_, err = w.Write(text)
	check(t, err)
	check(t, w.Close())
	data := b.Bytes()
	for level, want := range map[int]bool{0: true, 1: true, 2: false} {
		var u Unpacker
		b := new(Budget)
		b.Grow(int64(len(data)))
		var got error
		_, err := u.Unpack(context.Background(), Zstd, bytes.NewReader(data), Whole{}, level, b, func(m Member) error {
			_, got = io.Copy(io.Discard, m)
			return nil
		})
		if err != nil || want != (got == nil) || !want && !errors.Is(got, errWindow) {
			t.Errorf("level %d: %v, %v", level, got, err)
		}
	}
}

// Files that ask for large windows wait for each other, but not for themselves.
func TestLargeWindows(t *testing.T) {
	text := make([]byte, 3<<20)
	for i := range text {
		text[i] = byte(i * i >> 7)
	}
	data := text
	for range 2 {
		var b bytes.Buffer
		w, err := zstd.NewWriter(&b, zstd.WithWindowSize(maxWindow))
		check(t, err)
		_, err = w.Write(slices.Concat(data, text))
		check(t, err)
		check(t, w.Close())
		data = b.Bytes()
	}
	var files sync.WaitGroup
	for range 3 {
		files.Go(func() {
			budget, n := new(Budget), int64(0)
			budget.Grow(most)
			var outer, inner Unpacker
			_, err := outer.Unpack(t.Context(), Zstd, bytes.NewReader(data), Whole{}, 0, budget, func(m Member) error {
				_, err := inner.Unpack(t.Context(), Zstd, m.Reader, Whole{}, 1, budget, func(m Member) (err error) {
					n, err = io.CopyN(io.Discard, m.Reader, int64(2*len(text)))
					return err
				})
				return err
			})
			if err != nil || n != int64(2*len(text)) {
				t.Errorf("%d bytes, %v", n, err)
			}
		})
	}
	files.Wait()
}

func TestBudget(t *testing.T) {
	bomb := gzipOf(t, make([]byte, 200<<20))
	var u Unpacker
	b := new(Budget)
	b.Grow(int64(len(bomb)))
	n := int64(0)
	_, err := u.Unpack(context.Background(), Gzip, bytes.NewReader(bomb), Whole{}, 0, b, func(m Member) (err error) {
		n, err = io.Copy(io.Discard, m)
		return err
	})
	if !errors.Is(err, ErrTooMuch) || !b.Exceeded() || n < smallest || n > smallest+1<<20 {
		t.Errorf("%d bytes from %d, %v", n, len(bomb), err)
	}
}

func FuzzUnpack(f *testing.F) {
	some := map[string]string{"a.txt": "short", "b": strings.Repeat("long ", 100), "c": ""}
	for _, k := range []zipKind{{zip.Deflate, false}, {zip.Deflate, true}, {zip.Store, false}, {zip.Store, true}, {93, false}} {
		f.Add(zipOf(f, k, some))
	}
	f.Add(hidden.Tar(some))
	f.Add(gzipOf(f, []byte(some["b"])))
	f.Add(zstdOf(f, []byte(some["b"])))
	f.Add(fixed(f, bzip2Sample))
	f.Add(fixed(f, xzSample))
	for _, data := range [][]byte{
		hidden.Cpio(some), hidden.OldCpio(some), hidden.Ar(some, false), hidden.Ar(some, true), hidden.Asar(some), hidden.RAR(some), hidden.RPM(gzipOf(f, []byte("a"))),
		sample(f, "lzma2.7z"), lz4Of(f, []byte(some["b"])), lzmaOf(f, []byte(some["b"])), brotliOf(f, []byte(some["b"])),
		gitSample(f, sha1.New), offsetSample(f, sha1.New), looseOf(f, some["b"]), append([]byte(bundleMarkV2+"\n"), gitSample(f, sha1.New)...),
		hidden.PDF("/Filter /FlateDecode", zlibOf(f, []byte(some["b"]))), []byte("<sst><si><t>name</t></si><si><t>value</t></si></sst>"),
		behindLines(gzipOf(f, []byte(some["b"]))), behindLines(hidden.Tar(some)), append(hidden.Cpio(some), gzipOf(f, hidden.Cpio(some))...), hidden.SQLite(gzipOf(f, []byte(some["b"]))),
		append([]byte("MZ\x90\x00"), hidden.RAR(some)...), append([]byte("MZ\x90\x00"), hidden.SevenZip("a", "short")...),
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var u Unpacker
		b := new(Budget)
		b.Grow(int64(len(data)))
		whole := Whole{bytes.NewReader(data), int64(len(data))}
		// What is found must not depend on how the file is read.
		unpack := func(r io.Reader) (got []string) {
			_, err := u.Unpack(context.Background(), DetectNamed("a.br", data), r, whole, 4, b, func(m Member) error {
				h := crc32.NewIEEE()
				n, err := io.Copy(h, io.LimitReader(m, 1<<20))
				if strings.ContainsRune(m.Name, 0) || len(m.Name) > maxName+3 || strings.Contains("/"+m.Name+"/", "/../") {
					t.Errorf("name %q", m.Name)
				}
				got = append(got, fmt.Sprint(m.Name, n, h.Sum32(), err == nil))
				return nil
			})
			return append(got, fmt.Sprint(err == nil))
		}
		atOnce := unpack(bytes.NewReader(data))
		if pieces := unpack(iotest.HalfReader(bytes.NewReader(data))); !slices.Equal(atOnce, pieces) {
			t.Errorf("%q, in pieces %q", atOnce, pieces)
		}
	})
}

// Very many small files take no more memory than one, and decoders that take it all the
// same are counted.
func TestManySmallFiles(t *testing.T) {
	for format, data := range map[Format][]byte{
		Gzip: gzipOf(t, []byte("a")), Zstd: zstdOf(t, []byte("a")), XZ: fixed(t, xzSample), Bzip2: fixed(t, bzip2Sample),
	} {
		var u Unpacker
		b := new(Budget)
		unpack := func() {
			n := int64(0)
			b.Grow(int64(len(data)))
			_, err := u.Unpack(context.Background(), format, bytes.NewReader(data), Whole{}, 0, b, func(m Member) (err error) {
				n, err = io.Copy(io.Discard, m)
				return err
			})
			if err != nil && !errors.Is(err, ErrTooMuch) || n == 0 {
				t.Errorf("%s: %d bytes, %v", format, n, err)
			}
		}
		unpack()
		if format == Bzip2 {
			for range 200 {
				unpack()
			}
			if !b.Exceeded() {
				t.Errorf("%s: decoders are not counted", format)
			}
			continue
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 500 {
			unpack()
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 5<<20 {
			t.Errorf("%s: allocated %d bytes", format, n)
		}
	}
}
