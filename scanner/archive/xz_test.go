package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/therootcompany/xz"
	ulikunitz "github.com/ulikunitz/xz"
)

// xzOf compresses text, and has the file ask its decoder to remember window bytes.
func xzOf(t testing.TB, text string, window uint64) []byte {
	var b bytes.Buffer
	w, err := ulikunitz.WriterConfig{DictCap: 64 << 10}.NewWriter(&b)
	check(t, err)
	_, err = io.WriteString(w, text)
	check(t, err)
	check(t, w.Close())
	askFor(b.Bytes(), lzma2Window(window))
	return b.Bytes()
}

func askFor(file []byte, window byte) {
	block := file[xzHeader : xzHeader+4*(int(file[xzHeader])+1)]
	block[windowIn(block)] = window
	sum := len(block) - crc32.Size
	binary.LittleEndian.PutUint32(block[sum:], crc32.ChecksumIEEE(block[:sum]))
}

// textOf returns what is in a compressed file, at some level.
func textOf(t testing.TB, f Format, file []byte, level int) (text []byte, err error) {
	var u Unpacker
	b := new(Budget)
	b.Grow(int64(len(file)))
	_, unpackErr := u.Unpack(t.Context(), f, bytes.NewReader(file), Whole{}, level, b, func(m Member) error {
		text, err = io.ReadAll(m)
		return nil
	})
	return text, errors.Join(unpackErr, err)
}

// What a small file asks its decoder to remember takes no memory, and needs no turn.
func TestSmallXZ(t *testing.T) {
	text := strings.Repeat("some text that is compressed. ", 10_000)
	file := xzOf(t, text, maxWindow)
	kept := keptLarge() // as if another file had the large decoders
	defer func() { freeLarge <- weak.Make(kept) }()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for level := range 5 {
		got, err := textOf(t, XZ, file, level)
		check(t, err)
		if string(got) != text {
			t.Errorf("level %d: %d bytes, and not %d", level, len(got), len(text))
		}
	}
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > maxWindow/2 {
		t.Errorf("%d MB were taken for %d bytes", taken>>20, len(file))
	}
}

// What asks for less gives what it gave before.
func FuzzAskForLess(f *testing.F) {
	file := xzOf(f, strings.Repeat("some text ", 100), 1<<20)
	f.Add(file)
	f.Add(bytes.Repeat(file, 2))
	f.Add(append(bytes.Clone(file), 0, 0, 0, 0))
	f.Add(file[:len(file)-1])
	f.Add(xzOf(f, "", 1<<20))
	f.Fuzz(func(t *testing.T, file []byte) {
		text := func(file []byte) ([]byte, error) {
			r, err := xz.NewReader(bytes.NewReader(file), usualWindow)
			if err != nil {
				return nil, err
			}
			return io.ReadAll(io.LimitReader(r, usualWindow+1))
		}
		want, wantErr := text(file)
		less := bytes.Clone(file)
		if !askForLess(less) || errors.Is(wantErr, xz.ErrMemlimit) {
			return
		}
		got, err := text(less)
		if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
			t.Errorf("%d bytes, %v; before: %d bytes, %v", len(got), err, len(want), wantErr)
		}
	})
}
