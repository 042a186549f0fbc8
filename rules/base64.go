package rules

import (
	"bytes"
	"strings"

	"github.com/neokeys/neokeys/finding"
)

// A base64Start is how a part of finding.KeyPrefix looks in base64. There are three ways, by which
// byte of a group of three the key begins with. The letters are whole groups of four, which
// no line end parts, and the same in both alphabets. (RFC 4648, sections 4 and 5.)
type base64Start struct {
	// letters are those after the group in which the key begins, and first are those of that
	// group that are the key's alone.
	first, letters string
	// at is how many bytes of that group stand before the key.
	at int
	// wide tells that the key is in UTF-16, as PowerShell's -EncodedCommand has it.
	wide bool
}

var base64Starts = []base64Start{
	{"bmVv", "X3Nr", 0, false}, {"5l", "b19z", 1, false}, {"u", "ZW9f", 2, false},
	{"bgBl", "AG8AXwBz", 0, true}, {"4A", "ZQBvAF8A", 1, true}, {"u", "AGUAbwBf", 2, true},
}

// base64Anchors returns the letters of base64Starts as anchors.
func base64Anchors() (anchors []string) {
	for _, s := range base64Starts {
		anchors = append(anchors, strings.ToLower(s.letters))
	}
	return anchors
}

// matchBase64 reports the key of whose beginning in base64 the second group stands at v.Pos.
func matchBase64(v *View, report func(Match)) {
	for _, start := range base64Starts {
		if bytes.HasPrefix(v.Text[v.Pos:], []byte(start.letters)) {
			if m, ok := start.key(v, false); ok {
				report(m)
			}
		}
	}
}

// key returns the match of the key that begins in the base64 around v.Pos, where glued tells
// that it may follow a letter or digit.
//
// Where a line ends, so may the base64. It is read on only where the key is not one without
// the next line: it has no end, or not the documented length.
func (s *base64Start) key(v *View, glued bool) (found Match, ok bool) {
	if before := v.Text[:v.Pos]; !bytes.HasSuffix(before[:len(before)-lineEndBefore(before)], []byte(s.first)) {
		return found, false
	}
	b, ends := base64Around(v.Text, v.Pos)
	for _, end := range ends {
		plain := b.bytes(end)
		at, step := b.before/4*3+s.at, 1
		first := 0
		if s.wide {
			first, step = at%2, 2
			at /= 2
			plain = narrowed(plain[first:])
		}
		if at > len(plain) {
			continue
		}
		if glued {
			plain, first, at = plain[at:], first+at*step, 0
		}
		whole := false
		matchAPIKey(&View{Text: plain, Pos: at, Place: v.Place}, func(m Match) {
			whole = m.End < len(plain) || m.End-m.Start == finding.APIKeyLen(m.Key.Env, finding.SecretLen)
			from, last := first+m.Start*step, first+(m.End-1)*step
			m.Start, m.End = b.places[from*8/6], b.places[(last*8+7)/6]+1
			m.Message += ", in base64"
			m.Decoded = []string{"base64"}
			if s.wide {
				m.Decoded = append(m.Decoded, "utf-16le")
			}
			found, ok = m, true
		})
		if whole {
			break
		}
	}
	return found, ok
}

// narrowed returns what is in UTF-16 with its low bytes first, a byte a character.
func narrowed(wide []byte) []byte {
	var text []byte
	for i := 0; i+1 < len(wide); i += 2 {
		c := wide[i]
		if wide[i+1] != 0 {
			c = 0xff // not Latin: no part of a key, and no letter before one
		}
		text = append(text, c)
	}
	return text
}

// A base64Text is base64 in a text, maybe on several lines.
type base64Text struct {
	values []byte // six bits each
	places []int  // where in the text they stand
	before int    // how many stand before the group that is asked for
}

const (
	// maxBase64Before is how much is decoded before a key to see whether it begins there: a key
	// may follow another.
	maxBase64Before = 128
	// maxBase64 is more than the longest key takes in base64 of UTF-16.
	maxBase64 = 256
	// maxBase64Lines is over how many line ends a key is followed.
	maxBase64Lines = 3
)

// base64Around returns the base64 around text[pos], where a group begins, and where in it
// lines end. The group that is asked for is the one before; before that, there are the whole
// groups on its line.
func base64Around(text []byte, pos int) (b base64Text, ends []int) {
	const before = 4
	places := make([]int, 0, before+maxBase64Before) // from right to left
	i := pos
	for range before {
		i -= lineEndBefore(text[:i])
		if i == 0 || base64Values[text[i-1]] == notBase64 {
			return b, nil
		}
		i--
		places = append(places, i)
	}
	for len(places) < before+maxBase64Before && i > 0 && base64Values[text[i-1]] != notBase64 {
		i--
		places = append(places, i)
	}
	b.before = (len(places) - before) &^ 3
	b.values = make([]byte, 0, b.before+before+maxBase64)
	b.places = make([]int, 0, cap(b.values))
	for n := before + b.before; n > 0; n-- {
		b.add(text, places[n-1])
	}
	for i := pos; len(b.values) < b.before+before+maxBase64; i++ {
		if n := lineEndAt(text[i:]); n > 0 && len(ends) < maxBase64Lines {
			ends = append(ends, len(b.values))
			i += n
		}
		if i >= len(text) || base64Values[text[i]] == notBase64 {
			break
		}
		b.add(text, i)
	}
	return b, append(ends, len(b.values))
}

func (b *base64Text) add(text []byte, i int) {
	b.values = append(b.values, base64Values[text[i]])
	b.places = append(b.places, i)
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

// base64Values are the six bits that each letter stands for, in either alphabet.
var base64Values = func() (values [256]uint8) {
	for c := range values {
		values[c] = notBase64
	}
	for _, alphabet := range []string{"+/", "-_"} {
		for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + alphabet) {
			values[c] = uint8(i)
		}
	}
	return values
}()

// lineEnds are what base64 is broken by, also in a string.
var lineEnds = []string{"\r\n", "\n", `\r\n`, `\n`}

// lineEndAt returns the length of the line end that text begins with, and of the blanks
// after it; 0 if there is none.
func lineEndAt(text []byte) int {
	for _, end := range lineEnds {
		if bytes.HasPrefix(text, []byte(end)) {
			return len(end) + run(text[len(end):min(len(text), len(end)+maxPadding)], isBlank)
		}
	}
	return 0
}

// lineEndBefore is lineEndAt for what text ends with.
func lineEndBefore(text []byte) int {
	n := len(text)
	for n > max(0, len(text)-maxPadding) && isBlank(text[n-1]) {
		n--
	}
	for _, end := range lineEnds {
		if bytes.HasSuffix(text[:n], []byte(end)) {
			return len(text) - n + len(end)
		}
	}
	return 0
}
