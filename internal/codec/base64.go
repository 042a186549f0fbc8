package codec

import (
	"bytes"
	"encoding/base64"
	"strings"
	"sync"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// base64Form is base64 in either alphabet, in which the key may stand behind something
// else, and over several lines. (RFC 4648, sections 4 and 5.)
var base64Form = &form{
	also: func() []string { return anchorsOf(base64Starts()) },
	undo: undoBase64(base64Starts),
}

// base64WideForm is base64 of UTF-16, as PowerShell's -EncodedCommand has it.
var base64WideForm = &form{
	also: func() []string { return anchorsOf(base64WideStarts()) },
	undo: undoBase64(base64WideStarts),
}

// A base64Start is how a text that begins a key, in whatever form, looks in base64. There are
// three ways, by which byte of a group of three it begins with. The letters are whole groups
// of four, which no line end parts, and the same in both alphabets.
type base64Start struct {
	// letters are those after the group in which the key begins, and first are those of that
	// group that are the key's alone.
	first, letters string
	// at is how many bytes of that group stand before the key.
	at int
	// wide says that the key is in UTF-16.
	wide bool
}

var (
	base64Starts     = sync.OnceValue(nestedStarts)
	base64WideStarts = sync.OnceValue(func() []base64Start { return startsOf(widePrefix, true, 8) })
)

// widePrefix is how a key begins in UTF-16.
const widePrefix = "n\x00e\x00o\x00_\x00s\x00k\x00"

// nestedStarts are the beginnings of a key in base64, of one in base64 up to three times, and of other
// forms in base64. What is encoded more often is found where it is all that is encoded: there are
// three times as many ways each time, and more anchors make the search slower.
func nestedStarts() []base64Start {
	const letters = 4 // a line may end after any group
	all := startsOf(finding.KeyPrefix, false, letters)
	twice := wholeStartsOf([]string{finding.KeyPrefix})
	all = append(all, eachStart(twice)...)
	all = append(all, eachStart(wholeStartsOf(twice))...)
	all = append(all, eachStart(otherStarts)...)
	all = append(all, eachStart(wholeStartsOf(otherStarts[:oftenTwice]))...)
	for _, s := range otherStarts[oftenTwice:] {
		all = append(all, aloneIn(s, 2))
	}
	return append(all, aloneIn(finding.KeyPrefix, maxDepth), aloneIn(widePrefix, 2))
}

// otherStarts are the beginnings of keys in other forms that base64 is around; oftenTwice is how many of them it may be
// around twice with something before.
var otherStarts = []string{
	"_ks_oen", "neo=5Fsk=5F", "6e656f5f736b5f", "arb_fx_",
	"=6E=65=6F", "6E656F5F736B5F", `neo\u005fsk`, `neo\u005Fsk`, `neo\\u005fsk`, "neo%5fsk%5f", "neo%5Fsk%5F", "neo&#95;sk",
}

const oftenTwice = 4

// aloneIn returns how plain begins in base64 of that many times, with nothing before it.
func aloneIn(plain string, times int) base64Start {
	for range times - 1 {
		plain = wholeStarts(plain)[0]
	}
	return eachStart([]string{plain})[0]
}

// eachStart returns how each of some texts begins in base64.
func eachStart(plain []string) (starts []base64Start) {
	const letters = 8
	for _, s := range plain {
		starts = append(starts, startsOf(s, false, letters)...)
	}
	return starts
}

// wholeStartsOf returns the letters that each of some texts always has in base64.
func wholeStartsOf(plain []string) (starts []string) {
	for _, s := range plain {
		starts = append(starts, wholeStarts(s)...)
	}
	return starts
}

// encodedStart returns plain in base64 with at bytes before it, and which letters of that hold
// bits of nothing else.
func encodedStart(plain string, at int) (encoded string, first, end int) {
	encoded = base64.StdEncoding.EncodeToString([]byte("\x00\x00"[:at] + plain))
	return encoded, (at*8 + 5) / 6, (at + len(plain)) * 8 / 6
}

// wholeStarts returns the letters that plain always has in base64, in each of the three ways.
func wholeStarts(plain string) (starts []string) {
	for at := range 3 {
		encoded, first, end := encodedStart(plain, at)
		starts = append(starts, encoded[first:end])
	}
	return starts
}

// startsOf returns how plain begins in base64, in each of the three ways, with no more letters
// than that after the first group.
func startsOf(plain string, wide bool, letters int) (starts []base64Start) {
	for at := range 3 {
		encoded, first, end := encodedStart(plain, at)
		end = min(end, 4+letters) &^ 3
		if end < 8 {
			continue // too short to be looked for
		}
		starts = append(starts, base64Start{encoded[first:4], encoded[4:end], at, wide})
	}
	return starts
}

func anchorsOf(starts []base64Start) (anchors []string) {
	for _, s := range starts {
		anchors = append(anchors, s.letters)
	}
	return anchors
}

// undoBase64 returns the undo of base64 that begins in one of these ways. Where a line ends, so
// may the base64: what ends there comes first.
func undoBase64(starts func() []base64Start) undo {
	byLetter := sync.OnceValue(func() (by [256][]*base64Start) {
		for i, s := range starts() {
			by[s.letters[0]] = append(by[s.letters[0]], &starts()[i])
		}
		return by
	})
	return func(src []byte, pos int, spend Spend, yield func(Plain) bool) {
		for _, s := range byLetter()[src[pos]] {
			if s.stands(src, pos, spend) && spend(2*(maxBase64Before+maxBase64)) && !yieldBase64(src, pos, s, spend, yield) {
				return
			}
		}
	}
}

// yieldBase64 calls yield with what base64 stands for in which a key begins in the group before src[pos], as s says.
func yieldBase64(src []byte, pos int, s *base64Start, spend Spend, yield func(Plain) bool) bool {
	b, ends := base64Around(src, pos, spend)
	for _, end := range ends {
		if p, ok := b.plain(s, end); ok && !yield(p) {
			return false
		}
	}
	return true
}

// stands reports whether the letters that are the key's alone stand at and before src[pos].
func (s *base64Start) stands(src []byte, pos int, spend Spend) bool {
	if !bytes.HasPrefix(src[pos:], []byte(s.letters)) {
		return false
	}
	return lettersBefore(src[:pos], s.first, spend) >= 0
}

// A base64Text is base64 in a text, maybe on several lines.
type base64Text struct {
	values []byte // six bits each
	places []int  // where in the text they stand
	before int    // how many stand before the group that is asked for
	soft   int    // behind how many a line first ends as in quoted-printable; 0 if none does
}

const (
	// maxBase64Before is how much is decoded before a key to see whether it begins there: a key
	// may follow another.
	maxBase64Before = 128
	// maxBase64 is more than the longest key takes in base64 of UTF-16, or of base64 of base64.
	maxBase64 = 320
	// maxBase64Lines is over how many line ends a key is followed.
	maxBase64Lines = 8
)

// base64Around returns the base64 around src[pos], where a group begins, and where in it
// lines end. The group that is asked for is the one before; before that, there are the whole
// groups on its line.
func base64Around(src []byte, pos int, spend Spend) (b base64Text, ends []int) {
	const before = 4
	places := make([]int, 0, before+maxBase64Before) // from right to left
	i := pos
	soft := false
	for range before {
		n, isSoft := breakBefore(src[:i], spend)
		i, soft = i-n, soft || isSoft
		if i == 0 || base64Values[src[i-1]] == notBase64 {
			return b, nil
		}
		i--
		places = append(places, i)
	}
	for len(places) < before+maxBase64Before && i > 0 && base64Values[src[i-1]] != notBase64 {
		i--
		places = append(places, i)
	}
	b.before = (len(places) - before) &^ 3
	if soft {
		b.soft = b.before + before
	}
	b.values = make([]byte, 0, b.before+before+maxBase64)
	b.places = make([]int, 0, cap(b.values))
	for n := before + b.before; n > 0; n-- {
		b.add(src, places[n-1])
	}
	for i := pos; i < len(src) && len(b.values) < b.before+before+maxBase64; {
		if base64Values[src[i]] != notBase64 {
			b.add(src, i)
			i++
			continue
		}
		n := lineEndAt(src[i:], spend)
		if soft := softBreak(src, i, len(b.values)); soft > 0 {
			if n = soft; b.soft == 0 {
				b.soft = len(b.values)
			}
		}
		if n == 0 || len(ends) == maxBase64Lines {
			break
		}
		ends = append(ends, len(b.values))
		i += n
		if i == len(src) || base64Values[src[i]] == notBase64 {
			break
		}
	}
	return b, append(ends, len(b.values))
}

func (b *base64Text) add(src []byte, i int) {
	b.values = append(b.values, base64Values[src[i]])
	b.places = append(b.places, i)
}

// plain decodes the first n letters; false if they end before the key begins.
func (b *base64Text) plain(s *base64Start, n int) (p Plain, ok bool) {
	raw := b.bytes(n)
	p.Key = b.before/4*3 + s.at
	first, width := 0, 1
	if s.wide {
		first, width = p.Key%2, 2
		p.Key /= 2
	}
	p.Text = make([]byte, 0, len(raw))
	p.spans = make([]text.Span, 0, len(raw))
	p.Names = base64Names(b.soft > 0 && n > b.soft)
	wide := len(p.Names)
	if s.wide {
		p.Names = append(p.Names, "utf-16le")
	}
	for i := first; i < len(raw); i += width {
		c := raw[i]
		switch {
		case s.wide && i+1 == len(raw):
			p.Names[wide] = "utf-16be" // the last letter has no zero behind it
		case s.wide && raw[i+1] != 0:
			c = 0xff // not Latin: no part of a key, and no letter before one
		}
		p.add(c, text.Span{Start: b.places[i*8/6], End: b.places[(i*8+7)/6] + 1})
	}
	return p, p.Key <= len(p.Text)
}

// bytes decodes the first n letters.
func (b *base64Text) bytes(n int) []byte {
	out := make([]byte, 0, n*6/8)
	bits, size := 0, 0
	for _, v := range b.values[:n] {
		bits, size = bits<<6|int(v), size+6
		if size >= 8 {
			size -= 8
			out = append(out, byte(bits>>size))
		}
	}
	return out
}

const notBase64 = 0xff

// base64Letters are what both alphabets begin with.
const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// base64Values are the six bits that each letter stands for, in either alphabet.
var base64Values = func() (values [256]uint8) {
	for c := range values {
		values[c] = notBase64
	}
	for _, alphabet := range []string{"+/", "-_"} {
		for i, c := range []byte(base64Letters + alphabet) {
			values[c] = uint8(i)
		}
	}
	return values
}()

// lineEnds are what base64 is broken by, also in a string.
var lineEnds = []string{"\r\n", "\n", `\r\n`, `\n`, "&#10;", "&#xA;", "&#13;", " "}

// maxBlanks bounds the blanks after a line end.
const maxBlanks = 64

// lineEndAt returns the length of the line end that src begins with, and of the blanks
// after it; 0 if there is none.
func lineEndAt(src []byte, spend Spend) int {
	if n := betweenWords(src, 0, 'b'); n > 0 {
		return n
	}
	if n := betweenLiterals(src, spend); n > 0 {
		return n
	}
	for _, end := range lineEnds {
		if bytes.HasPrefix(src, []byte(end)) {
			return len(end) + text.Run(src[len(end):min(len(src), len(end)+maxBlanks)], text.IsBlank)
		}
	}
	return 0
}

// softBreak returns the length of the end of a line at src[i:] that goes on in quoted-printable, behind this
// many letters of base64. Where that may end with the same character, the line is as long as such lines are.
func softBreak(src []byte, i, letters int) int {
	const shortest, longest = 72, 76
	if src[i] != '=' {
		return 0
	}
	n := lineEnd(src, i+1)
	next := i + 1 + n
	if n == 0 || next == len(src) || src[next] == '-' || base64Values[src[next]] == notBase64 {
		return 0
	}
	line := src[max(0, i-longest):i]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	if letters%4 == 3 && len(line) < shortest {
		return 0
	}
	return 1 + n
}

// base64Names are the names of base64, also of that whose lines end as in quoted-printable.
func base64Names(soft bool) []string {
	if soft {
		return []string{"quoted-printable", "base64"}
	}
	return []string{"base64"}
}

// lineEndBefore is lineEndAt for what src ends with.
func lineEndBefore(src []byte, spend Spend) int {
	if n := literalsBefore(src, spend); n > 0 {
		return n
	}
	n := len(src)
	for n > max(0, len(src)-maxBlanks) && text.IsBlank(src[n-1]) {
		n--
	}
	for _, end := range lineEnds {
		if bytes.HasSuffix(src[:n], []byte(end)) {
			return len(src) - n + len(end)
		}
	}
	return len(src) - n
}

// betweenLiterals returns the length of what parts two literals that src begins with, on two
// lines or with an operator between, as programs break base64 that is long; 0 if there is nothing
// of the kind.
func betweenLiterals(src []byte, spend Spend) int {
	if len(src) == 0 || !isQuote(src[0]) || !bytes.ContainsAny(src[:min(len(src), maxJoint)], "\n+.&~") || !spend(jointCost(src, 0)) {
		return 0
	}
	n := joint(src, 0)
	if !bytes.ContainsAny(src[:n], "\n+.&~") {
		return 0
	}
	return n
}

// literalsBefore is betweenLiterals for what src ends with.
func literalsBefore(src []byte, spend Spend) int {
	if len(src) == 0 || !isQuote(src[len(src)-1]) {
		return 0
	}
	for n := 2; n <= min(len(src), maxBlanks); n++ {
		if at := len(src) - n; isQuote(src[at]) && betweenLiterals(src[at:], spend) == n {
			return n
		}
	}
	return 0
}

// Base64 decodes the whole of a value in padded base64, as the data of a Kubernetes Secret is.
func Base64(value string) (plain []byte, ok bool) { return decode(base64.StdEncoding, value) }

// LooseBase64 decodes the whole of a value in base64 of either alphabet, padded or not.
func LooseBase64(value string) (plain []byte, ok bool) {
	value = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(value, "="))
	return decode(base64.RawStdEncoding, value)
}

func decode(e *base64.Encoding, value string) (plain []byte, ok bool) {
	plain, err := e.DecodeString(value)
	if err != nil {
		return nil, false
	}
	return plain, true
}
