package scanner

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/neokeys/neokeys/rules"
)

var orders = map[string]binary.ByteOrder{"utf-16le": binary.LittleEndian, "utf-16be": binary.BigEndian}

// Text in UTF-16 that is hardly Latin and has no byte order mark is read right, line by
// line.
func TestUTF16OfOtherScripts(t *testing.T) {
	key := newKey(rng(40))
	for name, order := range orders {
		for _, c := range []struct {
			text         string
			line, column int
		}{
			{strings.Repeat("設定ファイル。\n", 200) + "鍵 = 「" + key + "」\n", 201, 6},
			{"これは鍵" + key + "鍵です。\n" + strings.Repeat("これは鍵です。\n", 200), 1, 5},
			{strings.Repeat("\u3000настройки: 密 😀\r\n", 30) + "ぁ" + key + "ぁ", 31, 2},
			{strings.Repeat("これは鍵です。\n", 20_000) + "鍵: " + key, 20_001, 4},
		} {
			text := wide(c.text, order)
			r := searchReader(t, bytes.NewReader(text))
			if got := secrets(r); !reflect.DeepEqual(got, []string{key}) {
				t.Errorf("%s, %.20q: found %q", name, c.text, got)
				continue
			}
			if f := &r.Findings[0]; f.Line != c.line || f.Column != c.column || f.DecodedFrom[0] != name {
				t.Errorf("%s, %.20q: at %d:%d decoded from %v, want %d:%d", name, c.text, f.Line, f.Column, f.DecodedFrom, c.line, c.column)
			}
			if a, b := describeFindings(r), describeFindings(searchWhole(t, text)); a != b {
				t.Errorf("%s, %.20q: in chunks\n%sas a whole\n%s", name, c.text, a, b)
			}
		}
	}
}

// The bytes around a string in a binary tell the order of its own.
func TestUTF16InBinaries(t *testing.T) {
	key := newKey(rng(41))
	for name, order := range orders {
		text := string(wide(key, order))
		for _, around := range [][2]string{
			{"", ""}, {"\xca\xfe\xba\xbe\x01\x02", "\x07\x08"}, {"\xca\xfe\xba\xbe\x01", "\x07\x08\x09"},
			{"\x02", ""}, {"", "\x07"}, {strings.Repeat("\x90\x91\x92", bufferSize), "\x80\x81"},
		} {
			r := searchReader(t, strings.NewReader(around[0]+text+around[1]))
			if got := secrets(r); !reflect.DeepEqual(got, []string{key}) {
				t.Errorf("%s between %.10q and %q: found %q", name, around[0], around[1], got)
			} else if got := r.Findings[0].DecodedFrom; around[0]+around[1] != "" && around[1] != "" && got[0] != name {
				t.Errorf("%s between %.10q and %q: decoded from %v", name, around[0], around[1], got)
			}
		}
	}
}

// What only looks a little like UTF-16 is none.
func TestNoUTF16(t *testing.T) {
	for name, text := range map[string]string{
		"names from find":    strings.Repeat("./src/a b.js\x00./README.md\x00", 60),
		"names and lines":    strings.Repeat("one name\x00 and one\n\x00", 60),
		"numbers of 16 bits": strings.Repeat("\x01\x00\x20\x00\x02\x00", 60),
		"zeros":              strings.Repeat("\x00", 4096),
		"ASCII":              strings.Repeat("plain text\n", 100),
	} {
		if e := detectEncoding([]byte(text)); e != utf8Text {
			t.Errorf("%s: %s", name, e.wideName())
		}
	}
}

