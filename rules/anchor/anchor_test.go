package anchor

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var literals = []string{"neo_sk_", "neoagent", "neo_secret", "neo-api", "neoauth", "zebra.stripe", "my_neo_key", "ze_neo.b.stripe"}

func finder(t testing.TB) *Finder {
	t.Helper()
	f, err := New(literals)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// reference finds hits the obvious way.
func reference(literals []string, text []byte) []Hit {
	folded := make([]byte, len(text))
	for i, c := range text {
		folded[i] = lower(c)
	}
	var hits []Hit
	for pos := range folded {
		var h Hit
		for i, lit := range literals {
			for _, width := range []int{1, 2, 4} {
				if (width < 4 || len(lit) <= 8 && strings.HasPrefix(lit, "neo")) && bytes.HasPrefix(folded[pos:], wide(lit, width)) {
					h.Literals.Add(i)
					h.Width = width
				}
			}
		}
		if !h.Literals.Empty() {
			h.Pos = pos
			hits = append(hits, h)
		}
	}
	return hits
}

// wide returns text with characters of width bytes, up to its last character.
func wide(text string, width int) []byte {
	return []byte(strings.Join(strings.Split(text, ""), strings.Repeat("\x00", width-1)))
}

// all collects what Next finds.
func all(f *Finder, text []byte) []Hit {
	var hits []Hit
	for from := 0; ; {
		h, ok := f.Next(text, from)
		if !ok {
			return hits
		}
		hits = append(hits, h)
		from = h.Pos + 1
	}
}

func TestEveryPlace(t *testing.T) {
	f := finder(t)
	for _, lit := range append(slices.Clone(literals), "NEO_SK_", "NeoAgent", "n\x00e\x00o\x00_\x00s\x00k\x00_", "N\x00e\x00O\x00a\x00u\x00t\x00h\x00", string(wide("NEO_sk_", 4))) {
		for size := len(lit); size < 200; size++ {
			for pos := 0; pos+len(lit) <= size; pos++ {
				text := bytes.Repeat([]byte("n"), size)
				copy(text[pos:], lit)
				got := all(f, text)
				if len(got) != 1 || got[0].Pos != pos {
					t.Fatalf("%q at %d of %d: found %v", lit, pos, size, got)
				}
			}
		}
	}
}

func TestAgreesWithReference(t *testing.T) {
	f := finder(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		compare(t, f, randomText(rng, literals))
	}
}

// Literals of few different characters share windows and buckets, and begin in each
// other.
func TestAnyLiterals(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for range 80 {
		alphabet := "neo_k.zq-5"[:2+rng.IntN(9)]
		lits := make([]string, 1+rng.IntN(1<<rng.IntN(10)))
		for i := range lits {
			b := make([]byte, MinLen+rng.IntN(12))
			for j := range b {
				b[j] = alphabet[rng.IntN(len(alphabet))]
			}
			lits[i] = string(b)
		}
		f, err := New(lits)
		if err != nil {
			t.Fatal(err)
		}
		for range 6 {
			compare(t, f, randomText(rng, lits))
		}
	}
}

// The windows that literals have in common serve them all, and rare ones are taken
// before those that text is full of.
func TestWindows(t *testing.T) {
	for _, c := range []struct {
		literals []string
		want     []int
	}{
		{[]string{"neo_sk_", "neo_key", "neo-api", "neo.key", "neoagent", "my_neo_token"}, []int{0, 0, 0, 0, 0, 3}},
		{[]string{"the_zxq_secret"}, []int{4}},
		{[]string{"return_key"}, []int{5}},
	} {
		if got := chooseWindows(c.literals, 3, 0, 0); !slices.Equal(got, c.want) {
			t.Errorf("the windows of %q begin at %v, want %v", c.literals, got, c.want)
		}
	}
}

// compare checks the searches with both kinds of vector instructions, the plain search and the
// reference against each other.
func compare(t *testing.T, f *Finder, text []byte) {
	t.Helper()
	want := fmt.Sprint(reference(f.literals, text))
	if got := fmt.Sprint(all(f, text)); got != want {
		t.Fatalf("in %q\n got %v\nwant %v", text, got, want)
	}
	narrow := *f
	narrow.narrow = true
	if got := fmt.Sprint(all(&narrow, text)); got != want {
		t.Fatalf("in %q with vectors of 256 bits\n got %v\nwant %v", text, got, want)
	}
	plain := *f
	plain.plain = true
	if got := fmt.Sprint(all(&plain, text)); got != want {
		t.Fatalf("in %q without vector instructions\n got %v\nwant %v", text, got, want)
	}
}

// randomText is made of pieces of literals, in both widths and cases.
func randomText(rng *rand.Rand, literals []string) []byte {
	var b []byte
	for len(b) < rng.IntN(300) {
		lit := literals[rng.IntN(len(literals))]
		lit = lit[:rng.IntN(len(lit)+1)]
		if rng.IntN(3) == 0 {
			lit = strings.ToUpper(lit)
		}
		if rng.IntN(3) == 0 && lit != "" {
			lit = string(wide(lit, 2<<rng.IntN(2)))
		}
		b = append(b, lit...)
		for range rng.IntN(4) {
			b = append(b, byte(rng.Uint32()))
		}
	}
	return b
}

func TestRejects(t *testing.T) {
	for _, lit := range []string{"", "neo", "Neo_", "né__", "neo\x00"} {
		if _, err := New([]string{lit}); err == nil {
			t.Errorf("New accepts %q", lit)
		}
	}
	if _, err := New(make([]string, MaxLit+1)); err == nil {
		t.Error("New accepts too many literals")
	}
}

func FuzzNext(f *testing.F) {
	fd := finder(f)
	f.Add([]byte("neo_sk_prod_"))
	f.Add([]byte("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxNeoAgent"))
	f.Add([]byte("\xff\xfen\x00e\x00o\x00_\x00s\x00k\x00_\x00"))
	f.Fuzz(func(t *testing.T, text []byte) { compare(t, fd, text) })
}

// text is a megabyte of words in which no literal occurs, but parts of some do.
func text() []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	words := strings.Fields("the function returns a new object on every call and keeps one key in const value import { React } from 'react'; <div> agent api secret_key = null;")
	var b []byte
	for len(b) < 1<<20 {
		b = append(b, words[rng.IntN(len(words))]...)
		b = append(b, " \n"[rng.IntN(40)/39])
		if rng.IntN(10000) == 0 {
			b = append(b, "simultaneous neon "...)
		}
	}
	return b
}

func BenchmarkFinder(b *testing.B) {
	f, data := finder(b), text()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, ok := f.Next(data, 0); ok {
			b.Fatal("found something")
		}
	}
}

func BenchmarkNarrow(b *testing.B) {
	f, data := finder(b), text()
	f.narrow = true
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, ok := f.Next(data, 0); ok {
			b.Fatal("found something")
		}
	}
}

func BenchmarkPlain(b *testing.B) {
	f, data := finder(b), text()
	f.plain = true
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, ok := f.Next(data, 0); ok {
			b.Fatal("found something")
		}
	}
}

// BenchmarkIndexByte is the ceiling: one absent byte, in the standard library's
// assembly.
func BenchmarkIndexByte(b *testing.B) {
	data := text()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if bytes.IndexByte(data, 0xff) >= 0 {
			b.Fatal("found something")
		}
	}
}
