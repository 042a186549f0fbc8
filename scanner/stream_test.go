package scanner

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/testkey"
	"github.com/neokeys/neokeys/rules"
)

// newKey returns a key that no rule takes for a placeholder.
func newKey(random *rand.Rand) string { return testkey.New(random) }

func rng(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// searchReader searches what r gives, in a stream's own chunks.
func searchReader(t testing.TB, r io.Reader) *finding.Result {
	t.Helper()
	var out collector
	if _, err := newStream(rules.NewSet(rules.All()), &out).search(context.Background(), "a.js", r); err != nil {
		t.Fatal(err)
	}
	return out.finish()
}

// searchWhole searches text without cutting it into chunks.
func searchWhole(t testing.TB, text []byte) *finding.Result {
	t.Helper()
	var out collector
	if err := newStream(rules.NewSet(rules.All()), &out).searchBytes("a.js", text); err != nil {
		t.Fatal(err)
	}
	return out.finish()
}

// secrets returns the found keys in the order of their places.
func secrets(r *finding.Result) []string {
	keys := []string{}
	for i := range r.Findings {
		keys = append(keys, r.Findings[i].Key.Secret.Reveal())
	}
	return keys
}

// A key is found wherever it lies with respect to the buffer.
func TestKeyAcrossBuffers(t *testing.T) {
	random := rng(1)
	step := 1
	if raceDetector || testing.Short() {
		step = 9
	}
	s := newStream(rules.NewSet(rules.All()), nil)
	for _, size := range []int{bufferSize, 2*bufferSize - margin, 3 * bufferSize} {
		for _, edge := range []int{0, 1, margin, bufferSize - 2*margin, bufferSize - margin, bufferSize, 2*bufferSize - 2*margin, 2*bufferSize - margin, size} {
			for offset := -50; offset <= 50; offset += step {
				key := newKey(random)
				pos := edge + offset
				if pos < 0 || pos+len(key) > size {
					continue
				}
				text := bytes.Repeat([]byte{'.'}, size)
				copy(text[pos:], key)
				var out collector
				s.out = &out
				if _, err := s.search(context.Background(), "a.txt", bytes.NewReader(text)); err != nil {
					t.Fatal(err)
				}
				r := out.finish()
				if len(r.Findings) != 1 || r.Findings[0].Offset != int64(pos) || r.Findings[0].Column != pos+1 {
					t.Fatalf("a key at %d of %d: %+v", pos, size, r.Findings)
				}
			}
		}
	}
}

func TestKeyAtTheEnds(t *testing.T) {
	key := newKey(rng(2))
	for _, text := range []string{key, key + "\n", "\n" + key, strings.Repeat("x ", bufferSize) + key} {
		if got := secrets(searchReader(t, strings.NewReader(text))); !reflect.DeepEqual(got, []string{key}) {
			t.Errorf("in %d bytes: found %q", len(text), got)
		}
	}
}

// randomInput is text of several buffers with keys in it, plain and in UTF-16, between
// long and short lines, invalid UTF-8 and half keys.
func randomInput(random *rand.Rand, size int) []byte {
	var b []byte
	for len(b) < size {
		switch random.IntN(9) {
		case 0:
			b = append(b, newKey(random)...)
		case 1:
			b = append(b, wide(newKey(random), binary.LittleEndian)...)
		case 2:
			b = append(b, "\nNEOAGENT_SECRET_KEY="+newKey(random)[12:]+"\n"...)
		case 3:
			b = append(b, newKey(random)[:random.IntN(36)]...)
		case 4:
			b = append(b, '\n')
		case 5:
			b = append(b, strings.Repeat("é", random.IntN(20_000))...)
		case 6:
			b = append(b, 0xff, 0xc3, 0)
		case 7:
			b = append(b, wide(newKey(random), binary.BigEndian)...)
		default:
			b = append(b, bytes.Repeat([]byte("lorem "), random.IntN(20_000))...)
		}
		b = append(b, ' ')
	}
	return b
}

func TestChunkedAgreesWithWhole(t *testing.T) {
	random := rng(3)
	for range 12 {
		text := randomInput(random, bufferSize*(1+random.IntN(4)))
		compareChunked(t, text, random)
	}
}

func compareChunked(t *testing.T, text []byte, random *rand.Rand) {
	t.Helper()
	want := searchWhole(t, text)
	for name, r := range map[string]io.Reader{
		"full reads":         bytes.NewReader(text),
		"random reads":       &randomReader{bytes.NewReader(text), random},
		"data with an error": iotest.DataErrReader(bytes.NewReader(text)),
	} {
		got := searchReader(t, r)
		if a, b := describeFindings(got), describeFindings(want); a != b {
			t.Fatalf("%s of %d bytes:\n got %s\nwant %s", name, len(text), a, b)
		}
	}
	for i := range want.Findings {
		f := &want.Findings[i]
		if len(f.DecodedFrom) > 0 {
			continue
		}
		before := text[:f.Offset]
		line := 1 + bytes.Count(before, []byte("\n"))
		col := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
		if f.Line != line || f.Column != col {
			t.Fatalf("at %d: line %d column %d, want %d and %d", f.Offset, f.Line, f.Column, line, col)
		}
	}
}

func describeFindings(r *finding.Result) string {
	var b strings.Builder
	for _, list := range [][]finding.Finding{r.Findings, r.Examples} {
		for i := range list {
			f := &list[i]
			fmt.Fprintf(&b, "%s %d %v %v %v %s\n", f.Rule, f.Offset, f.Location, f.DecodedFrom, f.Snippet, f.Fingerprint)
		}
	}
	return b.String()
}

// A randomReader gives a few bytes, or none, at a time.
type randomReader struct {
	r      io.Reader
	random *rand.Rand
}

func (r *randomReader) Read(p []byte) (int, error) {
	return r.r.Read(p[:min(len(p), r.random.IntN(40_000))])
}

func FuzzChunkedAgreesWithWhole(f *testing.F) {
	f.Add(uint64(1), []byte("neo_sk_"))
	f.Fuzz(func(t *testing.T, seed uint64, piece []byte) {
		random := rng(seed)
		text := randomInput(random, bufferSize)
		for range 10 {
			at := random.IntN(len(text))
			text = append(text[:at:at], append(piece, text[at:]...)...)
		}
		compareChunked(t, text, random)
	})
}

// wide writes text in UTF-16.
func wide(text string, order binary.ByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		var unit [2]byte
		order.PutUint16(unit[:], u)
		b = append(b, unit[:]...)
	}
	return b
}

