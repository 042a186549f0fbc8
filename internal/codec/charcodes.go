package codec

import (
	"bytes"

	"github.com/neokeys/neokeys/finding"
	"github.com/neokeys/neokeys/internal/lazyregexp"
	"github.com/neokeys/neokeys/internal/text"
)

// charCodesForm is the numbers of the characters: in a list of bytes, as arguments of
// String.fromCharCode, CHAR or pack, or each in a call of its own, chr(110).chr(101).
var charCodesForm = &form{
	names: []string{"char-codes"},
	anchors: []string{
		"110,101,111", "110, 101, 111", "110 101 111", "110;101;111", "110.101.111", "110,0x65", "chr(110)", "chrw(110)", "chr$(110)",
		"char(110)", "code(110)", "point(110)", "[char]110", "110u8, 101", `\110\101\111`, "110\n101\n111", "110\r\n101\r\n111",
	},
	also: func() []string { return onLines("110,", "101") },
	undo: undoCharCodes,
}

// onLines returns how one number follows another on the next line, as programs indent it that
// write each on a line of its own.
func onLines(one, other string) (all []string) {
	for _, indent := range []string{"", "  ", "    ", "      ", "        ", "\t", "\t\t"} {
		all = append(all, one+"\n"+indent+other, one+"\r\n"+indent+other)
	}
	return all
}

// codeGap is what may stand between the numbers of two characters.
var codeGap = lazyregexp.New(`^(?:u8)?[ \t]*\)?[ \t\r\n]*(?:\|\||[,;.+&\\])?[ \t\r\n]*(?:(?:String\.)?\[?(?i:from)?(?i:chr|char|charcode|codepoint)[wW]?\$?[\](])?[ \t]*`)

func undoCharCodes(src []byte, pos int, spend Spend, yield func(Plain) bool) {
	var p Plain
	pos += max(0, bytes.Index(src[pos:min(len(src), pos+maxGap)], []byte("110")))
	for i := pos; i < len(src) && len(p.Text) <= finding.MaxAPIKeyLen && spend(2*perExpression); {
		digits := text.Run(src[i:min(len(src), i+4)], text.IsDigit)
		if digits < 2 || digits > 3 {
			break
		}
		v := 0
		for _, d := range src[i : i+digits] {
			v = v*10 + int(d-'0')
		}
		start := i
		if start > 0 && src[start-1] == '\\' { // of Lua
			start--
		}
		p.add(byte(min(v, 0xff)), text.Span{Start: start, End: i + digits})
		if i += digits; len(p.Text) == minBegun && (!bytes.HasPrefix(p.Text, []byte(finding.KeyPrefix[:minBegun-1])) || text.IsLetter(p.Text[minBegun-1])) {
			return // no form of a key goes on so
		}
		i += len(codeGap.Find(src[i:min(len(src), i+maxGap)]))
	}
	if len(p.Text) > 0 {
		yield(p)
	}
}
