package scanner

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"testing"
	"testing/iotest"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/rules"
)

// wholeRule reports what it was given as a whole.
var wholeRule = &rules.Rule{
	ID: "whole", Anchors: []string{"neoagent.io"},
	MatchFile: func(f *rules.File, report func(rules.Match)) {
		at := bytes.Index(f.Text, []byte("neoagent.io"))
		report(rules.Match{
			Start: at, End: at + 11, Severity: finding.Warning,
			Message: fmt.Sprintf("%d bytes, %08x", len(f.Text), crc32.ChecksumIEEE(f.Text)),
		})
	},
}

// A rule that looks at whole files is given the same text however the file was read,
// and is given none of a file that is larger than it may be.
func TestWholeFiles(t *testing.T) {
	set := rules.NewSet([]*rules.Rule{wholeRule})
	chunked, whole := newStream(set, nil), newStream(set, nil)
	random := rng(7)
	for _, size := range []int{
		11, 1000, bufferSize - 1, bufferSize, bufferSize + 1, 2*bufferSize - margin, 3 * bufferSize,
		rules.MaxFile - 1, rules.MaxFile, rules.MaxFile + 1, rules.MaxFile + bufferSize, 2 * rules.MaxFile,
	} {
		for range 4 {
			text := bytes.Repeat([]byte("lines of text\n"), size/14+1)[:size]
			at := random.IntN(size - 10)
			copy(text[at:], "neoagent.io")

			var a, b collector
			chunked.out, whole.out = &a, &b
			for _, r := range []io.Reader{bytes.NewReader(text), iotest.HalfReader(bytes.NewReader(text)), iotest.DataErrReader(bytes.NewReader(text))} {
				a = collector{}
				if _, err := chunked.search(context.Background(), "a.js", r); err != nil {
					t.Fatal(err)
				}
				b = collector{}
				if err := whole.searchBytes("a.js", text); err != nil {
					t.Fatal(err)
				}
				got, want := fmt.Sprintf("%+v", a.finish().Findings), fmt.Sprintf("%+v", b.finish().Findings)
				if got != want {
					t.Fatalf("%d bytes: in chunks\n%s\nas a whole\n%s", size, got, want)
				}
			}
			if size > rules.MaxFile {
				if len(b.result.Findings) != 0 {
					t.Errorf("a file of %d bytes is given as a whole", size)
				}
				continue
			}
			want := fmt.Sprintf("%d bytes, %08x", size, crc32.ChecksumIEEE(text))
			if f := b.result.Findings; len(f) != 1 || f[0].Message != want || f[0].Offset != int64(at) {
				t.Errorf("%d bytes: %+v, want %q at %d", size, f, want, at)
			}
		}
	}
	if n := len(chunked.buf); n > wholeSize {
		t.Errorf("the buffer has grown to %d bytes", n)
	}
}

func TestWholeFileEncodings(t *testing.T) {
	set := rules.NewSet([]*rules.Rule{wholeRule})
	const line = "first = 1\nurl = neoagent.io\n"
	narrow := fmt.Sprintf("%d bytes, %08x", len(line), crc32.ChecksumIEEE([]byte(line)))
	for name, c := range map[string]struct {
		text string
		want string
		col  int
	}{
		"utf-8":           {line, narrow, 7},
		"utf-16le":        {string(wide(line, binary.LittleEndian)), narrow, 7},
		"utf-16be":        {string(wide(line, binary.BigEndian)), narrow, 7},
		"a binary":        {"\x7fELF\x00" + line, "", 0},
		"nothing in it":   {"neoagent.org", "", 0},
		"a binary's tail": {line + "\x00", "", 0},
	} {
		var out collector
		if err := newStream(set, &out).searchBytes("a.js", []byte(c.text)); err != nil {
			t.Fatal(err)
		}
		found := out.finish().Findings
		if c.want == "" {
			if len(found) != 0 {
				t.Errorf("%s: %+v", name, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Message != c.want || found[0].Line != 2 || found[0].Column != c.col {
			t.Errorf("%s: %+v, want %q at 2:%d", name, found, c.want, c.col)
		}
	}
}