// A byte order mark is no part of the line that a report shows.
func TestByteOrderMarkIsNotShown(t *testing.T) {
	key := newKey(rng(42))
	line := "key = " + key
	for name, text := range map[string][]byte{
		"utf-8":    []byte("\ufeff" + line),
		"utf-16le": wide("\ufeff"+line, binary.LittleEndian),
		"utf-16be": wide("\ufeff"+line, binary.BigEndian),
	} {
		r := searchReader(t, bytes.NewReader(text))
		if len(r.Findings) != 1 {
			t.Fatalf("%s: found %q", name, secrets(r))
		}
		f := &r.Findings[0]
		if want := "key = " + f.Key.Redacted; f.Snippet.Text != want || f.Column != 7 {
			t.Errorf("%s: %q in column %d, want %q in column 7", name, f.Snippet.Text, f.Column, want)
		}
	}
}

// A key in UTF-32 is found in text with and without a byte order mark, and where a program
// for Unix keeps a string of wide characters.
func TestUTF32(t *testing.T) {
	key := newKey(rng(43))
	for name, order := range map[string]binary.AppendByteOrder{"utf-32le": binary.LittleEndian, "utf-32be": binary.BigEndian} {
		encode := func(s string) string {
			var b []byte
			for _, r := range s {
				b = order.AppendUint32(b, uint32(r))
			}
			return string(b)
		}
		for what, c := range map[string]struct {
			text         string
			line, column int
		}{
			"mark":    {encode("\ufeff# key\nkey = " + key + "\n"), 2, 7},
			"no mark": {encode("# key\nkey = " + key + "\n"), 2, 7},
			"binary":  {"\x7fELF\x02\x01" + encode(key) + "\x10\x20\x30", 1, 7},
		} {
			r := searchReader(t, strings.NewReader(c.text))
			if got := secrets(r); !reflect.DeepEqual(got, []string{key}) {
				t.Errorf("%s, %s: found %q", name, what, got)
				continue
			}
			f := &r.Findings[0]
			if what != "binary" && (f.Line != c.line || f.Column != c.column) || f.DecodedFrom[0] != name {
				t.Errorf("%s, %s: at %d:%d decoded from %v, want %d:%d", name, what, f.Line, f.Column, f.DecodedFrom, c.line, c.column)
			}
			if a, b := describeFindings(r), describeFindings(searchWhole(t, []byte(c.text))); a != b {
				t.Errorf("%s, %s: in chunks\n%sas a whole\n%s", name, what, a, b)
			}
		}
	}
}

// A place far into long lines has the line and the column that counting from byte to byte gives.
func TestCursorInLongLines(t *testing.T) {
	var text []byte
	for i, c := range "aé\n日x" {
		text = append(text, strings.Repeat(string(c), 5000>>(i%3))...)
	}
	text = append(append(text, '\n'), bytes.Repeat([]byte("long é "), 2000)...)
	for _, pos := range []int{0, 31, 4999, 9000, 20_000, len(text) - 7, len(text)} {
		line, col := 1, 1
		for _, c := range string(text[:pos]) {
			if col++; c == '\n' {
				line, col = line+1, 1
			}
		}
		c := newCursor(utf8Text)
		if gotLine, gotCol := c.at(text, pos); gotLine != line || gotCol != col {
			t.Errorf("at %d: line %d, column %d, want %d, %d", pos, gotLine, gotCol, line, col)
		}
	}
}

// TestWideCharacterCutOff finds a key whose last character is cut off by the end of a text, behind which there is no room.
func TestWideCharacterCutOff(t *testing.T) {
	key := newKey(rng(44))
	for _, width := range []int{2, 4} {
		for cut := 1; cut < width; cut++ {
			text := []byte("a = 1\nb = ")
			for _, c := range []byte(key) {
				text = append(append(text, c), make([]byte, width-1)...)
			}
			text = slices.Clip(text[:len(text)-cut])
			found, _, err := NewSearcher(rules.NewSet(rules.All()), rules.Places{}).Search("a.txt", text)
			if err != nil || len(found) == 0 || found[0].EndLine != 2 {
				t.Errorf("width %d, %d bytes cut off: found %v, error %v", width, cut, found, err)
			}
		}
	}
}