func TestUTF16(t *testing.T) {
	key := newKey(rng(4))
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, mark := range []string{"", "\ufeff"} {
			for _, around := range []string{"%s", "line one\r\nkey = \"%s\"\r\n", "a\n\U0001F511 é 密 '%s' 密\n", "é%sé"} {
				text := wide(mark+strings.Repeat("some words to tell the encoding by\n", 20)+fmt.Sprintf(around, key), order)
				r := searchReader(t, bytes.NewReader(text))
				if got := secrets(r); !reflect.DeepEqual(got, []string{key}) {
					t.Errorf("%v, mark %q, %q: found %q", order, mark, around, got)
					continue
				}
				f := &r.Findings[0]
				lines := strings.Split(fmt.Sprintf(around, key), "\n")
				for i, line := range lines {
					if before, _, ok := strings.Cut(line, key); ok {
						if f.Line != 21+i || f.Column != utf8.RuneCountInString(before)+1 {
							t.Errorf("%v, mark %q, %q: at %d:%d", order, mark, around, f.Line, f.Column)
						}
					}
				}
				want := map[binary.ByteOrder]string{binary.LittleEndian: "utf-16le", binary.BigEndian: "utf-16be"}[order]
				if !reflect.DeepEqual(f.DecodedFrom, []string{want}) {
					t.Errorf("decoded from %v, want %s", f.DecodedFrom, want)
				}
			}
		}
	}
	// A string in a compiled program, at an odd place and between other bytes.
	binaryText := append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04"), wide(key, binary.LittleEndian)...)
	binaryText = append(binaryText, 0, 0, 0xff, 0xfe, 0x12)
	if got := secrets(searchReader(t, bytes.NewReader(binaryText))); !reflect.DeepEqual(got, []string{key}) {
		t.Errorf("in a binary: found %q", got)
	}
}

func TestByteOrderMarkIsNoColumn(t *testing.T) {
	r := searchReader(t, strings.NewReader("\ufeff"+newKey(rng(5))))
	if f := r.Findings[0]; f.Line != 1 || f.Column != 1 {
		t.Errorf("at %d:%d, want 1:1", f.Line, f.Column)
	}
}

