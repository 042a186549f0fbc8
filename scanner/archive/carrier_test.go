package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/internal/hidden"
)

// carriers are small programs and pictures, of which only as much is there as is looked at.
func carriers() map[string][]byte {
	le := binary.LittleEndian
	elf := make([]byte, 64+56+300)
	copy(elf, "\x7fELF\x02\x01\x01")
	le.PutUint64(elf[32:], 64) // one segment
	le.PutUint16(elf[54:], 56)
	le.PutUint16(elf[56:], 1)
	le.PutUint64(elf[64+8:], 120)
	le.PutUint64(elf[64+32:], 300)

	sections := slices.Clone(elf) // with a table of sections behind the segment
	le.PutUint64(sections[40:], uint64(len(elf)))
	le.PutUint16(sections[58:], 64)
	le.PutUint16(sections[60:], 2)
	sections = append(sections, make([]byte, 2*64)...)

	pe := make([]byte, 600)
	copy(pe, "MZ")
	le.PutUint32(pe[60:], 128)
	copy(pe[128:], "PE\x00\x00")
	le.PutUint16(pe[128+6:], 1)
	le.PutUint16(pe[128+20:], 16)
	le.PutUint32(pe[128+24+16+16:], 200)
	le.PutUint32(pe[128+24+16+20:], 400)

	machO := make([]byte, 500)
	copy(machO, "\xcf\xfa\xed\xfe")
	le.PutUint32(machO[16:], 1)
	le.PutUint32(machO[32:], 0x19)
	le.PutUint32(machO[36:], 72)
	le.PutUint64(machO[32+40:], 100)
	le.PutUint64(machO[32+48:], 400)

	return map[string][]byte{
		"ELF": elf, "ELF with sections": sections, "PE": pe, "Mach-O": machO,
		"PNG":  []byte(pngMark + "\x00\x00\x00\x04IDATdataCSUM\x00\x00\x00\x00" + pngEnd),
		"JPEG": []byte(jpegMark + strings.Repeat("\xe0thumbnail"+jpegEnd, 100) + jpegEnd),
		"GIF":  []byte(gifMark + "9a" + strings.Repeat("\x21;", 1000) + gifEnd),
	}
}

// What stands behind a program or a picture is visited, behind zeros, too.
func TestCarriers(t *testing.T) {
	one, two := gzipOf(t, []byte("one")), zlibOf(t, []byte("two"))
	tar := string(hidden.Tar(map[string]string{"a.txt": "b"}))
	for name, data := range carriers() {
		if f := MayCarry(data, data, int64(len(data))); f != None {
			t.Errorf("%s: nothing is behind it, and it may carry something: %s", name, f)
		}
		picture := strings.HasPrefix(string(data), jpegMark) || strings.HasPrefix(string(data), gifMark)
		for behind, want := range map[string][]string{
			string(one):                              {"|gzip|one"},
			string(one) + string(two) + "and more":   {"|gzip|one", "|zlib|two"},
			"\x00\x00\x00\x00\x00" + string(one):     {"|gzip|one"},
			"hsqs" + strings.Repeat("\x04\x00", 100): {"||hsqs" + strings.Repeat("\x04\x00", 48)},
			tar:                                      {"||" + tar[:100]},
			"no archive":                             nil,
			"\x1f\x8b\x08\x00none":                   nil,
			"":                                       nil,
		} {
			if picture && (behind[:min(1, len(behind))] == "\x00" || strings.HasPrefix(behind, "hsqs")) {
				continue // in those, only what can be opened is looked for
			}
			got, _, err := unpackAll(slices.Concat(data, []byte(behind)))
			if behind == "" {
				got = nil
			}
			if err != nil && behind != "" || !slices.Equal(got, want) {
				t.Errorf("%s, %.20q: %q, %v; want %q", name, behind, got, err, want)
			}
		}
	}
	setup := slices.Concat(carriers()["PE"], []byte("\x00\x00\x00\x00\xef\xbe\xad\xdeNullsoftInst"))
	if _, _, err := unpackAll(setup); !errors.Is(err, ErrUnopened) {
		t.Errorf("an installer: %v", err)
	}
	sealed := behindLines([]byte("Salted__12345678\xff\xfe\xfd"))
	if _, _, err := unpackAll(sealed); !errors.Is(err, ErrUnopened) {
		t.Errorf("what is encrypted: %v", err)
	}
	if f := MayCarry([]byte("#!/bin/sh\n"), nil, math.MaxInt64); f != SelfExtracting {
		t.Errorf("a long script may carry %s", f)
	}
}

// Whatever headers say, all of a file is gone through once at most.
func FuzzCarrier(f *testing.F) {
	for _, data := range carriers() {
		f.Add(append(data, gzipOf(f, []byte("one"))...))
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if MayCarry(data, data, int64(len(data))) == None {
			t.Skip()
		}
		u := Unpacker{}
		u.source.reset(bytes.NewReader(data))
		b := new(Budget)
		b.Grow(int64(len(data)))
		_ = u.carried(0, b, func(m Member) error {
			_, err := m.Read(make([]byte, 100))
			return err
		})
		if u.source.pos() > int64(len(data)) {
			t.Errorf("%d of %d bytes were used", u.source.pos(), len(data))
		}
	})
}
