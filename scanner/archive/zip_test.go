package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// lyingZips are files that programs open by their directories although the headers before the
// members say something else. Each holds the files that are given.
func lyingZips(t testing.TB, files map[string]string) map[string][]byte {
	le := binary.LittleEndian
	mend := func(k zipKind, change func(data []byte, local int) []byte) []byte {
		data := zipOf(t, k, files)
		return change(data, 0)
	}
	deflated, storedKind := zipKind{zip.Deflate, false}, zipKind{zip.Store, false}
	each := func(data []byte, change func(header []byte)) []byte {
		for at := 0; ; {
			n := bytes.Index(data[at:], []byte(localMark))
			if n < 0 || bytes.Contains(data[:at+n], []byte(entryMark)) {
				return data
			}
			at += n
			change(data[at:])
			at++
		}
	}
	local := func(k zipKind, change func(header []byte)) []byte {
		return mend(k, func(data []byte, _ int) []byte { return each(data, change) })
	}
	return map[string][]byte{
		"size 0":         local(deflated, func(h []byte) { le.PutUint32(h[18:], 0); le.PutUint32(h[22:], 0) }),
		"size 0, stored": local(storedKind, func(h []byte) { le.PutUint32(h[18:], 0); le.PutUint32(h[22:], 0) }),
		"stored":         local(deflated, func(h []byte) { le.PutUint16(h[8:], 0) }),
		"no such method": local(deflated, func(h []byte) { le.PutUint16(h[8:], 77) }),
		"deflated":       local(storedKind, func(h []byte) { le.PutUint16(h[8:], 8) }),
		"version":        local(deflated, func(h []byte) { h[4] = 200 }),
		"encrypted":      local(deflated, func(h []byte) { h[6] |= encryptedFlag }),
		"shorter":        local(storedKind, func(h []byte) { le.PutUint32(h[18:], 3) }),
		"over the next":  local(storedKind, func(h []byte) { le.PutUint32(h[18:], le.Uint32(h[18:])+100) }),
		"to the end":     mend(storedKind, func(d []byte, _ int) []byte { le.PutUint32(d[18:], uint32(len(d)-localSize-1)); return d }),
		"after one byte": mend(deflated, func(d []byte, _ int) []byte { return append([]byte("x"), d...) }),
		"after a mark":   mend(deflated, func(d []byte, _ int) []byte { return append([]byte("\xef\xbb\xbf"), d...) }),
		"in a program":   mend(deflated, func(d []byte, _ int) []byte { return append([]byte("MZ"+strings.Repeat("code", 5000)), d...) }),
		"in a picture": mend(deflated, func(d []byte, _ int) []byte {
			return append([]byte("\xff\xd8\xff\xe0"+strings.Repeat("\xaa", 2000)), d...)
		}),
		"mark in the extra": withExtra(t, files),
	}
}

// withExtra returns a zip whose members have extra fields that hold the mark of a header.
func withExtra(t testing.TB, files map[string]string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		m, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Extra: []byte("\xfe\xca\x04\x00" + localMark)})
		check(t, err)
		_, err = io.WriteString(m, files[name])
		check(t, err)
	}
	check(t, w.Close())
	return b.Bytes()
}

// What a zip's directory lists is opened whatever the headers before the members say; and
// where it cannot be, because the zip is read as a stream, that is said.
func TestLyingZip(t *testing.T) {
	want := map[string]string{"a.txt": "the first of three", "b.txt": strings.Repeat("the second ", 20), "c.txt": "the third of three"}
	for name, data := range lyingZips(t, want) {
		got, skipped, _ := membersOf(bytes.NewReader(data), Zip)
		for member, text := range want {
			if !strings.Contains(got[member], text) {
				t.Errorf("%s: %s is %q", name, member, got[member])
			}
		}
		if skipped != (Skipped{}) {
			t.Errorf("%s: skipped %+v", name, skipped)
		}
		if !EndsAsZip(data, true) {
			t.Errorf("%s: its end is not known", name)
		}
		got, skipped, err := membersOf(iotest.HalfReader(bytes.NewReader(data)), Zip)
		if countEqual(got, want) < len(want) && skipped.Unlisted == 0 && err == nil && name != "to the end" {
			t.Errorf("%s, as a stream: got %q, and nothing is missing", name, got)
		}
	}
}

// A directory with sizes and offsets of 64 bits is compared, too.
func TestLargeDirectory(t *testing.T) {
	le := binary.LittleEndian
	want := map[string]string{"a": "text one", "b": "text two"}
	data := zipOf(t, zipKind{zip.Deflate, false}, want)
	end := bytes.LastIndex(data, []byte(endMark))
	directory := bytes.Index(data, []byte(entryMark))
	large := append([]byte(end64Mark), make([]byte, end64Size-4)...)
	le.PutUint64(large[40:], uint64(end-directory))
	le.PutUint64(large[48:], uint64(directory))
	large = append(large, locatorMark...)
	large = append(large, make([]byte, locatorSize-4)...)
	data = slices.Insert(data, end, large...)
	copy(data[end+len(large)+12:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	for at := bytes.Index(data, []byte(localMark)); at < directory; at++ {
		if bytes.HasPrefix(data[at:], []byte(localMark)) {
			data[at+8] = 77
		}
	}
	if got, skipped, err := membersOf(bytes.NewReader(data), Zip); err != nil || skipped != (Skipped{}) || !maps.Equal(got, want) {
		t.Errorf("got %q, skipped %v, %v", got, skipped, err)
	}
	if _, skipped, err := membersOf(iotest.HalfReader(bytes.NewReader(data)), Zip); err != nil || skipped.Unlisted != 2 {
		t.Errorf("as a stream: skipped %v, %v", skipped, err)
	}
}

// Very many entries for the same bytes use the budget up.
func TestOverlappingMembers(t *testing.T) {
	big := make([]byte, 1<<20)
	data := zipOf(t, zipKind{zip.Store, false}, map[string]string{"a": string(big)})
	at, end := bytes.LastIndex(data, []byte(entryMark)), bytes.LastIndex(data, []byte(endMark))
	entry := slices.Clone(data[at:end])
	many := append(slices.Clone(data[:at]), bytes.Repeat(entry, 1000)...)
	tail := slices.Clone(data[end:])
	binary.LittleEndian.PutUint32(tail[12:], uint32(1000*len(entry)))
	many = append(many, tail...)
	many[18], many[20] = 1, 0 // the header says less
	var u Unpacker
	b := new(Budget)
	b.Grow(int64(len(many)))
	n := int64(0)
	_, err := u.Unpack(context.Background(), Zip, bytes.NewReader(many), wholeOf(bytes.NewReader(many)), 0, b, func(m Member) error {
		k, err := io.Copy(io.Discard, m)
		n += k
		return err
	})
	if err == nil || n > 300<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