func TestSnippetsShowNoKey(t *testing.T) {
	random, lines := rng(6), 2000
	if testing.Short() {
		lines = 200
	}
	for range lines {
		var line strings.Builder
		var keys []string
		for range 1 + random.IntN(6) {
			key := newKey(random)
			if random.IntN(3) == 0 {
				key = key[12:]
				line.WriteString(" NEOAGENT_SECRET_KEY=")
			}
			keys = append(keys, key)
			line.WriteString(key)
			if key[0] == 'n' && random.IntN(3) == 0 {
				continue // the next follows at once
			}
			line.WriteString(strings.Repeat(" ", random.IntN(2)) + strings.Repeat(";x", random.IntN(60)) + " ")
		}
		r := searchReader(t, strings.NewReader(line.String()))
		for i := range r.Findings {
			s := r.Findings[i].Snippet
			for _, key := range keys {
				if strings.Contains(s.Text, key[len(key)-16:]) || strings.Contains(s.Text, key[len(key)-24:len(key)-8]) {
					t.Fatalf("%q is in the snippet %q of %q", key, s.Text, line.String())
				}
			}
			if s.Text[s.Start:s.End] != r.Findings[i].Key.Redacted {
				t.Fatalf("the snippet %+v does not mark its key", s)
			}
		}
	}
}

// What no rule finds is masked nonetheless if it stands near a match and looks like a token.
func TestSnippetsShowNoOtherToken(t *testing.T) {
	random := rng(9)
	token := func() string { return newKey(random)[12:] + newKey(random)[12:] }
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for range rounds {
		for _, line := range []string{
			`const neoAuthTokens=["%s","%s"]`,
			`fetch("https://app.neoagent.co/api/x?token=%s",{headers:{Authorization:"%s"}})`,
			`NEOAGENT_SECRET_KEY=%s OTHER=path/to/%s.txt`,
			`{"neoagent_secret_key":"%s","other":"` + strings.Repeat("word ", random.IntN(25)) + `%s"}`,
			`neoagent_secret_key = "%s"; neo_sk_` + "prod_" + `%s`,
		} {
			first, second := token(), token()
			r := searchReader(t, strings.NewReader(fmt.Sprintf(line, first, second)))
			if len(r.Findings) == 0 {
				t.Fatalf("nothing found in %s with %s and %s", line, first, second)
			}
			for i := range r.Findings {
				for _, secret := range []string{first, second} {
					for at := 0; at+12 <= len(secret); at++ {
						if strings.Contains(r.Findings[i].Snippet.Text, secret[at:at+12]) {
							t.Fatalf("a token is in %q", r.Findings[i].Snippet.Text)
						}
					}
				}
			}
		}
	}
}

// A line without a break shows what is around the match.
func TestSnippetsKeepContext(t *testing.T) {
	key := newKey(rng(10))
	for _, around := range []string{"a.b.c=function(q){return", "a.b.c/function-return+", "é", "\xff "} {
		line := strings.Repeat(around, 100) + `"` + key + `"` + strings.Repeat(around, 100)
		s := searchReader(t, strings.NewReader(line)).Findings[0].Snippet
		if s.Start < snippetSide/2 || len(s.Text)-s.End < snippetSide/2 || !s.CutLeft || !s.CutRight {
			t.Errorf("%q is what is shown of %q", s.Text, around)
		}
		if around == "é" && !utf8.ValidString(s.Text) {
			t.Errorf("%q cuts a character", s.Text)
		}
	}
}

func TestReaderThatGivesNothing(t *testing.T) {
	var out collector
	_, err := newStream(rules.NewSet(rules.All()), &out).search(context.Background(), "a.js", nothing{})
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("error %v, want %v", err, io.ErrNoProgress)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestReadErrorKeepsWhatWasFound(t *testing.T) {
	key := newKey(rng(8))
	var out collector
	broken := errors.New("broken")
	_, err := newStream(rules.NewSet(rules.All()), &out).search(context.Background(), "a.js",
		io.MultiReader(strings.NewReader("x "+key+" y"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	if got := secrets(out.finish()); !reflect.DeepEqual(got, []string{key}) {
		t.Errorf("found %q", got)
	}
}

func BenchmarkSearchNothing(b *testing.B) {
	text := bytes.Repeat([]byte("const x = require('y'); // nothing to be seen here\n"), 40_000)
	s := newStream(rules.NewSet(rules.All()), new(collector))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := s.search(context.Background(), "a.js", bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
