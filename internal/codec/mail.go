package codec

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// quotedPrintableForm is how mail is encoded that is mostly ASCII, with =5F for an underscore
// and lines that go on after a = at their end. (RFC 2045, section 6.7.)
var quotedPrintableForm = &form{
	names:   []string{"quoted-printable"},
	anchors: []string{"5fsk", "=6e=65=6f"},
	also:    splitAnchors,
	undo:    undoUnits(quotedPrintableUnit),
	breaks:  "=",
}

func quotedPrintableUnit(src []byte, i int) (c, n int) {
	if src[i] != '=' {
		return 0, 0
	}
	blanks := text.Run(src[i+1:min(len(src), i+maxIndent)], text.IsBlank) // which are left out
	if n := lineEnd(src, i+1+blanks); n > 0 {
		return nothing, 1 + blanks + n
	}
	if v := hexDigits(src, i+1, 2); v >= 0 {
		return character(v), 3
	}
	return 0, 0
}

// encodedWordForm is a header of a mail with characters encoded as in quoted-printable, whose
// words each have a limit: =?utf-8?Q?neo=5Fsk=5F?= =?utf-8?Q?...?=. (RFC 2047, section 4.2.)
var encodedWordForm = &form{
	names:   []string{"quoted-printable"},
	anchors: []string{"5fsk"},
	also:    splitAnchors,
	undo:    undoUnits(encodedWordUnit),
	breaks:  "?=",
}

func encodedWordUnit(src []byte, i int) (c, n int) {
	if n := betweenWords(src, i, 'q'); n > 0 {
		return nothing, n
	}
	if src[i] == '=' {
		if v := hexDigits(src, i+1, 2); v >= 0 {
			return character(v), 3
		}
	}
	return 0, 0
}

// wordForm is a header of a mail in base64, of which each word is encoded by itself.
var wordForm = &form{names: []string{"base64"}, also: keyInBase64, undo: undoWords}

// keyInBase64 are the letters with which a key in base64 begins.
func keyInBase64() []string { return anchorsOf(startsOf(finding.KeyPrefix, false, 4)) }

// encodedWord is a word in base64, with the white space before the next one.
var encodedWord = lazyregexp.New(`^=\?[\w-]+\?[bB]\?([A-Za-z0-9+/]*)=*\?=\s*`)

func undoWords(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	const longest = 75 // as RFC 2047 has it
	i := bytes.LastIndex(src[max(0, pos-longest):pos], []byte("=?"))
	if i < 0 {
		return
	}
	i += max(0, pos-longest)
	var p Plain
	for len(p.Text) <= 2*finding.MaxAPIKeyLen && spend(4*perExpression) {
		m := encodedWord.FindSubmatchIndex(src[i:min(len(src), i+2*longest)])
		if m == nil {
			break
		}
		start := i + m[2]
		plain, _ := base64At(src[:i+m[3]], start, spend)
		for n, c := range plain {
			p.add(c, text.Span{Start: start + n*8/6, End: start + (n*8+7)/6 + 1})
		}
		i += m[1]
	}
	p.Key = bytes.Index(p.Text, []byte(finding.KeyPrefix))
	if p.Key >= 0 {
		yield(p)
	}
}

// maxBetweenWords is more than stands between two encoded words: their marks, the character
// set's name and the end of a line.
const maxBetweenWords = 80

// betweenWords returns the length of the end of an encoded word at src[i:] and the beginning
// of the next one, in this encoding (in lower case), with the white space between them; 0 if
// there is none.
func betweenWords(src []byte, i int, encoding byte) int {
	part := src[i:min(len(src), i+maxBetweenWords)]
	rest, ok := bytes.CutPrefix(part, []byte("?="))
	if !ok {
		return 0
	}
	rest = bytes.TrimLeft(rest, " \t\r\n")
	rest, ok = bytes.CutPrefix(rest, []byte("=?"))
	set := bytes.IndexByte(rest, '?')
	if !ok || set < 0 || set+2 >= len(rest) || rest[set+1]|0x20 != encoding || rest[set+2] != '?' {
		return 0
	}
	return len(part) - len(rest[set+3:])
}

// lineEnd returns the length of the line end at src[i:]; 0 if there is none.
func lineEnd(src []byte, i int) int {
	switch {
	case i < len(src) && src[i] == '\n':
		return 1
	case i+1 < len(src) && src[i] == '\r' && src[i+1] == '\n':
		return 2
	}
	return 0
}
