package codec

import (
	"regexp"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/text"
)

// charCodesForm is the numbers of the characters: in a list of bytes, as arguments of
// String.fromCharCode, CHAR or pack, or each in a call of its own, chr(110).chr(101).
var charCodesForm = &form{
	names: []string{"char-codes"},
	anchors: []string{
		"110,101,111", "110, 101, 111", "110 101 111", "110;101;111", "110,0x65", "110).chr(101", "110)+chr(101", "110) + chr(101",
		"110) . chr(101", "110)||chr(101", "110) || chr(101", "110) & chr(101", "110)&chr(101", "110) & chrw(101", "110)&chrw(101",
		"110)+char(101", "110) + char(101", "110+[char]101", "110 + [char]101", "110), chr(101", "110),chr(101", "110u8, 101",
	},
	undo: undoCharCodes,
}

// codeGap is what may stand between the numbers of two characters.
var codeGap = regexp.MustCompile(`^(?:u8)?[ \t]*\)?[ \t\r\n]*(?:\|\||[,;.+&])?[ \t\r\n]*(?:\[?[cC][hH][aA]?[rR][wW]?[\](])?[ \t]*`)

func undoCharCodes(src []byte, pos int, yield func(Plain) bool) {
	var p Plain
	for i := pos; i < len(src) && len(p.Text) <= finding.MaxAPIKeyLen; {
		digits := text.Run(src[i:min(len(src), i+4)], text.IsDigit)
		if digits < 2 || digits > 3 {
			break
		}
		v := 0
		for _, d := range src[i : i+digits] {
			v = v*10 + int(d-'0')
		}
		p.add(byte(min(v, 0xff)), text.Span{Start: i, End: i + digits})
		i += digits
		i += len(codeGap.Find(src[i:min(len(src), i+maxGap)]))
	}
	if len(p.Text) > 0 {
		yield(p)
	}
}
